using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace LeGo.Lite.Http;

/// <summary>
/// Answers plain requests right at the connection, without what the web server does for any other. At the first that is not
/// plain the connection is the web server's for good, from the first byte of that request on (ADR 14).
/// </summary>
internal sealed class DirectConnections(Downloads downloads, TimeProvider time)
{
    /// <summary>Has to come after TLS, and last: what is not answered here goes on to the web server.</summary>
    public void Use(IConnectionBuilder address) => address.Use(next => async connection =>
    {
        if (IsHttp2(connection) || !await ServeAsync(connection))
        {
            await next(connection);
        }
    });

    private static bool IsHttp2(ConnectionContext connection) =>
        connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true;

    /// <summary>Returns whether the connection is at its end.</summary>
    private async Task<bool> ServeAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        var client = ClientAddress.Plain((connection.RemoteEndPoint as IPEndPoint)?.Address);
        var patience = new Patience(connection);

        // The web server knows how to part when it is told to stop.
        using var stop = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            .UnsafeRegister(static pipe => ((PipeReader)pipe!).CancelPendingRead(), input);
        try
        {
            while (true)
            {
                patience.Begin();
                var read = await input.ReadAsync();
                patience.End();
                var started = time.GetTimestamp();
                if (read.IsCanceled || read.IsCompleted || Answer(read.Buffer.FirstSpan, client, output) is not { } answer)
                {
                    input.AdvanceTo(read.Buffer.Start);
                    return read.Buffer.IsEmpty && (read.IsCompleted || patience.IsOver);
                }

                input.AdvanceTo(read.Buffer.GetPosition(answer.Length));
                var isOver = (await output.FlushAsync()).IsCompleted;
                downloads.Log(answer.Reply, client, started);
                if (isOver)
                {
                    return true;
                }
            }
        }
        finally
        {
            patience.End();
        }
    }

    /// <summary>Null: nothing was written, for the request is not plain.</summary>
    private (Reply Reply, int Length)? Answer(ReadOnlySpan<byte> bytes, IPAddress? client, PipeWriter output)
    {
        if (!DirectRequest.TryRead(bytes, out var request))
        {
            return null;
        }

        var reply = downloads.Answer(request, client);
        reply.Response.Write(output, time.GetUtcNow());
        return (reply, request.Length);
    }

    /// <summary>Ends a connection that asks nothing for too long. The web server's heart beats once a second.</summary>
    private sealed class Patience
    {
        private readonly PipeReader input;

        // Written by the connection alone; the count by the heart alone.
        private volatile bool waits;
        private volatile int turn;
        private int counted;
        private int beats;

        public Patience(ConnectionContext connection)
        {
            input = connection.Transport.Input;
            connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static patience => ((Patience)patience).Beat(), this);
        }

        /// <summary>No request came for too long.</summary>
        public bool IsOver { get; private set; }

        public void Begin() => (turn, waits) = (turn + 1, true);

        public void End() => waits = false;

        private void Beat()
        {
            // In this order: a wait is never taken for longer than its turn.
            var (isWaiting, current) = (waits, turn);
            (counted, beats) = (current, counted == current ? beats + 1 : 1);
            if (isWaiting && beats > Limits.KeepAlive.TotalSeconds)
            {
                IsOver = true;

                // Not on this thread: the heart beats for all connections.
                _ = ThreadPool.UnsafeQueueUserWorkItem(static input => input.CancelPendingRead(), input, preferLocal: false);
            }
        }
    }
}
