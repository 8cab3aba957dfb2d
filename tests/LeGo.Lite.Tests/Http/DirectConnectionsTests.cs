using LeGo.Lite.Catalog;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>A connection from its first byte to its end, or until it is the web server's.</summary>
public sealed class DirectConnectionsTests : IAsyncDisposable
{
    private const string Plain = $"GET {Sample.Base}/certificates/web.example.com HTTP/1.1\r\nHost: h\r\napiKey: web-cert-0123456789abcdef\r\n\r\n";

    private readonly RecordingLog log = new();
    private readonly DirectClient client = new();

    public async ValueTask DisposeAsync()
    {
        log.Dispose();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Plain_requests_are_answered_one_after_the_other()
    {
        var end = RunAsync();

        await client.SendAsync(Plain);
        var first = client.Receive();
        await client.SendAsync(Plain + Plain);
        var others = client.Receive();
        client.Close();

        Assert.True(await end);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", first, StringComparison.Ordinal);
        Assert.Contains($"\r\nDate: {Sample.Now:R}\r\n", first, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n{Sample.Text("certificates/web.example.com/orders/2026-03-01/fullchain.pem")}", first, StringComparison.Ordinal);
        Assert.Equal(first + first, others);
        Assert.Equal(3, log.Downloads.Count);
        Assert.All(log.Downloads, line => Assert.StartsWith("192.0.2.1 certificates web.example.com 200 served ", line.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\nand more")]
    [InlineData("G")]
    [InlineData("\r\n")]
    public async Task At_what_is_not_plain_the_connection_goes_on_to_the_web_server(string other)
    {
        var end = RunAsync();

        await client.SendAsync(Plain + Plain);
        await client.SendAsync(other);

        Assert.False(await end);
        Assert.Equal(other, await client.UnreadAsync());
        Assert.Equal(3, client.Receive().Split("HTTP/1.1 200 OK").Length);
    }

    [Fact]
    public async Task What_comes_with_plain_requests_is_handed_on_after_they_are_answered()
    {
        var end = RunAsync();

        await client.SendAsync($"{Plain}{Plain}HEAD");

        Assert.False(await end);
        Assert.Equal("HEAD", await client.UnreadAsync());
        Assert.Equal(3, client.Receive().Split("HTTP/1.1 200 OK").Length);
    }

    [Fact]
    public async Task HTTP_2_is_the_web_servers()
    {
        client.Features.Set<ITlsApplicationProtocolFeature>(new Http2());
        var end = RunAsync();

        await client.SendAsync(Plain);

        Assert.False(await end);
        Assert.Equal(Plain, await client.UnreadAsync());
    }

    [Fact]
    public async Task Told_to_stop_the_connection_goes_on_to_the_web_server()
    {
        var end = RunAsync();
        await client.SendAsync(Plain);

        Assert.False(end.IsCompleted);
        client.TellToStop();

        Assert.False(await end);
    }

    [Fact]
    public async Task An_error_inside_shows_nothing_of_itself_and_is_logged()
    {
        var end = RunAsync(new BrokenClock());

        await client.SendAsync(Plain);
        client.Close();

        Assert.True(await end);
        Assert.EndsWith("\r\n\r\n{\"status_code\":500,\"message\":\"error: internal error\"}", client.Receive(), StringComparison.Ordinal);
        Assert.Equal(BrokenClock.Message, log.Entries.Single(entry => entry.Exception is not null).Exception!.Message);
    }

    [Fact]
    public async Task Who_asks_for_nothing_for_a_minute_is_put_out()
    {
        var end = RunAsync();
        for (var i = 0; i < 3; i++)
        {
            client.Beat(60);
            await client.SendAsync(Plain);
            _ = client.Receive();
        }

        client.Beat(60);
        Assert.False(end.IsCompleted);
        client.Beat(1);

        Assert.True(await end);
        client.Beat(100);
        Assert.False(client.IsAborted);
    }

    [Fact]
    public async Task Who_does_not_read_is_put_out()
    {
        var end = RunAsync();

        // Until there is no room for a response.
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(Plain);
        }

        client.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(client.IsAborted);
        client.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await end);
        Assert.True(client.IsAborted);
        Assert.Equal(3, log.Downloads.Count);
    }

    [Fact]
    public async Task An_attempt_whose_response_can_not_be_sent_is_logged()
    {
        var end = RunAsync();

        client.Break();
        await client.SendAsync(Plain);

        Assert.True(await end);
        Assert.Single(log.Downloads);
    }

    [Fact]
    public async Task Who_reads_slowly_is_waited_for()
    {
        var end = RunAsync();
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(Plain);
        }

        var received = "";
        for (var i = 0; i < 5; i++)
        {
            client.Time.Advance(TimeSpan.FromSeconds(9));
            received += client.Receive();
        }

        Assert.Equal(6, received.Split("HTTP/1.1 200 OK").Length);
        Assert.False(client.IsAborted);
        client.Close();
        Assert.True(await end);
    }

    [Fact]
    public async Task Who_has_gone_is_let_go()
    {
        var end = RunAsync();
        await client.SendAsync(Plain);

        client.Reset();

        Assert.True(await end);
    }

    [Fact]
    public async Task Half_a_request_and_the_end_are_for_the_web_server()
    {
        var end = RunAsync();

        await client.SendAsync(Plain[..20]);
        client.Close();

        Assert.False(await end);
    }

    private Task<bool> RunAsync(TimeProvider? time = null)
    {
        var clock = new FakeTimeProvider(Sample.Now);
        var source = new CatalogSource(Sample.Folder, []);
        var logger = log.CreateLogger("LeGo.Lite");
        var catalog = new LiveCatalog(source.Data, source.Scan, source.Scan(Sample.Now), default, clock, logger);
        return client.RunAsync(new(new(catalog, ["/legocerthub"], new(0, TimeSpan.Zero), time ?? clock, logger), clock));
    }

    private sealed class Http2 : ITlsApplicationProtocolFeature
    {
        public ReadOnlyMemory<byte> ApplicationProtocol => "h2"u8.ToArray();
    }
}
