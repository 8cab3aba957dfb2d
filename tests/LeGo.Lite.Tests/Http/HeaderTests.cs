using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>The headers that a response must and must not have (SPEC 5).</summary>
public sealed class HeaderTests(SampleServer server) : IClassFixture<SampleServer>
{
    private const string PrinterKey = "printer-key-0123456789abcdef";

    public static TheoryData<int, string, string, string> Responses => new()
    {
        { 200, "GET", "download/privatekeys/printer.example.com", $"apiKey: {PrinterKey}" },
        { 200, "HEAD", "download/privatekeys/printer.example.com", $"apiKey: {PrinterKey}" },
        { 200, "GET", $"download/privatekeys/printer.example.com/{PrinterKey}", "" },
        { 304, "GET", "download/privatekeys/printer.example.com", $"If-None-Match: *\napiKey: {PrinterKey}" },
        { 304, "GET", $"download/privatekeys/printer.example.com/{PrinterKey}", "If-None-Match: *" },
        { 412, "GET", "download/privatekeys/printer.example.com", $"If-Match: \"a\"\napiKey: {PrinterKey}" },
        { 412, "HEAD", $"download/privatekeys/printer.example.com/{PrinterKey}", "If-Match: \"a\"" },
        { 401, "GET", "download/privatekeys/printer.example.com", "" },
        { 401, "GET", "download/privatekeys/printer.example.com/x", "" },
        { 404, "GET", "download/privatekeys/offline.example.com", "apiKey: offline-key-0123456789abcdef" },
        { 404, "GET", "download/elsewhere", "" },
        { 404, "HEAD", "download/elsewhere", "" },
        { 405, "POST", "download/privatekeys/printer.example.com", $"apiKey: {PrinterKey}" },
        { 405, "DELETE", $"download/privatekeys/printer.example.com/{PrinterKey}", "" },
        { 405, "POST", "../health", "" },
        { 204, "GET", "../health", "" },
        { 204, "HEAD", "../health", "" },
    };

    [Theory]
    [MemberData(nameof(Responses))]
    public async Task Every_response(int status, string method, string path, string headers)
    {
        var target = path.StartsWith("../", StringComparison.Ordinal) ? $"/legocerthub/api/{path[3..]}" : $"/legocerthub/api/v1/{path}";
        var response = await server.SendAsync(method, target, headers.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(status, response.Status);
        CheckSecurity(response);
        var byHeader = headers.Contains("apiKey", StringComparison.Ordinal);
        Assert.Equal(status is 200 or 304 && byHeader ? "Apikey, X-Api-Key" : null, response["Vary"]);
        Assert.Equal(status == 204 ? null : "no-store", response["Cache-Control"]);
        Assert.Equal(status == 405 ? "GET, HEAD" : null, response["Allow"]);
        Assert.Equal(status is 200 or 304, response["ETag"] is not null);
        Assert.Equal(status is 200 or 304, response["Last-Modified"] is not null);
        Assert.Equal(status == 200, response["Content-Disposition"] is not null);
        Assert.Equal(status switch { 200 => "application/x-pem-file", 204 or 304 => null, _ => "application/json" }, response["Content-Type"]);
        Assert.Null(response["Location"]);
    }

    [Fact]
    public async Task An_error_inside_shows_nothing_of_itself()
    {
        await using var broken = await SampleServer.StartAsync(requestTime: new BrokenClock());

        foreach (var method in new[] { "GET", "HEAD" })
        {
            var response = await broken.SendAsync(method, $"{Sample.Base}/privatekeys/printer.example.com/{PrinterKey}");

            Assert.Equal(500, response.Status);
            CheckSecurity(response);
            Assert.Equal("no-store", response["Cache-Control"]);
            Assert.Equal(method == "GET" ? """{"status_code":500,"message":"error: internal error"}""" : "", response.Body);
        }

        Assert.Equal(2, broken.Log.Entries.Count(entry => entry.Exception is InvalidOperationException { Message: BrokenClock.Message }));
    }

    [Fact]
    public async Task A_message_never_repeats_what_the_client_sent()
    {
        foreach (var method in new[] { "GET", "POST", "MARKER" })
        {
            foreach (var target in new[] { "/marker", $"{Sample.Base}/certificates/marker", $"{Sample.Base}/certificates/web.example.com/marker", $"{Sample.Base}/marker/x" })
            {
                var response = await server.SendAsync(method, target, "apiKey: marker", "X-Marker: marker", "If-Match: marker", "Accept: text/marker");

                Assert.DoesNotContain("marker", response.Received, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public async Task The_entity_tag_is_the_digest_of_the_body()
    {
        foreach (var route in Sample.Routes)
        {
            var response = await server.GetAsync($"{Sample.Base}/{route}/web.example.com", $"apiKey: {Sample.Item("web.example.com").ApiKey(route)}");

            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(response.Body)));
            Assert.Equal($"\"{digest}\"", response["ETag"]);
        }
    }

    [Fact]
    public async Task HEAD_has_the_headers_of_GET()
    {
        foreach (var route in Sample.Routes)
        {
            string[] headers = [$"apiKey: {Sample.Item("web.example.com").ApiKey(route)}"];
            var get = await server.GetAsync($"{Sample.Base}/{route}/web.example.com", headers);
            var head = await server.SendAsync("HEAD", $"{Sample.Base}/{route}/web.example.com", headers);

            Assert.Equal(get.StatusLine, head.StatusLine);
            Assert.Equal(get.Headers, head.Headers);
            Assert.Equal(get["Content-Length"], get.Body.Length.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void CheckSecurity(Response response)
    {
        Assert.Equal("nosniff", response["X-Content-Type-Options"]);
        Assert.Equal("no-referrer", response["Referrer-Policy"]);
        Assert.Equal("deny", response["X-Frame-Options"]);
        Assert.Equal("default-src 'none'", response["Content-Security-Policy"]);
        Assert.Null(response["Server"]);
        Assert.Null(response["X-Powered-By"]);
    }
}
