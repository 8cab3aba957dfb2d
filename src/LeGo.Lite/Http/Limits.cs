using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeGo.Lite.Http;

/// <summary>What a client may ask of the server before it is anybody: a download is one short request without a body.</summary>
internal static class Limits
{
    private const int MaxConnections = 10_000;

    // For what isn't a connection: the tree is read and watched with them, too.
    private const int DescriptorsForOthers = 128;

    // A TLS connection whose client does not come to the end of its request takes 68 kB; the rest is for what is served.
    private const long MemoryOfConnection = 128 * 1024;

    /// <summary>Of a TLS handshake, and of the headers of a request.</summary>
    public static readonly TimeSpan FirstWords = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a request line, and of a header.</summary>
    public const int MaxHeaders = 8 * 1024;

    /// <summary>For a client to make room for a response.</summary>
    public static readonly TimeSpan Reading = TimeSpan.FromSeconds(10);

    /// <summary>Between two requests.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(60);

    // The least that HTTP/2 allows (RFC 9113, section 6.9.2).
    private const int MinWindow = 65_535;

    /// <summary>How many files and connections have to be open at once before <see cref="Connections"/> is what is allowed at most.</summary>
    public static long EnoughDescriptors => MaxConnections + DescriptorsForOthers;

    /// <summary>How many connections there may be with so many descriptors, and so many bytes of memory.</summary>
    public static long Connections(long descriptors, long memory) =>
        Math.Clamp(Math.Min(descriptors - DescriptorsForOthers, memory / MemoryOfConnection), 1, MaxConnections);

    public static void Set(KestrelServerLimits limits)
    {
        limits.MaxRequestLineSize = MaxHeaders;
        limits.MaxRequestHeadersTotalSize = MaxHeaders;
        limits.MaxRequestHeaderCount = 64;

        // Content is never read: what has some is answered, and the connection closed.
        limits.MaxRequestBodySize = 0;

        // All that is in the headers of each is kept in memory at once, and compressed it is short to send.
        limits.Http2.MaxStreamsPerConnection = 10;
        limits.Http2.InitialConnectionWindowSize = MinWindow;
        limits.Http2.InitialStreamWindowSize = MinWindow;
        limits.Http2.MaxRequestHeaderFieldSize = MaxHeaders;

        limits.RequestHeadersTimeout = FirstWords;
        limits.KeepAliveTimeout = KeepAlive;
    }
}
