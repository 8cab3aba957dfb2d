using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using LeGo.Lite.Config;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>https:// in this process; what a client outside sees of it is tested with the native binary.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private const string Health = "/legocerthub/api/health";
    private const string Orders = "certificates/web.example.com/orders";

    private SampleServer server = null!;

    public static TheoryData<SslProtocols, string> Protocols => new()
    {
        { SslProtocols.Tls12, "h2" },
        { SslProtocols.Tls12, "http/1.1" },
        { SslProtocols.Tls13, "h2" },
        { SslProtocols.Tls13, "http/1.1" },
    };

    public async ValueTask InitializeAsync() => server = await SampleServer.StartAsync(configure: config => config with
    {
        Listen = [new(IsTls: true, IPAddress.Loopback, 0)],
        Tls = new(new Setting("web.example.com", new("lego-lite.yaml", Position.Start)), null, null, null),
    });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_handshake_sends_the_leaf_and_its_intermediates(SslProtocols version, string application)
    {
        await using var client = await TlsClient.ConnectAsync(server.Address, version, new SslApplicationProtocol(application), new SslApplicationProtocol("other"));

        Assert.Equal((version, application), (client.Stream.SslProtocol, client.Stream.NegotiatedApplicationProtocol.ToString()));
        Assert.Equal(TlsClient.ThumbprintsOf(Sample.Text($"{Orders}/2026-03-01/fullchain.pem")), client.Thumbprints);
    }

    [Fact]
    public async Task A_new_handshake_takes_the_renewed_certificate_and_an_open_connection_goes_on()
    {
        await using var before = await TlsClient.ConnectAsync(server.Address);
        await AssertHealthyAsync(before);
        server.Log.Clear();

        var renewed = Material.Two.Chain();
        Directory.CreateDirectory(server[$"{Orders}/2026-06-01"]);
        await File.WriteAllTextAsync(server[$"{Orders}/2026-06-01/privkey.pem"], Material.Two.KeyPem, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(server[$"{Orders}/2026-06-01/fullchain.pem"], renewed, TestContext.Current.CancellationToken);
        Assert.True(server.Catalog.Reload());

        await AssertHealthyAsync(before);
        await using var after = await TlsClient.ConnectAsync(server.Address);
        await AssertHealthyAsync(after);
        Assert.Equal(TlsClient.ThumbprintsOf(renewed)[0], after.Thumbprints[0]);
        Assert.NotEqual(before.Thumbprints[0], after.Thumbprints[0]);
        Assert.Single(server.Log.Entries, entry => entry.Id == 11);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_download_is_the_same_in_both_versions_of_HTTP(string version)
    {
        using var handler = new SocketsHttpHandler { SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
        using var client = new HttpClient(handler) { BaseAddress = new($"https://{server.Address}") };
        using var download = await SendAsync(HttpMethod.Get, null);
        Assert.Equal((HttpStatusCode.OK, version), (download.StatusCode, download.Version.ToString()));
        Assert.Equal(Sample.Text("privatekeys/web.example.com/privkey.pem"), await download.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Empty(download.Headers.Connection);

        // Frames end a request of HTTP/2 for good (RFC 9113, section 8.2.2).
        using var content = new StringContent("content");
        using var refused = await SendAsync(HttpMethod.Post, content);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
        Assert.Equal(version == "2.0" ? [] : ["close"], refused.Headers.Connection);

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, HttpContent? content)
        {
            using var request = new HttpRequestMessage(method, $"{Sample.Base}/privatekeys/web.example.com")
            {
                Version = new(version),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = content,
                Headers = { { "apiKey", "web-key-0123456789abcdef" } },
            };
            return await client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    private static async Task AssertHealthyAsync(TlsClient client)
    {
        await client.Stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {Health} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        var received = new StringBuilder();
        var bytes = new byte[4096];
        while (!received.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var length = await client.Stream.ReadAsync(bytes);
            Assert.NotEqual(0, length);
            received.Append(Encoding.ASCII.GetString(bytes, 0, length));
        }

        Assert.StartsWith("HTTP/1.1 204 ", received.ToString(), StringComparison.Ordinal);
    }
}
