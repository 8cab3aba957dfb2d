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
            var received = socket.Receive(buffer.AsSpan(length));
            count -= buffer.AsSpan(length, received).Count((byte)'}');
            length += received;
        }

        var ticks = Stopwatch.GetTimestamp() - start;
        return buffer.AsSpan().StartsWith("HTTP/1.1 401 "u8) && count == 0 && buffer[length - 1] == '}'
            ? ticks
            : throw new IOException("a response is no refusal");
    }

    public void Dispose() => socket.Dispose();
}
