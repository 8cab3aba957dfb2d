using System.Net;
using System.Net.Sockets;
using LeGo.Lite.Http;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace LeGo.Lite.Tests.Http;

public sealed class SocketTransportTests : IAsyncDisposable
{
    private readonly MemoryPools pools = new();
    private readonly Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private IConnectionListener? listener;
    private ConnectionContext? connection;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await (connection?.DisposeAsync() ?? default);
        await (listener?.DisposeAsync() ?? default);
    }

    [Fact]
    public async Task What_either_sends_the_other_reads()
    {
        var server = await ConnectAsync();
        Assert.Equal((client.RemoteEndPoint, client.LocalEndPoint), (server.LocalEndPoint, server.RemoteEndPoint));

        await client.SendAsync("ask"u8.ToArray());
        var read = await server.Transport.Input.ReadAsync(Token);
        Assert.Equal("ask"u8, read.Buffer.FirstSpan);
        server.Transport.Input.AdvanceTo(read.Buffer.End);

        await server.Transport.Output.WriteAsync("answer"u8.ToArray(), Token);
        var answer = new byte[10];
        var length = await client.ReceiveAsync(answer);
        Assert.Equal("answer"u8, answer.AsSpan(0, length));

        client.Shutdown(SocketShutdown.Send);
        Assert.True((await server.Transport.Input.ReadAsync(Token)).IsCompleted);
    }

    [Fact]
    public async Task A_client_that_has_gone_is_at_its_end()
    {
        var server = await ConnectAsync();
        var reading = server.Transport.Input.ReadAsync(Token).AsTask();

        // With a reset.
        client.Close(0);

        Assert.True((await reading).IsCompleted);
        await server.Transport.Output.WriteAsync("nobody reads this"u8.ToArray(), Token);
    }

    [Fact]
    public async Task Who_is_put_out_is_not_waited_for()
    {
        var server = await ConnectAsync();
        var reading = server.Transport.Input.ReadAsync(Token).AsTask();
        var sending = server.Transport.Output.WriteAsync(new byte[100_000_000], Token).AsTask();
        Assert.False(sending.IsCompleted);

        server.Abort(new ConnectionAbortedException());

        Assert.True((await reading).IsCompleted);
        await sending;

        // Once more, when it is over.
        await server.DisposeAsync();
        server.Abort(new ConnectionAbortedException());
    }

    [Fact]
    public async Task Where_another_listens_the_web_server_is_told_so()
    {
        await ConnectAsync();

        await Assert.ThrowsAsync<AddressInUseException>(async () => await new SocketTransport(pools, TimeProvider.System).BindAsync(listener!.EndPoint, Token));
    }

    [Fact]
    public async Task What_is_not_listened_for_any_more_does_not_come()
    {
        await ConnectAsync();
        var accepting = listener!.AcceptAsync(Token).AsTask();
        await listener.UnbindAsync(Token);

        Assert.Null(await accepting);
        Assert.Null(await listener.AcceptAsync(Token));
    }

    private async Task<ConnectionContext> ConnectAsync()
    {
        listener = await new SocketTransport(pools, TimeProvider.System).BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Token);
        await client.ConnectAsync(listener.EndPoint, Token);
        return connection = (await listener.AcceptAsync(Token))!;
    }

    private sealed class MemoryPools : IMemoryPoolFactory<byte>
    {
        public System.Buffers.MemoryPool<byte> Create(MemoryPoolOptions? options = null) => System.Buffers.MemoryPool<byte>.Shared;
    }
}
