using System.Buffers;
using System.Net;
using System.Net.Sockets;
using LeGo.Lite.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;
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

        await client.SendAsync("ask"u8.ToArray(), Token);
        var read = await server.Transport.Input.ReadAsync(Token);
        Assert.Equal("ask"u8, read.Buffer.FirstSpan);
        server.Transport.Input.AdvanceTo(read.Buffer.End);

        await server.Transport.Output.WriteAsync("answer"u8.ToArray(), Token);
        var answer = new byte[10];
        var length = await client.ReceiveAsync(answer, Token);
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
        Assert.True((await server.Transport.Output.WriteAsync("nobody reads this"u8.ToArray(), Token)).IsCompleted);
    }

    /// <summary>If it were left in the socket, the answer would be lost with a reset.</summary>
    [Fact]
    public async Task What_was_not_read_does_not_cost_the_client_its_answer()
    {
        var server = await ConnectAsync();
        await client.SendAsync(new byte[20_000], Token);
        _ = await server.Transport.Input.ReadAsync(Token);
        await server.Transport.Output.WriteAsync("enough"u8.ToArray(), Token);
        await server.DisposeAsync();

        var answer = new byte[10];
        Assert.Equal("enough".Length, await client.ReceiveAsync(answer, Token));
        Assert.Equal(0, await client.ReceiveAsync(answer, Token));
    }

    [Fact]
    public async Task After_a_failure_it_waits_before_it_accepts_again()
    {
        var time = new FakeTimeProvider();
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var fails = true;
        listener = new SocketTransport.Listener(
            listening,
            token => fails ? throw new SocketException((int)SocketError.TooManyOpenSockets) : listening.AcceptAsync(token),
            MemoryPool<byte>.Shared,
            time);
        await client.ConnectAsync(listener.EndPoint, Token);

        var accepting = listener.AcceptAsync(Token).AsTask();
        fails = false;
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(accepting.IsCompleted);

        time.Advance(TimeSpan.FromMilliseconds(1));
        connection = await accepting;
        Assert.NotNull(connection);
    }

    [Fact]
    public async Task Who_is_put_out_is_not_waited_for()
    {
        var server = await ConnectAsync();
        var reading = server.Transport.Input.ReadAsync(Token).AsTask();
        var sending = server.Transport.Output.WriteAsync(new byte[100_000_000], Token).AsTask();
        Assert.False(sending.IsCompleted);

        server.Abort(new ConnectionAbortedException());

        Assert.Equal((true, true), ((await reading).IsCompleted, (await sending).IsCompleted));

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
    public async Task What_is_listened_on_already_is_taken_for_its_address_and_no_other()
    {
        using var passed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        passed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        passed.Listen();
        var endpoint = (IPEndPoint)passed.LocalEndPoint!;
        await client.ConnectAsync(endpoint, Token);
        var transport = new SocketTransport(pools, TimeProvider.System, passed);

        var other = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Token);
        Assert.NotEqual(endpoint, other.EndPoint);
        await other.DisposeAsync();

        listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, endpoint.Port), Token);
        connection = await listener.AcceptAsync(Token);
        Assert.Equal(client.LocalEndPoint, connection!.RemoteEndPoint);
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
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => MemoryPool<byte>.Shared;
    }
}
