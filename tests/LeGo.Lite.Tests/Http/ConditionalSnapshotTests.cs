using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>The complete response to a conditional request; which status it has is for <see cref="PreconditionTests"/>.</summary>
public sealed class ConditionalSnapshotTests(SampleServer server) : IClassFixture<SampleServer>
{
    [Theory]
    [InlineData("304_If-None-Match", "If-None-Match: {etag}")]
    [InlineData("304_If-None-Match_list", "If-None-Match: \"other\", {etag}")]
    [InlineData("304_If-None-Match_weak", "If-None-Match: W/{etag}")]
    [InlineData("304_If-None-Match_any", "If-None-Match: *")]
    [InlineData("304_If-Modified-Since", "If-Modified-Since: Thu, 01 Jan 2026 08:00:00 GMT")]
    [InlineData("412_If-Match", "If-Match: \"other\"")]
    [InlineData("412_If-Unmodified-Since", "If-Unmodified-Since: Thu, 01 Jan 2026 07:59:59 GMT")]
    public async Task Header_form(string row, string condition) =>
        Snapshot.Verify((await ConditionalAsync("GET", $"{Sample.Base}/privatekeys/mail.example.com", "apiKey: mail-key-0123456789abcdef", condition)).ToString(), row);

    [Theory]
    [InlineData("304_If-None-Match", "If-None-Match: {etag}")]
    [InlineData("304_If-Modified-Since", "If-Modified-Since: Thu, 01 Jan 2026 08:00:00 GMT")]
    [InlineData("412_If-Match", "If-Match: \"other\"")]
    [InlineData("412_If-Unmodified-Since", "If-Unmodified-Since: Thu, 01 Jan 2026 07:59:59 GMT")]
    public async Task Legacy_form(string row, string condition) =>
        Snapshot.Verify((await ConditionalAsync("GET", $"{Sample.Base}/privatekeys/printer.example.com/printer-key-0123456789abcdef", condition)).ToString(), row);

    [Theory]
    [InlineData("304_If-None-Match", "If-None-Match: {etag}")]
    [InlineData("412_If-Match", "If-Match: \"other\"")]
    public async Task Head(string row, string condition) =>
        Snapshot.Verify((await ConditionalAsync("HEAD", $"{Sample.Base}/privatekeys/mail.example.com", "apiKey: mail-key-0123456789abcdef", condition)).ToString(), row);

    private async Task<Response> ConditionalAsync(string method, string target, params string[] headers)
    {
        var entityTag = (await server.GetAsync(target, headers[..^1]))["ETag"];
        return await server.SendAsync(method, target, [.. headers.Select(header => header.Replace("{etag}", entityTag, StringComparison.Ordinal))]);
    }
}
