using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeGo.Lite.Http;

/// <summary>What a client may ask of the server before it is anybody: a download is one short request without a body.</summary>
internal static class Limits
{
    private const int MaxConnections = 10_000;

    // For what isn't a connection: the tree is read and watched with them, too.
    private const int DescriptorsForOthers = 128;

    public static void Set(KestrelServerLimits limits, long descriptors)
    {
        limits.MaxConcurrentConnections = Math.Clamp(descriptors - DescriptorsForOthers, 1, MaxConnections);
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;

        // One with a body is answered, and the connection then closed unread.
        limits.MaxRequestBodySize = 0;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
    }
}
