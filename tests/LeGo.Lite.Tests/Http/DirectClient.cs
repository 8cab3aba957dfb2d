using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using LeGo.Lite.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Time.Testing;

namespace LeGo.Lite.Tests.Http;

/// <summary>
/// The other side of one connection, without a network: all that happens to it happens within the call that causes it.
/// </summary>
internal sealed class DirectClient : DefaultConnectionContext, IConnectionHeartbeatFeature, IConnectionLifetimeNotificationFeature
{
    private const int Room = 8 * 1024;

    private static readonly PipeOptions Inline = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: Room, resumeWriterThreshold: Room / 2, useSynchronizationContext: false);

    private readonly Pipe toServer = new(Inline);
    private readonly Pipe toClient = new(Inline);
    private readonly CancellationTokenSource stop = new();
    private Action beat = () => { };

    public DirectClient()
    {
        Transport = new ConnectionPipes(this, new TwoWay(toServer.Reader, toClient.Writer), Time);
        RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1024);
        Features.Set<IConnectionHeartbeatFeature>(this);
        Features.Set<IConnectionLifetimeNotificationFeature>(this);
    }

    public bool IsAborted { get; private set; }

    /// <summary>For how long it is waited for.</summary>
    public FakeTimeProvider Time { get; } = new();

    public CancellationToken ConnectionClosedRequested
    {
        get => stop.Token;
        set => throw new NotSupportedException();
    }

    /// <summary>Runs the connection; returns whether it came to its end without the web server.</summary>
    public async Task<bool> RunAsync(DirectConnections connections)
    {
        var isHandedOn = false;
        var builder = new ConnectionBuilder(new NoServices());
        connections.Use(builder);
        await builder.Run(_ =>
        {
            isHandedOn = true;
            return Task.CompletedTask;
        }).Build()(this);
        return !isHandedOn;
    }

    public async Task SendAsync(string bytes) => await toServer.Writer.WriteAsync(Encoding.Latin1.GetBytes(bytes));

    /// <summary>All that has come and was not received yet.</summary>
    public string Receive()
    {
        if (!toClient.Reader.TryRead(out var read))
        {
            return "";
        }

        var text = Encoding.Latin1.GetString(read.Buffer);
        toClient.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    /// <summary>What the web server would read.</summary>
    public async Task<string> UnreadAsync() => Encoding.Latin1.GetString((await Transport.Input.ReadAsync()).Buffer);

    public void Close() => toServer.Writer.Complete();

    public void Reset() => toServer.Writer.Complete(new ConnectionResetException("reset"));

    /// <summary>Whatever the server sends fails, as with TLS after the client has gone.</summary>
    public void Break() => toClient.Reader.Complete(new IOException("broken"));

    public void TellToStop() => stop.Cancel();

    public void Beat(int times)
    {
        for (var i = 0; i < times; i++)
        {
            beat();
        }
    }

    public void OnHeartbeat(Action<object> action, object state) => beat += () => action(state);

    public void RequestClose() => TellToStop();

    public override void Abort(ConnectionAbortedException abortReason)
    {
        IsAborted = true;
        toClient.Reader.Complete();
        toServer.Writer.Complete();
    }

    public override async ValueTask DisposeAsync()
    {
        stop.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>A stream as a socket's is: what is written when nobody reads any more fails.</summary>
    private sealed class TwoWay(PipeReader input, PipeWriter output) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = (await input.ReadAsync(cancellationToken)).Buffer;
            read = read.Slice(0, Math.Min(read.Length, buffer.Length));
            read.CopyTo(buffer.Span);
            input.AdvanceTo(read.End);
            return (int)read.Length;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if ((await output.WriteAsync(buffer, cancellationToken)).IsCompleted)
            {
                throw new IOException("nobody reads");
            }
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
