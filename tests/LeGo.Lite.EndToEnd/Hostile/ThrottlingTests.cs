using System.Globalization;
using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Hostile;

/// <summary>Who guesses API keys is slowed down, and nobody else is.</summary>
public sealed class ThrottlingTests
{
    private const int Limit = 5;
    private const string End = "-0123456789abcdef";

    [Theory]
    [InlineData("http", "--http1.1")]
    [InlineData("https", "--http1.1")]
    [InlineData("https", "--http2")]
    public void After_as_many_failures_as_are_allowed_only_that_address_has_to_wait(string scheme, string version)
    {
        using var server = Serve();
        Response Get(string path, params string[] options) =>
            Curl.Get((scheme == "http" ? server.Address : server.SecureAddress) + path, ["-k", version, .. options]);
        Response Download(string download, string? apiKey, params string[] options) =>
            Get(LegoLite.Path(download), ["-H", apiKey is null ? "X: x" : $"apiKey: {apiKey}", .. options]);

        // The five cases of 401 count alike.
        Download(Web.Certificate, null).Expect(401, "unauthorized");
        Download(Web.Certificate, $"wrong{End}").Expect(401, "unauthorized");
        Download("certificates/nobody.example.com", Web.CertificateApiKey).Expect(401, "unauthorized");
        Download("privatekeys/locked.example.com", $"locked-key{End}").Expect(401, "unauthorized");
        Download($"{Web.Certificate}/{Web.CertificateApiKey}", null).Expect(401, "unauthorized");

        // From now on all are refused alike, also what was right.
        var refused = Download(Web.Certificate, Web.CertificateApiKey).Expect(429, "error: too many failed attempts");
        Assert.InRange(int.Parse(refused["Retry-After"]!, CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal("application/json", refused["Content-Type"]);
        Assert.Equal($"{refused.Body.Length}", refused["Content-Length"]);
        Assert.Equal("no-store", refused["Cache-Control"]);
        SecurityHeaders.AssertOn(refused);
        Assert.All(
            [
                Download(Web.Certificate, $"wrong{End}"),
                Download("certificates/nobody.example.com", null),
                Download("privatekeys/locked.example.com", $"locked-key{End}"),
                Download($"privatecerts/printer.example.com/printer-cert{End}.printer-key{End}", null),
            ],
            other => Assert.Equal(WithoutWait(refused), WithoutWait(other)));

        // What is no download has nothing to guess.
        Assert.Equal(204, Get("/legocerthub/api/health").Status);
        Get("/elsewhere").Expect(404, "error: not found");
        Download(Web.Certificate, null, "-X", "POST").Expect(405, "error: method not allowed");

        var other = Download(Web.Certificate, Web.CertificateApiKey, "--interface", "127.0.0.2");
        Assert.Equal((200, Web.NewerChain), (other.Status, other.Text));
        Assert.Equal(200, Download(Web.PrivateKey, Web.KeyApiKey, "--interface", "127.0.0.2").Status);

        server.WaitForLog(" 127.0.0.1 privatekeys locked.example.com 401 API key disabled ");
        server.WaitForLog(" 127.0.0.1 certificates - 429 too many failed attempts ");
        server.WaitForLog(" 127.0.0.2 certificates web.example.com 200 served ");
    }

    [Fact]
    public void Unless_something_else_is_set_30_failures_a_minute_are_answered()
    {
        using var server = LegoLite.Serve(new Command(
            "env",
            "-u", "LEGO_LITE_FAILED_LOGINS_PER_MINUTE", Repository.Binary, "serve", "--data", Repository.Sample, "--listen", "http://127.0.0.1:0"));
        var wrong = $"GET {LegoLite.Path(Web.Certificate)} HTTP/1.1\r\nHost: x\r\napiKey: wrong{End}\r\n\r\n";
        using var stream = RawHttp.Open(server.Address);

        stream.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(wrong, 31))));
        var statuses = Enumerable.Range(0, 31).Select(_ => RawHttp.ReadResponse(stream).Status).ToArray();

