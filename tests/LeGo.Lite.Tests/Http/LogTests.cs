using Microsoft.Extensions.Logging;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>One line for each attempt, with its true reason and no secret (SPEC 5).</summary>
public sealed class LogTests(SampleServer server) : IClassFixture<SampleServer>
{
    private const string WebKey = "apiKey: web-key-0123456789abcdef";

    [Theory]
    [InlineData("GET", "privatekeys/WEB.example.com", WebKey, "web.example.com", 200, "served")]
    [InlineData("HEAD", "privatekeys/web.example.com", WebKey, "web.example.com", 200, "served")]
    [InlineData("GET", "privatekeys/printer.example.com/printer-key-0123456789abcdef/x", "", "printer.example.com", 200, "served")]
    [InlineData("GET", "privatekeys/web.example.com", $"{WebKey}\nIf-None-Match: *", "web.example.com", 304, "not modified")]
    [InlineData("GET", "privatekeys/web.example.com", $"{WebKey}\nIf-Match: \"a\"", "web.example.com", 412, "precondition failed")]
    [InlineData("GET", "privatekeys/web.example.com", "", "web.example.com", 401, "no API key")]
    [InlineData("GET", "privatekeys/web.example.com/", "", "web.example.com", 401, "no API key")]
    [InlineData("GET", "privatekeys/web.example.com", "apiKey: wrong", "web.example.com", 401, "wrong API key")]
    [InlineData("GET", "privatekeys/nobody.example.com", WebKey, "-", 401, "no item of this name")]
    [InlineData("GET", "privatekeys/shared.example.com", WebKey, "-", 401, "no item of this name")]
    [InlineData("GET", "privatekeys/locked.example.com", "apiKey: locked-key-0123456789abcdef", "locked.example.com", 401, "API key disabled")]
    [InlineData("GET", "privatekeys/locked.example.com", "apiKey: wrong", "locked.example.com", 401, "wrong API key")]
    [InlineData("GET", "privatekeys/web.example.com/web-key-0123456789abcdef", "", "web.example.com", 401, "API key via URL not allowed")]
    [InlineData("GET", "privatekeys/offline.example.com", "apiKey: offline-key-0123456789abcdef", "offline.example.com", 404, "error: not found (private key has no pem)")]
    [InlineData("GET", "certificates/old.example.com", "apiKey: old-cert-0123456789abcdef", "old.example.com", 404, "error: not found (certificate has no valid order)")]
    [InlineData("GET", "certrootchains/Leaf-Only.example.com", "apiKey: leaf-only-cert-0123456789abcdef", "leaf-only.example.com", 404, "error: not found (order has no chain)")]
    [InlineData("GET", "privatecerts/offline.example.com", "apiKey: offline-cert-0123456789abcdef.offline-key-0123456789abcdef", "offline.example.com", 404, "error: not found (order has no private key)")]
    [InlineData("GET", "privatecertchains/shared.example.com", "apiKey: shared-cert-0123456789abcdef", "shared.example.com", 401, "wrong API key")]
    [InlineData("POST", "privatekeys/web.example.com", WebKey, "-", 405, "method not allowed")]
    public async Task Every_attempt_is_one_line(string method, string path, string headers, string name, int status, string outcome)
    {
        server.Log.Clear();

        var response = await server.SendAsync(method, $"{Sample.Base}/{path}", headers.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(status, response.Status);
        var entry = Assert.Single(server.Log.Entries);
        var route = path.Split('/')[0];
        Assert.Equal((1, LogLevel.Information, "LeGo.Lite"), (entry.Id, entry.Level, entry.Category));
        Assert.Equal($"127.0.0.1 {route} {name} {status} {outcome} 0.00 ms", entry.Message);
        Assert.Equal(
            ["Client=127.0.0.1", $"Route={route}", $"Name={name}", $"Status={status}", $"Outcome={outcome}", "Milliseconds=0"],
            entry.Fields.Where(pair => pair.Key != "{OriginalFormat}").Select(pair => $"{pair.Key}={pair.Value}"));
    }

    [Theory]
    [InlineData("GET", "/legocerthub/api/health")]
    [InlineData("POST", "/legocerthub/api/health")]
    [InlineData("GET", "/elsewhere")]
    [InlineData("GET", "/legocerthub/api/v1/download/certificates/")]
    public async Task What_is_no_download_is_not_logged(string method, string target)
    {
        server.Log.Clear();

        _ = await server.SendAsync(method, target);

        Assert.Empty(server.Log.Entries);
    }

    [Fact]
    public async Task An_attempt_that_fails_inside_is_one_line_too()
    {
        await using var broken = await SampleServer.StartAsync(requestTime: new BrokenClock());
        broken.Log.Clear();

        _ = await broken.GetAsync($"{Sample.Base}/privatekeys/web.example.com", WebKey);

        Assert.Contains("privatekeys", Assert.Single(broken.Log.Downloads).Message, StringComparison.Ordinal);
        Assert.Equal(500, broken.Log.Downloads[0].Fields["Status"]);
        Assert.Equal(BrokenClock.Message, Assert.Single(broken.Log.Entries, entry => entry.Level == LogLevel.Error).Exception?.Message);
    }

    [Fact]
    public async Task No_event_holds_an_API_key_or_the_name_of_nothing()
    {
        await using var broken = await SampleServer.StartAsync(requestTime: new BrokenClock());
        foreach (var logged in new[] { server, broken })
        {
            logged.Log.Clear();
            var attempts = 0;
            foreach (var item in Sample.Items)
            {
                foreach (var route in Sample.Routes)
                {
                    foreach (var apiKey in (item.KeyApiKeys ?? []).Concat(item.CertificateApiKeys ?? []))
                    {
                        var encoded = apiKey.Replace("-", "%2D", StringComparison.Ordinal).Replace("0", "%30", StringComparison.Ordinal);
                        _ = await logged.GetAsync($"{Sample.Base}/{route}/{item.Name}", $"apiKey: {apiKey}.{apiKey}");
                        _ = await logged.GetAsync($"{Sample.Base}/{route}/{item.Name}", $"X-API-Key: {apiKey}");
                        _ = await logged.GetAsync($"{Sample.Base}/{route}/{item.Name}/{apiKey}");
                        _ = await logged.GetAsync($"{Sample.Base}/{route}/{item.Name}/{encoded}?{apiKey}");
                        _ = await logged.GetAsync($"{Sample.Base}/{route}/{apiKey}/{item.Name}");
                        _ = await logged.SendAsync("POST", $"{Sample.Base}/{route}/{encoded}/{apiKey}");
                        attempts += 6;

                        // Refused by the web server itself.
                        _ = await logged.SendAsync($"GET {Sample.Base}/{route}/{item.Name}/{apiKey}%00 HTTP/1.1\nHost: localhost\nConnection: close");
                        _ = await logged.SendAsync($"GET {Sample.Base}/{route}/{item.Name}/{apiKey} HTTP/1.1");
                        _ = await logged.SendAsync($"GET {Sample.Base}/{route}/{item.Name}/{apiKey}");
                        _ = await logged.SendAsync($"GET / HTTP/1.1\nHost: localhost\n{apiKey}");
                    }
                }
            }

            Assert.Equal(attempts, logged.Log.Downloads.Count);
            Assert.All(logged.Log.Entries, entry =>
            {
                Assert.DoesNotContain("0123456789", entry.Everything, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("abcdef", entry.Everything, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("%", entry.Everything, StringComparison.Ordinal);
                Assert.DoesNotContain("-----BEGIN", entry.Everything, StringComparison.Ordinal);
            });
            Assert.All(logged.Log.Downloads, entry =>
                Assert.Contains((string)entry.Fields["Name"]!, Sample.Items.Select(item => item.Name).Append("-")));
        }
    }
}
