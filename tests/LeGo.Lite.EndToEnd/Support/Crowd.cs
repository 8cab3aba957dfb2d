using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>Many connections that take no part in what else a test does.</summary>
internal sealed class Crowd : IDisposable
{
    private readonly Socket[] sockets;
    private readonly StringBuilder[] received;
    private readonly bool[] closed;

    /// <param name="count">How many.</param>
    /// <param name="addresses">In turn.</param>
    public Crowd(int count, params IReadOnlyList<string> addresses)
    {
        sockets = [.. Enumerable.Range(0, count).Select(i => RawHttp.ConnectSocket(addresses[i % addresses.Count]))];
        received = [.. sockets.Select(_ => new StringBuilder())];
        closed = new bool[count];
        foreach (var socket in sockets)
        {
            socket.Blocking = false;
        }
    }

    /// <summary>The beginning of a TLS connection.</summary>
    public static byte[] ClientHello
    {
        get
        {
            using var sent = new MemoryStream();
            using var secure = new SslStream(sent, leaveInnerStreamOpen: true);
            try
            {
                secure.AuthenticateAsClient("localhost");
            }
            catch (IOException)
            {
                // Nobody answers.
            }

            return sent.ToArray();
        }
    }

    /// <summary>As much of it as each connection takes.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        foreach (var socket in sockets)
        {
            _ = socket.Send(bytes, SocketFlags.None, out _);
        }
    }

    /// <summary>How many the server has closed by now, and what it said to each of them.</summary>
    public (int Count, string[] Said) Closed
    {
        get
        {
            var buffer = new byte[1_000];
            for (var i = 0; i < sockets.Length; i++)
            {
                while (!closed[i])
                {
                    var length = sockets[i].Receive(buffer, SocketFlags.None, out var error);
                    if (error == SocketError.WouldBlock)
                    {
                        break;
                    }

                    received[i].Append(Encoding.Latin1.GetString(buffer, 0, length));
                    closed[i] = length == 0;
                }
            }

            return (closed.Count(isClosed => isClosed), [.. received.Where((_, i) => closed[i]).Select(text => text.ToString())]);
        }
    }

    public void Dispose()
    {
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }
    }
}
