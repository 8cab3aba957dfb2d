using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace LeGo.Lite.Http;

/// <summary>
/// A connection that reads its socket when it is asked for more, and has sent when a flush is over: nothing is read ahead, and
/// nothing is left to be sent at the end.
/// </summary>
internal sealed class SocketConnection : DefaultConnectionContext, IMemoryPoolFeature
{
    private readonly SocketStream stream;

    /// <param name="socket">Is closed with the connection.</param>
    /// <param name="pool">For the web server.</param>
    public SocketConnection(Socket socket, MemoryPool<byte> pool)
    {
        stream = new(socket);
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);

        (Transport, MemoryPool) = (new ConnectionPipes(stream), pool);
        Features.Set<IMemoryPoolFeature>(this);
    }

    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>At once and from any thread: nothing waits for the client any more.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        stream.Dispose();
        base.Abort(abortReason);
    }

#pragma warning disable CA2215 // An abort that comes late would throw, on a thread of its own, if the base were disposed of, too.
    public override ValueTask DisposeAsync() => stream.DisposeAsync();
#pragma warning restore CA2215

    /// <summary>A client that has gone, or was put out, is at its end. This is nothing out of the ordinary, for which the web server would write a log.</summary>
    private sealed class SocketStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await base.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception end) when (end is IOException or ObjectDisposedException)
            {
                return 0;
            }
        }

        /// <summary>What nobody can read any more is dropped: the next read is at the end.</summary>
        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await base.WriteAsync(buffer, cancellationToken);
            }
            catch (Exception end) when (end is IOException or ObjectDisposedException)
            {
            }
        }
    }
}
