using System.Net;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>The API over HTTPS is the one over HTTP, by every protocol that is meant to be spoken and no other.</summary>
public sealed class HttpsTests(ReadTlsSite site) : IClassFixture<ReadTlsSite>
{
    [Theory]
    [InlineData("--http1.1", "HTTP/1.1")]
    [InlineData("--http2", "HTTP/2")]
    public void Each_download_is_that_of_http(string version, string protocol)
    {
        foreach (var (download, apiKey, body, _) in Sample.Named("web").Downloads)
        {
            string[] options = ["-H", $"apiKey: {apiKey}"];
            var plain = Curl.Get($"{site.Plain}/legocerthub/api/v1/download/{download}", options);

            var secure = site.Tls.Get(site.Tls.Download(download), [version, .. options]);
            var used = site.Tls.Curl([version, .. options, "-o", "/dev/null", "-w", "HTTP/%{http_version}", site.Tls.Download(download)]).RunWell();

            Assert.Equal(body, secure.Text);
            Assert.Equal(200, secure.Status);
            Assert.Equal(Comparable(plain, protocol), Comparable(secure, "as it is"));
            Assert.Equal(protocol, used.Text);
            Assert.Equal(304, site.Tls.Get(site.Tls.Download(download), [version, .. options, "-H", $"If-None-Match: {secure["ETag"]}"]).Status);
        }
    }

    [Theory]
    [InlineData("--http1.1", "HTTP/1.1")]
    [InlineData("--http2", "HTTP/2")]
    public void Errors_are_those_of_http(string version, string protocol)
    {
        foreach (var path in new[] { "legocerthub/api/v1/download/certificates/web.example.com", "certwarden/api/v1/download/privatekeys/none/x", "none", "certwarden/api/health" })
        {
            var secure = site.Tls.Get(site.Tls.Url(path), version);

            Assert.Equal(Comparable(Curl.Get($"{site.Plain}/{path}"), protocol), Comparable(secure, "as it is"));
            SecurityHeaders.AssertOn(secure);
        }

        Assert.Equal(405, site.Tls.Get(site.Tls.Url("certwarden/api/health"), version, "-X", "DELETE").Status);
    }

