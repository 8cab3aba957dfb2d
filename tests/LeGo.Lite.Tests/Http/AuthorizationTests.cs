using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>Which API keys open what; every refusal is the same to a client (SPEC 5).</summary>
public sealed class AuthorizationTests(SampleServer server) : IClassFixture<SampleServer>
{
    private const string WebCertificate = "web-cert-0123456789abcdef";
    private const string WebKey = "web-key-0123456789abcdef";

    public static TheoryData<string, string, string> HeaderRefusals => new()
    {
        { "privatekeys", "web.example.com", "" },
        { "privatekeys", "web.example.com", WebCertificate },
        { "privatekeys", "web.example.com", WebKey[..^1] },
        { "privatekeys", "web.example.com", WebKey + "0" },
        { "privatekeys", "web.example.com", $"{WebKey}.{WebKey}" },
        { "privatekeys", "web.example.com", $"{WebCertificate}.{WebKey}" },
        { "privatekeys", "nobody.example.com", WebKey },
        { "privatekeys", "shared.example.com", "shared-cert-0123456789abcdef" },
        { "privatekeys", "shared.example.com", "shared-key-0123456789abcdef" },
        { "privatekeys", "locked.example.com", "locked-key-0123456789abcdef" },
        { "privatekeys", "hashed.example.com", "befb5785adc7cb4b9802bc48c01815ec8593f81e424914c0a5010e9a8a90a645" },
        { "certificates", "web.example.com", "" },
        { "certificates", "web.example.com", WebKey },
        { "certificates", "web.example.com", $"{WebCertificate}.{WebKey}" },
        { "certificates", "web.example.com", $"{WebCertificate}." },
        { "certificates", "web.example.com", $".{WebCertificate}" },
        { "certificates", "nobody.example.com", WebCertificate },
        { "certificates", "shared-key", "shared-key-0123456789abcdef" },
        { "certrootchains", "web.example.com", $"{WebCertificate}.{WebKey}" },
        { "certrootchains", "web.example.com", WebKey },
        { "certrootchains", "shared-key", "shared-key-0123456789abcdef" },
        { "privatecerts", "web.example.com", "" },
        { "privatecerts", "web.example.com", "." },
        { "privatecerts", "web.example.com", WebCertificate },
        { "privatecerts", "web.example.com", WebKey },
        { "privatecerts", "web.example.com", WebCertificate + WebKey },
        { "privatecerts", "web.example.com", $"{WebCertificate}." },
        { "privatecerts", "web.example.com", $".{WebKey}" },
        { "privatecerts", "web.example.com", $"{WebKey}.{WebCertificate}" },
        { "privatecerts", "web.example.com", $"{WebCertificate}.wrong" },
        { "privatecerts", "web.example.com", $"wrong.{WebKey}" },
        { "privatecerts", "web.example.com", $"{WebCertificate}..{WebKey}" },
        { "privatecerts", "web.example.com", $"{WebCertificate}.{WebKey}." },
        { "privatecerts", "web.example.com", $"{WebCertificate}.{WebKey}.{WebKey}" },
        { "privatecerts", "nobody.example.com", $"{WebCertificate}.{WebKey}" },
        { "privatecerts", "shared-key", "shared-cert-0123456789abcdef.shared-key-0123456789abcdef" },
        { "privatecerts", "locked.example.com", "locked-cert-0123456789abcdef.locked-key-0123456789abcdef" },
        { "privatecertchains", "locked.example.com", "locked-cert-0123456789abcdef.locked-key-0123456789abcdef" },
        { "privatecertchains", "web.example.com", $"{WebCertificate}.{WebKey}.{WebKey}" },
        { "privatecertchains", "web.example.com", $"mail-cert-0123456789abcdef.{WebKey}" },
        { "privatecertchains", "web.example.com", $"{WebCertificate}.mail-key-0123456789abcdef" },
        { "privatecerts", "offline.example.com", "offline-cert-0123456789abcdef.wrong" },
        { "certificates", "old.example.com", "wrong" },
    };

