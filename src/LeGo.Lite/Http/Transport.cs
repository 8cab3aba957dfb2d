using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LeGo.Lite.Http;

/// <summary>
/// How connections are read and written: on the threads that are told of their sockets, one a core. Nothing that is done
/// there waits for anything but the client, and to hand a request from thread to thread costs more than to answer it.
/// </summary>
internal static class Transport
{
    /// <summary>For this process; .NET looks at it when the first socket is made.</summary>
    public static void CompleteInline() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    public static void Set(SocketTransportOptions sockets)
    {
        // Of requests that are sent on while nobody reads the responses, so much is kept for each connection; by default it is 1 MB.
        sockets.MaxReadBufferSize = 4 * Limits.MaxHeaders;

        // Else every wait begins with a read of nothing. It costs 4 KB a connection: 40 MB for as many as there may be.
        sockets.WaitForDataBeforeAllocatingBuffer = false;
        sockets.UnsafePreferInlineScheduling = true;
    }

    /// <summary>
    /// Leaves the thread to others now and then: a client that asks on and on would keep it for itself. Has to come before TLS, and
    /// after it: what is read at once can hold many requests.
    /// </summary>
    public static void Share(IConnectionBuilder address) => address.Use(next => connection =>
    {
        connection.Transport = new Shared(connection.Transport);
        return next(connection);
    });

    /// <summary>Cuts a connection that is over, but whose client does not read the rest: it would stay for good.</summary>
    public static void End(IConnectionBuilder address) => address.Use(next => async connection =>
    {
        // Kestrel's heart beats until all is sent. It has to be asked now: at the end it may be the heart that ended the connection.
        var rest = new Rest(connection);
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static rest => ((Rest)rest).Beat(), rest);
        try
        {
            await next(connection);
        }
        finally
        {
            rest.Begin();
        }
    });

    private sealed class Rest(ConnectionContext connection)
    {
        private volatile bool isOver;
        private int beats;

        public void Begin() => isOver = true;

        public void Beat()
        {
            if (isOver && ++beats > Limits.Reading.TotalSeconds)
            {
                connection.Abort(new("the client does not read the rest"));
            }
        }
    }

    private sealed class Shared(IDuplexPipe transport) : IDuplexPipe
    {
        public PipeReader Input { get; } = new YieldingReader(transport.Input);

        public PipeWriter Output => transport.Output;
    }

    private sealed class YieldingReader(PipeReader reader) : PipeReader
    {
        // A request takes one, so that this is a few milliseconds. Few are enough: another thread has to wake up for it.
        private const int Turn = 256;

        private int reads;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            ++reads % Turn == 0 ? YieldAndReadAsync(cancellationToken) : reader.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => reader.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => reader.CompleteAsync(exception);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<ReadResult> YieldAndReadAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await reader.ReadAsync(cancellationToken);
        }
    }
}
