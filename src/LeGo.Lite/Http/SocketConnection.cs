using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace LeGo.Lite.Http;

/// <summary>
/// A connection that reads its socket when it is asked for more, and has sent when a flush is over: nothing is read ahead, and
/// nothing is left to be sent at the end.
/// </summary>
internal sealed class SocketConnection : DefaultConnectionContext, IMemoryPoolFeature
{
    // Of what a client sent and nobody will read.
    private const int MaxDropped = 4 * Limits.MaxHeaders;

    private readonly Socket socket;
    private readonly NetworkStream stream;

    /// <param name="socket">Is closed with the connection.</param>
    /// <param name="pool">For Kestrel: of one of its own it expects that memory of any length has some.</param>
    /// <param name="time">For how long it waits for the client to read.</param>
    public SocketConnection(Socket socket, MemoryPool<byte> pool, TimeProvider time)
    {
        this.socket = socket;
        stream = new(socket, ownsSocket: true);
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);
        (Transport, MemoryPool) = (new ConnectionPipes(this, stream, time), pool);
        Features.Set<IMemoryPoolFeature>(this);
    }

    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>At once and from any thread, with a reset: nothing waits for the client any more, nor does the system.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        socket.Close(timeout: 0);
        base.Abort(abortReason);
    }

#pragma warning disable CA2215 // An abort that comes late would throw, on a thread of its own, if the base were disposed of, too.
    public override ValueTask DisposeAsync()
#pragma warning restore CA2215
    {
        DropUnread();
        return stream.DisposeAsync();
    }

    /// <summary>If anything is unread when a socket is closed, the connection is reset, and with it goes what was sent (RFC 9112, section 9.6).</summary>
    private void DropUnread()
    {
        Span<byte> dropped = stackalloc byte[4 * 1024];
        try
        {
            for (var length = 0; length < MaxDropped && stream.DataAvailable;)
            {
                length += stream.Read(dropped);
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException or SocketException)
        {
            // It is closed already, by either side.
        }
    }
}
