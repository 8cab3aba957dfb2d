using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LeGo.Lite.Bench;

/// <summary>A connection that is kept open, with nothing between it and the clock.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[4096];

    public Connection(int port) => socket.Connect(IPAddress.Loopback, port);

    /// <summary>Ticks from a request, or more than one in a write, to the last byte of as many refusals.</summary>
    public long Time(byte[] requests, int count)
    {
        var start = Stopwatch.GetTimestamp();
        socket.Send(requests);
        var length = 0;
        while (count > 0)
        {
            var received = length < buffer.Length ? socket.Receive(buffer.AsSpan(length)) : throw new IOException("a response is too long");
            if (received == 0)
            {
                throw new IOException("the server closed the connection");
            }

            count -= buffer.AsSpan(length, received).Count((byte)'}');
            length += received;
        }

        var ticks = Stopwatch.GetTimestamp() - start;
        return buffer.AsSpan().StartsWith("HTTP/1.1 401 "u8) && count == 0 && buffer[length - 1] == '}'
            ? ticks
            : throw new IOException("a response is no refusal");
    }

    /// <summary>Ticks from a request to the last byte of the one certificate that it downloads.</summary>
    public long TimeDownload(byte[] request)
    {
        var start = Stopwatch.GetTimestamp();
        socket.Send(request);
        var length = 0;
        int received;
        do
        {
            received = socket.Receive(buffer.AsSpan(length));
            length += received;
        }
        while (received > 0 && !buffer.AsSpan(0, length).EndsWith("-----END CERTIFICATE-----\n"u8));

        var ticks = Stopwatch.GetTimestamp() - start;
        return buffer.AsSpan().StartsWith("HTTP/1.1 200 "u8) && received > 0 ? ticks : throw new IOException("a response is no download");
    }

    public void Dispose() => socket.Dispose();
}