    public static TheoryData<string> UrlRefusals =>
    [
        "privatekeys/printer.example.com/",
        "privatekeys/printer.example.com//",
        "privatekeys/printer.example.com/wrong",
        "privatekeys/printer.example.com/printer-cert-0123456789abcdef",
        "privatekeys/printer.example.com/wrong/printer-key-0123456789abcdef",
        "privatekeys/printer.example.com/printer-key-0123456789abcdef%",
        "privatekeys/printer.example.com/printer-key-0123456789abcdef%0",
        "privatekeys/printer.example.com/printer-key-0123456789abcdef%zz",
        "privatekeys/printer.example.com/printer-key-0123456789abcdef%2Fprinter.pem",
        "privatekeys/printer.example.com/printer-key-0123456789abcdef%3F",
        "privatekeys/printer.example.com/printer%252Dkey-0123456789abcdef",
        "privatekeys/nobody.example.com/printer-key-0123456789abcdef",
        "privatekeys/printer.example.com%2Fprinter-key-0123456789abcdef",
        "privatekeys/printer.example.com%/printer-key-0123456789abcdef",
        "privatekeys/%2e%2e/printer-key-0123456789abcdef",
        "privatekeys/web.example.com/" + WebKey,
        "privatekeys/locked.example.com/locked-key-0123456789abcdef",
        "certificates/printer.example.com/",
        "certificates/printer.example.com/printer-key-0123456789abcdef",
        "certificates/printer.example.com/printer-cert-0123456789abcdef.printer-key-0123456789abcdef",
        "certificates/printer.example.com/printer-cert-0123456789abcdef%2E",
        "certificates/web.example.com/" + WebCertificate,
        "certrootchains/web.example.com/" + WebCertificate,
        "privatecerts/printer.example.com/printer-cert-0123456789abcdef",
        "privatecerts/printer.example.com/printer-cert-0123456789abcdef/printer-key-0123456789abcdef",
        "privatecerts/printer.example.com/printer-cert-0123456789abcdef.wrong",
        "privatecerts/printer.example.com/wrong.printer-key-0123456789abcdef",
        "privatecerts/printer.example.com/printer-cert-0123456789abcdef..printer-key-0123456789abcdef",
        $"privatecerts/web.example.com/{WebCertificate}.{WebKey}",
        $"privatecertchains/web.example.com/{WebCertificate}.{WebKey}",
        "privatecertchains/locked.example.com/locked-cert-0123456789abcdef.locked-key-0123456789abcdef",
    ];

    [Theory]
    [MemberData(nameof(HeaderRefusals))]
    public async Task A_refusal_has_the_same_bytes_whatever_its_cause(string route, string name, string apiKey)
    {
        var noKey = await server.GetAsync($"{Sample.Base}/certificates/web.example.com");
        Assert.Equal(401, noKey.Status);

        foreach (var header in new[] { "apiKey", "X-API-Key" })
        {
            Assert.Equal(noKey.Received, (await server.GetAsync($"{Sample.Base}/{route}/{name}", $"{header}: {apiKey}")).Received);
        }
    }

    [Theory]
    [MemberData(nameof(UrlRefusals))]
    public async Task A_refusal_of_the_legacy_form_too(string path)
    {
        var noKey = await server.GetAsync($"{Sample.Base}/certificates/web.example.com/");
        Assert.Equal(401, noKey.Status);

        Assert.Equal(noKey.Received, (await server.GetAsync($"{Sample.Base}/{path}")).Received);
    }

    [Fact]
    public async Task A_refusal_of_a_HEAD_too()
    {
        var noKey = await server.SendAsync("HEAD", $"{Sample.Base}/certificates/web.example.com");

        Assert.Equal(401, noKey.Status);
        Assert.Equal(noKey.Received, (await server.SendAsync("HEAD", $"{Sample.Base}/certificates/nobody", $"apiKey: {WebCertificate}")).Received);
        Assert.Equal(noKey.Received, (await server.SendAsync("HEAD", $"{Sample.Base}/certificates/web.example.com/{WebCertificate}")).Received);
    }

