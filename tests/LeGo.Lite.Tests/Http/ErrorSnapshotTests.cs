using System.Globalization;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>The complete response of every row of the table of errors (SPEC 5).</summary>
public sealed class ErrorSnapshotTests(SampleServer server) : IClassFixture<SampleServer>
{
    [Theory]
    [InlineData("no_key", "certificates/web.example.com")]
    [InlineData("wrong_key", "certificates/web.example.com", "apiKey: web-key-0123456789abcdef")]
    [InlineData("unknown_name", "certificates/nobody.example.com", "apiKey: web-cert-0123456789abcdef")]
    [InlineData("disabled", "privatekeys/locked.example.com", "apiKey: locked-key-0123456789abcdef")]
    [InlineData("URL_not_allowed", "certificates/web.example.com/web-cert-0123456789abcdef")]
    [InlineData("legacy_no_key", "certificates/printer.example.com/")]
    [InlineData("legacy_wrong_key", "certificates/printer.example.com/printer-key-0123456789abcdef")]
    [InlineData("legacy_unknown_name", "certificates/nobody.example.com/printer-cert-0123456789abcdef")]
    public async Task Unauthorized(string row, string path, params string[] headers) =>
        Snapshot.Verify((await server.GetAsync($"{Sample.Base}/{path}", headers)).ToString(), row);

    [Theory]
    [InlineData("no_valid_order", "certificates/old.example.com", "old-cert-0123456789abcdef")]
    [InlineData("no_valid_order_for_the_chain", "certrootchains/old.example.com", "old-cert-0123456789abcdef")]
    [InlineData("no_valid_order_with_key", "privatecertchains/old.example.com", "old-cert-0123456789abcdef.old-key-0123456789abcdef")]
    [InlineData("no_private_key", "privatecerts/offline.example.com", "offline-cert-0123456789abcdef.offline-key-0123456789abcdef")]
    [InlineData("no_private_key_with_chain", "privatecertchains/offline.example.com", "offline-cert-0123456789abcdef.offline-key-0123456789abcdef")]
    [InlineData("no_chain", "certrootchains/leaf-only.example.com", "leaf-only-cert-0123456789abcdef")]
    [InlineData("no_pem", "privatekeys/offline.example.com", "offline-key-0123456789abcdef")]
    public async Task Nothing_to_serve(string row, string path, string apiKey) =>
        Snapshot.Verify((await server.GetAsync($"{Sample.Base}/{path}", $"apiKey: {apiKey}")).ToString(), row);

    [Theory]
    [InlineData("POST", "v1/download/certificates/web.example.com")]
    [InlineData("PUT", "v1/download/privatekeys/web.example.com")]
    [InlineData("DELETE", "v1/download/privatecerts/printer.example.com/printer-cert-0123456789abcdef.printer-key-0123456789abcdef")]
    [InlineData("OPTIONS", "v1/download/certrootchains/nobody.example.com")]
    [InlineData("BREW", "v1/download/privatecertchains/web.example.com")]
    [InlineData("POST", "health")]
    public async Task Method_not_allowed(string method, string path) =>
        Snapshot.Verify((await server.SendAsync(method, $"/legocerthub/api/{path}", "apiKey: web-cert-0123456789abcdef")).ToString(), $"{method}_{(path == "health" ? path : path.Split('/')[2])}");

    [Theory]
    [InlineData("root", "GET", "/")]
    [InlineData("no_base_path", "GET", "/api/v1/download/certificates/web.example.com")]
    [InlineData("no_name", "GET", "/legocerthub/api/v1/download/certificates/")]
    [InlineData("no_route", "GET", "/legocerthub/api/v1/download/keys/web.example.com")]
    [InlineData("below_health", "GET", "/legocerthub/api/health/x")]
    [InlineData("other_method", "POST", "/legocerthub/api/v2")]
    [InlineData("server_wide", "OPTIONS", "*")]
    public async Task Not_found(string row, string method, string target) =>
        Snapshot.Verify((await server.SendAsync(method, target)).ToString(), row);

    [Theory]
    [InlineData("unauthorized", "/legocerthub/api/v1/download/certificates/web.example.com")]
    [InlineData("not_found", "/legocerthub")]
    public async Task Head(string row, string target) =>
        Snapshot.Verify((await server.SendAsync("HEAD", target)).ToString(), row);

    /// <summary>Kestrel answers these before anything of ours sees them, so without our headers.</summary>
    [Theory]
    [InlineData("no_host", "GET /legocerthub/api/health HTTP/1.1\nConnection: close")]
    [InlineData("NUL", "GET /legocerthub/api/v1/download/certificates/web%00 HTTP/1.1\nHost: localhost")]
    [InlineData("no_version", "GET /legocerthub/api/health\nHost: localhost")]
    [InlineData("broken_header", "GET /legocerthub/api/health HTTP/1.1\nHost: localhost\nx")]
    [InlineData("other_version", "GET /legocerthub/api/health HTTP/3.0\nHost: localhost")]
    public async Task Refused_by_the_web_server(string row, string lines) =>
        Snapshot.Verify((await server.SendAsync(lines)).ToString(), row);

    [Theory]
    [InlineData("header", "GET", "privatekeys/printer.example.com", "apiKey: printer-key-0123456789abcdef")]
    [InlineData("head", "HEAD", "privatekeys/printer.example.com", "apiKey: printer-key-0123456789abcdef")]
    [InlineData("legacy", "GET", "privatekeys/printer.example.com/printer-key-0123456789abcdef")]
    public async Task Too_many_failed_attempts(string row, string method, string path, params string[] headers)
    {
        await using var throttled = await SampleServer.StartAsync(configure: config => config with { FailedLoginsPerMinute = 1 });
        _ = await throttled.GetAsync($"{Sample.Base}/certificates/web.example.com");

        var response = await throttled.SendAsync(method, $"{Sample.Base}/{path}", headers);

        var seconds = response["Retry-After"]!;
        Assert.InRange(int.Parse(seconds, CultureInfo.InvariantCulture), 1, 60);
        Snapshot.Verify(response.ToString().Replace($"Retry-After: {seconds}\n", "Retry-After: {scrubbed}\n", StringComparison.Ordinal), row);
    }

    [Fact]
    public async Task Internal_error()
    {
        await using var broken = await SampleServer.StartAsync(requestTime: new BrokenClock());

        Snapshot.Verify((await broken.GetAsync($"{Sample.Base}/certificates/web.example.com", "apiKey: web-cert-0123456789abcdef")).ToString());
    }
}
