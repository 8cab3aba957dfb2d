using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>What counts as a failed login, and what an address that had too many still gets (SPEC 5).</summary>
public sealed class ThrottleTests
{
    private const string Good = "apiKey: printer-key-0123456789abcdef";
    private const string Target = $"{Sample.Base}/privatekeys/printer.example.com";

    [Theory]
    [InlineData("no key", "privatekeys/printer.example.com")]
    [InlineData("no key", "privatekeys/printer.example.com/")]
    [InlineData("wrong key", "privatekeys/printer.example.com", "apiKey: wrong")]
    [InlineData("wrong key", "privatekeys/printer.example.com/wrong")]
    [InlineData("unknown name", "privatekeys/nobody.example.com", Good)]
    [InlineData("unknown name", "privatekeys/nobody.example.com/printer-key-0123456789abcdef")]
    [InlineData("key disabled", "privatekeys/locked.example.com", "apiKey: locked-key-0123456789abcdef")]
    [InlineData("URL not allowed", "privatekeys/web.example.com/web-key-0123456789abcdef")]
    public async Task Each_case_of_401_counts(string _, string path, params string[] headers)
    {
        await using var server = await StartAsync(limit: 3);
        foreach (var method in new[] { "GET", "HEAD", "GET" })
        {
            Assert.Equal(401, (await server.SendAsync(method, $"{Sample.Base}/{path}", headers)).Status);
        }

        // Now the right key, too.
        server.Log.Clear();
        Assert.Equal(429, (await server.GetAsync(Target, Good)).Status);
        Assert.Equal("127.0.0.1 privatekeys - 429 too many failed attempts 0.00 ms", Assert.Single(server.Log.Entries).Message);
    }

    [Fact]
    public async Task Nothing_else_counts_and_what_is_no_download_goes_on()
    {
        await using var server = await StartAsync(limit: 1);
        (int Status, string Method, string Target, string[] Headers)[] open =
        [
            (204, "GET", "/legocerthub/api/health", []),
            (405, "POST", "/legocerthub/api/health", []),
            (404, "GET", "/", []),
            (404, "GET", $"{Sample.Base}/elsewhere", []),
            (404, "GET", $"{Sample.Base}/privatekeys/", []),
            (405, "POST", Target, []),
            (400, "GET", Target, ["Transfer-Encoding: chunked\n\n0"]),
        ];
        (int Status, string Method, string Target, string[] Headers)[] downloads =
        [
            (200, "GET", Target, [Good]),
            (200, "HEAD", Target, [Good]),
            (200, "GET", $"{Target}/printer-key-0123456789abcdef", []),
            (304, "GET", Target, [Good, "If-None-Match: *"]),
            (412, "GET", Target, [Good, "If-Match: \"a\""]),
            (404, "GET", $"{Sample.Base}/privatekeys/offline.example.com", ["apiKey: offline-key-0123456789abcdef"]),
        ];
        foreach (var (status, method, target, headers) in open.Concat(downloads).Concat(downloads))
        {
            Assert.Equal(status, (await server.SendAsync(method, target, headers)).Status);
        }

        Assert.Equal(401, (await server.GetAsync(Target)).Status);

        foreach (var (status, method, target, headers) in open)
        {
            Assert.Equal(status, (await server.SendAsync(method, target, headers)).Status);
        }

        foreach (var (_, method, target, headers) in downloads)
        {
            Assert.Equal(429, (await server.SendAsync(method, target, headers)).Status);
        }
    }

    private static Task<SampleServer> StartAsync(int limit) => SampleServer.StartAsync(configure: config => config with { FailedLoginsPerMinute = limit });
}