        Assert.Equal([.. Enumerable.Repeat(401, 30), 429], statuses);
    }

    [Fact]
    public void Nobody_who_is_no_trusted_proxy_can_speak_for_another()
    {
        using var server = Serve(("LEGO_LITE_TRUSTED_PROXIES__0", "127.0.0.3"));
        for (var i = 0; i < Limit; i++)
        {
            Assert.Equal(401, Forwarded(server, $"192.0.2.{i}", "wrong").Status);
        }

        // Another name does not help; and who is named does not suffer.
        Assert.Equal(429, Forwarded(server, "192.0.2.100", Web.CertificateApiKey).Status);
        Assert.Equal(200, Forwarded(server, "127.0.0.1", Web.CertificateApiKey, from: "127.0.0.2").Status);
        Assert.Equal(200, Forwarded(server, "192.0.2.1", Web.CertificateApiKey, from: "127.0.0.3").Status);

        server.WaitForLog(" 192.0.2.1 certificates web.example.com 200 ");
        Assert.Equal(["127.0.0.1", "127.0.0.2", "192.0.2.1"], Clients(server));
    }

    [Fact]
    public void Behind_a_trusted_proxy_it_is_the_client_that_counts()
    {
        using var server = Serve(("LEGO_LITE_TRUSTED_PROXIES__0", "127.0.0.1"), ("LEGO_LITE_TRUSTED_PROXIES__1", "192.0.2.128/25"));

        // What a client puts before what the proxy says does not count.
        for (var i = 0; i < Limit; i++)
        {
            Assert.Equal(401, Forwarded(server, $"198.51.100.{i}, 192.0.2.7", "wrong").Status);
        }

        Assert.Equal(429, Forwarded(server, "192.0.2.7", Web.CertificateApiKey).Status);
        Assert.Equal(429, Forwarded(server, "192.0.2.7, 192.0.2.200", Web.CertificateApiKey).Status);
        Assert.Equal(200, Forwarded(server, "198.51.100.1", Web.CertificateApiKey).Status);
        Assert.Equal(200, Forwarded(server, "192.0.2.7, 192.0.2.8", Web.CertificateApiKey).Status);

        // All addresses of one site are one.
        for (var i = 0; i < Limit; i++)
        {
            Assert.Equal(401, Forwarded(server, $"2001:db8:0:1::{i}", "wrong").Status);
        }

        Assert.Equal(429, Forwarded(server, "2001:db8:0:1:ffff::", Web.CertificateApiKey).Status);
        Assert.Equal(200, Forwarded(server, "2001:db8:0:2::1", Web.CertificateApiKey).Status);

        // Where the proxy names nobody, it is the client itself.
        for (var i = 0; i < Limit; i++)
        {
            Assert.Equal(401, Forwarded(server, i % 2 == 0 ? "unknown" : "", "wrong").Status);
        }

        Assert.Equal(429, server.Download(Web.Certificate, Web.CertificateApiKey).Status);
        Assert.Equal(200, Forwarded(server, "192.0.2.9", Web.CertificateApiKey).Status);

        server.WaitForLog(" 192.0.2.9 certificates web.example.com 200 ");
        Assert.Equal(
            ["127.0.0.1", "192.0.2.7", "192.0.2.8", "192.0.2.9", "198.51.100.1", .. Enumerable.Range(0, Limit).Select(i => i == 0 ? "2001:db8:0:1::" : $"2001:db8:0:1::{i}"), "2001:db8:0:1:ffff::", "2001:db8:0:2::1"],
            Clients(server));
    }

    private static LegoLite Serve(params IReadOnlyList<(string Name, string Value)> settings) =>
        LegoLite.ServeBoth(Repository.Sample, [("LEGO_LITE_FAILED_LOGINS_PER_MINUTE", $"{Limit}"), .. settings]);

    private static Response Forwarded(LegoLite server, string client, string apiKey, string from = "127.0.0.1") =>
        Curl.Get(server.Url(Web.Certificate), "-H", $"X-Forwarded-For: {client}", "-H", $"apiKey: {apiKey}", "--interface", from);

    /// <summary>Everybody that the log names.</summary>
    private static string[] Clients(LegoLite server) =>
    [
        .. server.LogLines.Select(line => line.Split(' ')).Where(parts => parts.Length > 4 && parts[4] == "certificates")
            .Select(parts => parts[3]).Distinct().Order(StringComparer.Ordinal),
    ];

    private static string WithoutWait(Response response) =>
        string.Join('\n', response.Comparable.Split('\n').Where(line => !line.StartsWith("Retry-After:", StringComparison.OrdinalIgnoreCase)));
}