    [Theory]
    [InlineData(200, $"apiKey: {WebCertificate}")]
    [InlineData(200, $"X-API-Key: {WebCertificate}")]
    [InlineData(200, "apiKey:", $"X-API-Key: {WebCertificate}")]
    [InlineData(200, $"X-API-Key: {WebCertificate}", "apiKey:")]
    [InlineData(200, $"apiKey: {WebCertificate}", "X-API-Key: wrong")]
    [InlineData(200, $"APIKEY: {WebCertificate}")]
    [InlineData(200, $"x-api-key: {WebCertificate}")]
    [InlineData(401, "apiKey: wrong", $"X-API-Key: {WebCertificate}")]
    [InlineData(401, $"apiKey: {WebCertificate}", "apiKey: wrong")]
    [InlineData(401, $"Authorization: Bearer {WebCertificate}")]
    [InlineData(401, $"Cookie: apiKey={WebCertificate}")]
    public async Task Either_header_and_apiKey_first(int status, params string[] headers) =>
        Assert.Equal(status, (await server.GetAsync($"{Sample.Base}/certificates/web.example.com", headers)).Status);

    [Fact]
    public async Task An_API_key_in_the_query_is_none() =>
        Assert.Equal(401, (await server.GetAsync($"{Sample.Base}/certificates/web.example.com?apiKey={WebCertificate}")).Status);

