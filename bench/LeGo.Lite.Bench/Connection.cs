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

    /// <summary>A request as it is sent.</summary>
    public static string Request(string path, params IEnumerable<string> headers) =>
        $"GET {path} HTTP/1.1\r\nHost: localhost\r\n{string.Concat(headers.Select(header => $"{header}\r\n"))}\r\n";

    /// <summary>Ticks from a request, or more than one in a write, to the last byte of as many refusals.</summary>
    public long TimeRefusals(byte[] requests, int count) => Time(requests, "HTTP/1.1 401 "u8, "}"u8, count);

    /// <summary>Ticks from a request to the last byte of the one certificate that it downloads.</summary>
    public long TimeDownload(byte[] request) => Time(request, "HTTP/1.1 200 "u8, "-----END CERTIFICATE-----\n"u8, 1);

    /// <summary>Ticks to the last byte of as many responses that have <paramref name="end"/> only there.</summary>
    private long Time(byte[] requests, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, int count)
    {
        var start = Stopwatch.GetTimestamp();
        socket.Send(requests);
        var length = 0;
        do
        {
            var received = length < buffer.Length ? socket.Receive(buffer.AsSpan(length)) : throw new IOException("a response is too long");
            length += received > 0 ? received : throw new IOException("the server closed the connection");
        }
        while (buffer.AsSpan(0, length).Count(end) < count);

        var ticks = Stopwatch.GetTimestamp() - start;
        var responses = buffer.AsSpan(0, length);
        return responses.StartsWith(begin) && responses.EndsWith(end) && responses.Count(end) == count
            ? ticks
            : throw new IOException("a response is not what is expected");
    }

    public void Dispose() => socket.Dispose();
}
