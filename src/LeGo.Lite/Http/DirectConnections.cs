using System.IO.Pipelines;
using System.Net;
using System.Text;
using LeGo.Lite.Catalog;
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
    private readonly DateField date = new();

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
                patience.Begin(Wait.ForRequest);
                var read = await input.ReadAsync();
                patience.Begin(Wait.None);
                var started = time.GetTimestamp();
                if (read.IsCanceled || read.IsCompleted || Answer(read.Buffer.FirstSpan, client, output) is not { } answer)
                {
                    input.AdvanceTo(read.Buffer.Start);
                    return read.Buffer.IsEmpty && (read.IsCompleted || patience.IsOver);
                }

                input.AdvanceTo(read.Buffer.GetPosition(answer.Length));
                patience.Begin(Wait.ForReader);
                var isGone = (await output.FlushAsync()).IsCompleted;
                downloads.Log(answer.Reply, client, started);
                if (isGone)
                {
                    return true;
                }
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The client has gone, or was put out.
            return true;
        }
        finally
        {
            patience.Begin(Wait.None);
        }
    }

    /// <summary>Null: nothing was written, for the request is not plain.</summary>
    private (Reply Reply, int Length)? Answer(ReadOnlySpan<byte> bytes, IPAddress? client, PipeWriter output)
    {
        if (!DirectRequest.TryRead(bytes, out var request))
        {
            return null;
        }

        Span<char> target = stackalloc char[request.Target.Length];
        _ = Ascii.ToUtf16(request.Target, target, out _);
        Route? route = null;
        try
        {
            var reply = downloads.Answer(
                new() { Target = target, IsRead = true, ApiKey = request.ApiKey, Conditions = request.Conditions, Client = client }, ref route);
            reply.Response.Write(output, date.At(time.GetUtcNow()));
            return (reply, request.Length);
        }
#pragma warning disable CA1031 // A bug: where the web server asks the same, it is logged, and the client told.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private enum Wait
    {
        None,
        ForRequest,
        ForReader,
    }

    /// <summary>Ends a wait that takes too long. The web server's heart beats once a second.</summary>
    private sealed class Patience
    {
        private readonly ConnectionContext connection;
        private readonly PipeReader input;
        private volatile Wait wait;
        private volatile int beats;

        public Patience(ConnectionContext connection)
        {
            (this.connection, input) = (connection, connection.Transport.Input);
            connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static patience => ((Patience)patience).Beat(), this);
        }

        /// <summary>No request came for too long.</summary>
        public bool IsOver { get; private set; }

        public void Begin(Wait next) => (beats, wait) = (0, next);

        private void Beat()
        {
            if (wait == Wait.ForRequest && ++beats > Limits.KeepAlive.TotalSeconds)
            {
                IsOver = true;
                input.CancelPendingRead();
            }
            else if (wait == Wait.ForReader && ++beats > Limits.FirstWords.TotalSeconds)
            {
                connection.Abort(new ConnectionAbortedException("the client does not read"));
            }
        }
    }

    /// <summary>The moment as HTTP has it, made anew once a second.</summary>
    private sealed class DateField
    {
        private volatile Made made = new(long.MinValue, []);

        private sealed record Made(long Second, byte[] Value);

        public byte[] At(DateTimeOffset now)
        {
            var second = now.UtcTicks / TimeSpan.TicksPerSecond;
            var last = made;
            if (last.Second != second)
            {
                made = last = new(second, Encoding.ASCII.GetBytes(HttpDate.Format(now)));
            }

            return last.Value;
        }
    }
}
