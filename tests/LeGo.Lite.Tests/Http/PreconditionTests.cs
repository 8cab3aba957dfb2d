using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>Conditional requests: which status, by the precedence of RFC 9110, section 13.2.2.</summary>
public sealed class PreconditionTests(SampleServer server) : IClassFixture<SampleServer>
{
    private const string Certificate = $"{Sample.Base}/certificates/web.example.com";
    private const string Key = "apiKey: web-cert-0123456789abcdef";
    private const string LastModified = "Sun, 01 Mar 2026 08:00:10 GMT";
    private const string Before = "Sun, 01 Mar 2026 08:00:09 GMT";
    private const string After = "Sun, 01 Mar 2026 08:00:11 GMT";

    [Theory]
    [InlineData(304, "If-None-Match: {etag}")]
    [InlineData(304, "If-None-Match: W/{etag}")]
    [InlineData(304, "If-None-Match: *")]
    [InlineData(304, "If-None-Match: \"a\",{etag} , \"b\"")]
    [InlineData(304, "If-None-Match: \"a\", W/{etag}")]
    [InlineData(304, "If-None-Match: \"a\"", "If-None-Match: {etag}")]
    [InlineData(200, "If-None-Match: \"a\", \"b\"")]
    [InlineData(200, "If-None-Match: \"*\"")]
    [InlineData(200, "If-None-Match: {bare}")]
    [InlineData(200, "If-None-Match: not a tag")]
    [InlineData(200, "If-None-Match:")]
    public Task If_None_Match(int status, params string[] conditions) => CheckAsync(status, conditions);

    [Theory]
    [InlineData(304, $"If-Modified-Since: {LastModified}")]
    [InlineData(304, $"If-Modified-Since: {After}")]
    [InlineData(304, "If-Modified-Since: Sunday, 01-Mar-26 08:00:10 GMT")]
    [InlineData(304, "If-Modified-Since: Sun Mar  1 08:00:10 2026")]
    [InlineData(200, $"If-Modified-Since: {Before}")]
    [InlineData(200, "If-Modified-Since: 2026-03-01T08:00:10Z")]
    [InlineData(200, "If-Modified-Since: tomorrow")]
    [InlineData(200, "If-Modified-Since:")]
    [InlineData(200, $"If-Modified-Since: {After}", $"If-Modified-Since: {After}")]
    public Task If_Modified_Since(int status, params string[] conditions) => CheckAsync(status, conditions);

    [Theory]
    [InlineData(200, "If-Match: {etag}")]
    [InlineData(200, "If-Match: *")]
    [InlineData(200, "If-Match: \"a\", {etag}")]
    [InlineData(200, "If-Match: \"a\"", "If-Match: {etag}")]
    [InlineData(412, "If-Match: \"a\"")]
    [InlineData(412, "If-Match: \"a\", \"b\"")]
    [InlineData(412, "If-Match: W/{etag}")]
    [InlineData(412, "If-Match: \"*\"")]
    [InlineData(412, "If-Match: {bare}")]
    [InlineData(412, "If-Match: not a tag")]
    [InlineData(412, "If-Match:")]
    public Task If_Match(int status, params string[] conditions) => CheckAsync(status, conditions);

    [Theory]
    [InlineData(200, $"If-Unmodified-Since: {LastModified}")]
    [InlineData(200, $"If-Unmodified-Since: {After}")]
    [InlineData(412, $"If-Unmodified-Since: {Before}")]
    [InlineData(200, "If-Unmodified-Since: 2020-03-01T08:00:10Z")]
    [InlineData(200, "If-Unmodified-Since: yesterday")]
    [InlineData(200, $"If-Unmodified-Since: {Before}", $"If-Unmodified-Since: {Before}")]
    public Task If_Unmodified_Since(int status, params string[] conditions) => CheckAsync(status, conditions);

    [Theory]
    [InlineData(200, "If-Match: {etag}", $"If-Unmodified-Since: {Before}")]
    [InlineData(412, "If-Match: \"a\"", $"If-Unmodified-Since: {After}")]
    [InlineData(200, "If-None-Match: \"a\"", $"If-Modified-Since: {After}")]
    [InlineData(200, "If-None-Match: not a tag", $"If-Modified-Since: {After}")]
    [InlineData(304, "If-None-Match: {etag}", $"If-Modified-Since: {Before}")]
    [InlineData(304, "If-Match: {etag}", "If-None-Match: {etag}")]
    [InlineData(412, "If-Match: \"a\"", "If-None-Match: {etag}")]
    [InlineData(304, "If-Match: {etag}", $"If-Modified-Since: {After}")]
    [InlineData(412, $"If-Unmodified-Since: {Before}", "If-None-Match: {etag}")]
    [InlineData(304, $"If-Unmodified-Since: {LastModified}", $"If-Modified-Since: {LastModified}")]
    public Task Precedence(int status, params string[] conditions) => CheckAsync(status, conditions);

    [Theory]
    [InlineData("Range: bytes=0-9")]
    [InlineData("Range: bytes=0-9", "If-Range: {etag}")]
    [InlineData("Accept-Encoding: gzip, br")]
    public async Task There_are_no_ranges_and_no_compression(params string[] headers)
    {
        var plain = await server.GetAsync(Certificate, Key);

        Assert.Equal(plain.Received, (await ConditionalAsync("GET", headers)).Received);
        Assert.Null(plain["Accept-Ranges"]);
    }

    [Theory]
    [InlineData("If-None-Match: *")]
    [InlineData("If-Match: \"a\"")]
    [InlineData("If-Modified-Since: Sun, 01 Mar 2036 08:00:10 GMT")]
    [InlineData("If-Unmodified-Since: Sun, 01 Mar 2020 08:00:10 GMT")]
    public async Task Are_not_looked_at_before_authentication_and_not_for_what_is_not_there(string condition)
    {
        foreach (var (target, apiKey) in new[]
        {
            (Certificate, "wrong"),
            ($"{Sample.Base}/certificates/nobody", "wrong"),
            ($"{Sample.Base}/certificates/web.example.com/web-cert-0123456789abcdef", "web-cert-0123456789abcdef"),
            ($"{Sample.Base}/certificates/old.example.com", "old-cert-0123456789abcdef"),
            ($"{Sample.Base}/privatekeys/offline.example.com", "offline-key-0123456789abcdef"),
            ("/legocerthub/api/health", ""),
            ("/elsewhere", ""),
        })
        {
            var without = await server.GetAsync(target, $"apiKey: {apiKey}");

            Assert.Equal(without.Received, (await server.GetAsync(target, $"apiKey: {apiKey}", condition)).Received);
        }
    }

    private async Task CheckAsync(int status, string[] conditions)
    {
        Assert.Equal(status, (await ConditionalAsync("GET", conditions)).Status);
        Assert.Equal(status, (await ConditionalAsync("HEAD", conditions)).Status);
    }

    private async Task<Response> ConditionalAsync(string method, string[] headers)
    {
        var download = await server.GetAsync(Certificate, Key);
        Assert.Equal(LastModified, download["Last-Modified"]);
        return await server.SendAsync(method, Certificate, [Key, .. headers.Select(header => header
            .Replace("{etag}", download["ETag"], StringComparison.Ordinal)
            .Replace("{bare}", download["ETag"]!.Trim('"'), StringComparison.Ordinal))]);
    }
}
