using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LeGo.Lite.Http;

/// <summary>How connections are read and written.</summary>
internal static class Transport
{
    public static void Set(SocketTransportOptions sockets)
    {
        // Of requests that are sent on while nobody reads the responses, so much is kept for each connection; by default it is 1 MB.
        sockets.MaxReadBufferSize = 4 * Limits.MaxHeaders;

        // One look at the socket less a request, for 4 KB a connection: 40 MB for as many as there may be.
        sockets.WaitForDataBeforeAllocatingBuffer = false;

        // A request is answered on the thread that was told of it: nothing here waits for anything but the client, and to hand
        // it from thread to thread costs more than to answer it.
        sockets.UnsafePreferInlineScheduling = true;
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
    }
}
