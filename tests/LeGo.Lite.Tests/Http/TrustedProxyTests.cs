using System.Net;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>Whose X-Forwarded-For is believed, and what of it (SPEC 3).</summary>
public sealed class TrustedProxyTests
{
    private const string Target = $"{Sample.Base}/privatekeys/printer.example.com";
    private const string Good = "apiKey: printer-key-0123456789abcdef";

    private static readonly string[] Nobody = [];
    private static readonly string[] Peer = ["127.0.0.1/32"];
    private static readonly string[] Chain = ["127.0.0.0/8", "10.0.0.0/8", "fd00::/8"];
    private static readonly string[] Others = ["10.0.0.0/8"];

    public static TheoryData<string[], string, string> Forwarded => new()
    {
        { Nobody, "X-Forwarded-For: 192.0.2.9", "127.0.0.1" },
        { Others, "X-Forwarded-For: 192.0.2.9", "127.0.0.1" },
        { Others, "X-Forwarded-For: 192.0.2.9, 10.0.0.1", "127.0.0.1" },
        { Peer, "Accept: */*", "127.0.0.1" },
        { Peer, "X-Forwarded-For: 192.0.2.9", "192.0.2.9" },

        // What the client wrote stands on the left of what the proxy saw.
        { Peer, "X-Forwarded-For: 192.0.2.1, 192.0.2.9", "192.0.2.9" },
        { Peer, "X-Forwarded-For: 127.0.0.1, 192.0.2.9", "192.0.2.9" },
        { Peer, "X-Forwarded-For: 192.0.2.1\nX-Forwarded-For: 192.0.2.9", "192.0.2.9" },
        { Peer, "X-Forwarded-For: 192.0.2.9, 10.0.0.1", "10.0.0.1" },

        { Chain, "X-Forwarded-For: 192.0.2.9, 10.1.2.3", "192.0.2.9" },
        { Chain, "X-Forwarded-For: 192.0.2.1, 192.0.2.9, fd00::1, 10.1.2.3", "192.0.2.9" },
        { Chain, "X-Forwarded-For: 192.0.2.9, ::ffff:10.1.2.3", "192.0.2.9" },
        { Chain, "X-Forwarded-For: 10.0.0.2, 10.0.0.1", "10.0.0.2" },

        { Peer, "X-Forwarded-For: 192.0.2.9:50000", "192.0.2.9" },
        { Peer, "X-Forwarded-For: 2001:db8::9", "2001:db8::9" },
        { Peer, "X-Forwarded-For: [2001:db8::9]", "2001:db8::9" },
        { Peer, "X-Forwarded-For: [2001:db8::9]:50000", "2001:db8::9" },
        { Peer, "X-Forwarded-For: ::ffff:192.0.2.9", "192.0.2.9" },
        { Peer, "X-Forwarded-For: [::ffff:192.0.2.9]:50000", "192.0.2.9" },

        // A quote that does not end takes nothing with it.
        { Peer, "X-Forwarded-For: \"a, 192.0.2.9", "192.0.2.9" },
        { Peer, "X-Forwarded-For: \"a\\\", 192.0.2.9", "192.0.2.9" },
        { Peer, "X-Forwarded-For: \"\nX-Forwarded-For: 192.0.2.9", "192.0.2.9" },
        { Peer, "X-Forwarded-For: \"192.0.2.9\"", "192.0.2.9" },

        // Nothing is guessed: as far as it can be read.
        { Peer, "X-Forwarded-For: ", "127.0.0.1" },
        { Peer, "X-Forwarded-For: ,,", "127.0.0.1" },
        { Peer, "X-Forwarded-For: unknown", "127.0.0.1" },
        { Peer, "X-Forwarded-For: 192.0.2.9, \"%00<>;", "127.0.0.1" },
        { Peer, "X-Forwarded-For: 192.0.2.9, 256.0.0.1", "127.0.0.1" },
        { Peer, "X-Forwarded-For: rubbish, 192.0.2.9", "192.0.2.9" },
        { Chain, "X-Forwarded-For: 192.0.2.9, rubbish, 10.0.0.1", "10.0.0.1" },
        { Peer, $"X-Forwarded-For: {string.Join(", ", Enumerable.Repeat("192.0.2.1", 500))}, 192.0.2.9", "192.0.2.9" },

        { Peer, "Forwarded: for=192.0.2.9", "127.0.0.1" },
        { Peer, "X-Real-IP: 192.0.2.9", "127.0.0.1" },
        { Peer, "X-Original-For: 192.0.2.9", "127.0.0.1" },
        { Peer, "X-Forwarded-Proto: https\nX-Forwarded-Host: evil.example.com\nX-Forwarded-Prefix: /x", "127.0.0.1" },
    };

    [Theory]
    [MemberData(nameof(Forwarded))]
    public async Task The_client_is_the_last_that_is_not_trusted(string[] trusted, string headers, string client)
    {
        await using var server = await StartAsync(trusted, limit: 0);
        var plain = await server.GetAsync(Target, Good);
        server.Log.Clear();

        var response = await server.GetAsync(Target, [Good, .. headers.Split('\n')]);

        Assert.Equal($"{client} privatekeys printer.example.com 200 served 0.00 ms", Assert.Single(server.Log.Entries).Message);
        Assert.Equal(plain.Received, response.Received);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_each_client_waits_for_itself()
    {
        await using var server = await StartAsync(Peer, limit: 1);

        Assert.Equal(401, await GetAsync("192.0.2.1", ""));
        Assert.Equal(429, await GetAsync("192.0.2.1", Good));
        Assert.Equal(429, await GetAsync("192.0.2.8, ::ffff:192.0.2.1", Good));
        Assert.Equal(200, await GetAsync("192.0.2.1, 192.0.2.2", Good));
        Assert.Equal(401, await GetAsync("2001:db8::1", ""));
        Assert.Equal(429, await GetAsync("[2001:db8::2]:50000", Good));
        Assert.Equal(200, await GetAsync("2001:db8:0:1::1", Good));

        async Task<int> GetAsync(string forwarded, string apiKey) => (await server.GetAsync(Target, [$"X-Forwarded-For: {forwarded}", .. apiKey.Length > 0 ? [apiKey] : Nobody])).Status;
    }

    [Fact]
    public async Task Without_a_trusted_proxy_no_header_makes_it_another_client()
    {
        foreach (var trusted in new[] { Nobody, Others })
        {
            await using var server = await StartAsync(trusted, limit: 1);

            Assert.Equal(401, (await server.GetAsync(Target, "X-Forwarded-For: 192.0.2.1")).Status);
            Assert.Equal(429, (await server.GetAsync(Target, "X-Forwarded-For: 192.0.2.2, 10.0.0.1", Good)).Status);
        }
    }

    private static Task<SampleServer> StartAsync(string[] trusted, int limit) => SampleServer.StartAsync(
        configure: config => config with { FailedLoginsPerMinute = limit, TrustedProxies = [.. trusted.Select(IPNetwork.Parse)] });
}