    [Theory]
    [InlineData("-alpn h2,http/1.1", "ALPN protocol: h2")]
    [InlineData("-alpn http/1.1,h2", "ALPN protocol: h2")]
    [InlineData("-alpn http/1.1", "ALPN protocol: http/1.1")]
    [InlineData("-tls1_2", "Protocol  : TLSv1.2")]
    [InlineData("-tls1_2", "Secure Renegotiation IS supported")]
    [InlineData("-tls1_3", "New, TLSv1.3, Cipher is TLS_")]
    [InlineData("-servername other.example.com", "Verify return code: 0 (ok)")]
    public void Openssl_negotiates(string options, string said)
    {
        // Without ALPN it is HTTP/1.1; a server of HTTP/2 answers this with an error, and closes too.
        var result = site.Tls.OpenSsl(TlsSite.HealthRequest, options.Split(' ')).Run();

        Assert.Contains(said, result.Text, StringComparison.Ordinal);
        Assert.Contains("Verify return code: 0 (ok)", result.Text, StringComparison.Ordinal);
        Assert.Equal(!said.EndsWith("h2", StringComparison.Ordinal), result.Text.Contains("HTTP/1.1 204 ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--tlsv1.3", "--http1.1")]
    [InlineData("--tlsv1.3", "--http2")]
    [InlineData("--tls-max 1.2", "--http1.1")]
    [InlineData("--tls-max 1.2", "--http2")]
    public void Curl_gets_through_with(string tls, string version) =>
        Assert.Equal(204, site.Tls.Get(site.Tls.Url("certwarden/api/health"), [.. tls.Split(' '), version]).Status);

    /// <summary>This client would do it: it is the server that says no.</summary>
    [Theory]
    [InlineData("-tls1", "alert protocol version")]
    [InlineData("-tls1_1", "alert protocol version")]
    [InlineData("-tls1_2 -cipher NULL-SHA256:@SECLEVEL=0", "handshake failure")]
    [InlineData("-tls1_2 -cipher ADH-AES128-SHA256:@SECLEVEL=0", "handshake failure")]
    public void Openssl_is_refused(string options, string alert)
    {
        string[] weak = options.Contains("-cipher", StringComparison.Ordinal) ? [] : ["-cipher", "DEFAULT:@SECLEVEL=0"];

        var result = site.Tls.OpenSsl(TlsSite.HealthRequest, [.. options.Split(' '), .. weak]).Run();

        Assert.NotEqual(0, result.Status);
        Assert.Contains(alert, result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1", result.Text, StringComparison.Ordinal);
        Assert.NotEqual(0, site.Tls.Curl("--tls-max", "1.1", site.Tls.Url("certwarden/api/health")).Run().Status);
    }

    [Fact]
    public async Task A_client_can_not_renegotiate()
    {
        // Without -ign_eof a line with R is a command.
        var ask = site.Tls.OpenSsl("", "-tls1_2");
        using var client = (ask with { Arguments = [.. ask.Arguments.Where(argument => argument != "-ign_eof")] }).Start();
        var errors = client.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await client.StandardInput.WriteAsync("R\n");
        await client.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Wait.Until(() => client.HasExited, () => "it is refused");

        // It says so, and does not get so far as to verify the server again.
        var asked = (await errors).Split("\nRENEGOTIATING\n");
        Assert.Equal(2, asked.Length);
        Assert.DoesNotContain("depth=", asked[1], StringComparison.Ordinal);
        Assert.DoesNotContain("depth=", await output, StringComparison.Ordinal);
        Assert.NotEqual(0, client.ExitCode);
    }

    [Fact]
    public void Http_on_the_port_of_https_and_the_reverse_get_no_answer()
    {
        Assert.NotEqual(0, site.Tls.Curl(site.Tls.Url("certwarden/api/health").Replace("https:", "http:", StringComparison.Ordinal)).Run().Status);
        Assert.NotEqual(0, Curl.Command($"{site.Plain.Replace("http:", "https:", StringComparison.Ordinal)}/certwarden/api/health", "-k").Run().Status);
        Assert.Equal(204, site.Tls.Get(site.Tls.Url("certwarden/api/health")).Status);
    }

    [Fact]
    public void Each_address_is_printed_with_its_port()
    {
        Assert.Equal(2, site.Tls.Server.Addresses.Count());
        Assert.Matches(@"^https://127\.0\.0\.1:[1-9]\d+$", site.Tls.Server.Addresses.First());
        Assert.Matches(@"^http://127\.0\.0\.1:[1-9]\d+$", site.Tls.Server.Addresses.Last());
        Assert.Equal(2, site.Tls.Server.Addresses.Distinct().Count());
    }

    [Fact]
    public void Https_is_on_any_address_without_more_ado()
    {
        using var tls = new TlsSite();
        tls.WriteItem(tls.Issue());
        tls.Serve(TlsSite.InTree, listen: "https://0.0.0.0:0, https://[::1]:0");

        Assert.Equal(204, tls.Get(tls.Url("certwarden/api/health")).Status);
        Assert.Matches(@"^https://\[::1\]:\d+$", tls.Server.Addresses.Last());
        Assert.StartsWith("https://0.0.0.0:", tls.Server.Address, StringComparison.Ordinal);
        Assert.Empty(tls.Server.LogLines);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_it_while_connections_are_open(string signal)
    {
        using var tls = new TlsSite();
        tls.WriteItem(tls.Issue());
        tls.Serve(TlsSite.InTree);
        using var silent = RawHttp.Connect(tls.Https);
        using var idle = tls.Connect();
        idle.AssertServes();
        using var h2 = new TlsClient(tls, HttpVersion.Version20, keepsConnection: true);
        _ = await h2.DownloadAsync();

        Assert.Equal(0, tls.Server.Stop(signal));
        Assert.Single(tls.Server.LogLines);
    }

    /// <summary>The same in both protocols: HTTP/2 has its names in lower case, and no order.</summary>
    private static string Comparable(Response response, string protocol) => (response with
    {
        Headers = [.. response.Headers
            .Select(line => line.Split(':', 2))
            .Select(line => $"{(protocol == "HTTP/2" ? line[0].ToLowerInvariant() : line[0])}:{line[1]}")
            .Order(StringComparer.Ordinal)],
    }).Comparable;
}