    [Theory]
    [InlineData(200, "printer-cert-0123456789abcdef", "wrong")]
    [InlineData(401, "wrong", "printer-cert-0123456789abcdef")]
    [InlineData(401, "", "printer-cert-0123456789abcdef")]
    public async Task The_legacy_form_ignores_the_headers(int status, string inTarget, string inHeader)
    {
        foreach (var header in new[] { "apiKey", "X-API-Key" })
        {
            Assert.Equal(status, (await server.GetAsync($"{Sample.Base}/certificates/printer.example.com/{inTarget}", $"{header}: {inHeader}")).Status);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/printer.pem")]
    [InlineData("//a/b/../%2F/c?d")]
    [InlineData("/wrong.wrong.wrong")]
    public async Task The_legacy_form_ignores_what_follows_the_API_key(string rest)
    {
        var plain = await server.GetAsync($"{Sample.Base}/certificates/printer.example.com/printer-cert-0123456789abcdef");

        Assert.Equal(200, plain.Status);
        Assert.Equal(plain.Received, (await server.GetAsync($"{Sample.Base}/certificates/printer.example.com/printer-cert-0123456789abcdef{rest}")).Received);
    }

    [Theory]
    [InlineData("certificates/printer.example.com/certificate.yaml", 200, 401, 401)]
    [InlineData("privatekeys/printer.example.com/key.yaml", 401, 200, 401)]
    public async Task A_combined_legacy_call_needs_the_permission_of_both(string without, int key, int certificate, int both)
    {
        await using var edited = await SampleServer.StartAsync(edit: data =>
        {
            var file = Path.Combine(data, without);
            File.WriteAllLines(file, File.ReadAllLines(file).Where(line => !line.StartsWith("api_key_via_url", StringComparison.Ordinal)));
        });

        Assert.Equal(key, (await edited.GetAsync($"{Sample.Base}/privatekeys/printer.example.com/printer-key-0123456789abcdef")).Status);
        Assert.Equal(certificate, (await edited.GetAsync($"{Sample.Base}/certificates/printer.example.com/printer-cert-0123456789abcdef")).Status);
        foreach (var route in new[] { "privatecerts", "privatecertchains" })
        {
            Assert.Equal(both, (await edited.GetAsync($"{Sample.Base}/{route}/printer.example.com/printer-cert-0123456789abcdef.printer-key-0123456789abcdef")).Status);
            Assert.Equal(200, (await edited.GetAsync($"{Sample.Base}/{route}/printer.example.com", "apiKey: printer-cert-0123456789abcdef.printer-key-0123456789abcdef")).Status);
        }
    }

    [Fact]
    public async Task A_disabled_private_key_closes_the_routes_that_contain_it_and_no_other()
    {
        var locked = Sample.Item("locked.example.com");
        foreach (var route in Sample.Routes)
        {
            var status = (await server.GetAsync($"{Sample.Base}/{route}/{locked.Name}", $"apiKey: {locked.ApiKey(route)}")).Status;

            Assert.Equal(route is "certificates" or "certrootchains" ? 200 : 401, status);
        }
    }

    [Fact]
    public async Task A_value_with_a_dot_opens_no_certificate_even_where_it_is_the_API_key()
    {
        const string Dotted = "dotted.0123456789abcdef";
        await using var edited = await SampleServer.StartAsync(edit: data => File.WriteAllText(
            Path.Combine(data, "certificates/web.example.com/certificate.yaml"),
            $"api_key_sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Dotted)))}\napi_key_via_url: true\n"));

        foreach (var route in new[] { "certificates", "certrootchains" })
        {
            Assert.Equal(401, (await edited.GetAsync($"{Sample.Base}/{route}/web.example.com", $"apiKey: {Dotted}")).Status);
            Assert.Equal(401, (await edited.GetAsync($"{Sample.Base}/{route}/web.example.com/{Dotted}")).Status);
        }
    }

    [Fact]
    public async Task A_private_key_whose_API_key_has_a_dot_opens_alone_only()
    {
        const string Dotted = "dotted.0123456789abcdef";
        await using var edited = await SampleServer.StartAsync(edit: data => File.WriteAllText(
            Path.Combine(data, "privatekeys/web.example.com/key.yaml"), $"api_key: {Dotted}\n"));

        Assert.Equal(200, (await edited.GetAsync($"{Sample.Base}/privatekeys/web.example.com", $"apiKey: {Dotted}")).Status);
        Assert.Equal(401, (await edited.GetAsync($"{Sample.Base}/privatecerts/web.example.com", $"apiKey: {WebCertificate}.{Dotted}")).Status);
        Assert.Equal(401, (await edited.GetAsync($"{Sample.Base}/privatecertchains/web.example.com", $"apiKey: {WebCertificate}.{Dotted}")).Status);
    }

    [Theory]
    [InlineData("a%2Fb%3Fc%23d%2541%2Be~0123456789")]
    [InlineData("%61%2fb%3fc%23d%25%34%31+e%7E0123456789")]
    public async Task An_API_key_may_hold_any_character_in_the_URL_percent_encoded(string encoded)
    {
        await using var edited = await SampleServer.StartAsync(edit: data => File.WriteAllText(
            Path.Combine(data, "privatekeys/printer.example.com/key.yaml"),
            "api_key: 'a/b?c#d%41+e~0123456789'\napi_key_via_url: true\n"));

        Assert.Equal(200, (await edited.GetAsync($"{Sample.Base}/privatekeys/printer.example.com/{encoded}/printer.pem")).Status);
        Assert.Equal(401, (await edited.GetAsync($"{Sample.Base}/privatekeys/printer.example.com/a/b%3Fc%23d%2541+e~0123456789")).Status);
        Assert.Equal(401, (await edited.GetAsync($"{Sample.Base}/privatekeys/printer.example.com/a%2Fb%3Fc%23d%41+e~0123456789")).Status);
        Assert.Equal(200, (await edited.GetAsync($"{Sample.Base}/privatekeys/printer.example.com", "apiKey: a/b?c#d%41+e~0123456789")).Status);
        Assert.Equal(401, (await edited.GetAsync($"{Sample.Base}/privatekeys/printer.example.com", $"apiKey: {encoded}")).Status);
    }
}
