using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Downloads;

public sealed class ErrorTests(SampleServer sample) : IClassFixture<SampleServer>
{
    private const string End = "-0123456789abcdef";

    public static TheoryData<string> Routes => ["privatekeys", "certificates", "privatecertchains", "privatecerts", "certrootchains"];

    [Theory]
    [MemberData(nameof(Routes))]
    public void Every_case_of_401_has_the_same_bytes_and_headers(string route)
    {
        var section = route switch { "privatekeys" => "key", "certificates" or "certrootchains" => "cert", _ => "" };
        string ApiKey(string item) => section.Length > 0 ? $"{item}-{section}{End}" : $"{item}-cert{End}.{item}-key{End}";

        var cases = new Dictionary<string, Response>
        {
            ["no key"] = Curl.Get(sample.Server.Url($"{route}/web.example.com")),
            ["empty key"] = Curl.Get(sample.Server.Url($"{route}/web.example.com"), "-H", "apiKey;"),
            ["wrong key"] = sample.Server.Download($"{route}/web.example.com", $"wrong{End}"),
            ["wrong key, legacy"] = Curl.Get(sample.Server.Url($"{route}/printer.example.com/wrong{End}")),
            ["no key, legacy"] = Curl.Get(sample.Server.Url($"{route}/printer.example.com/"), "-H", $"apiKey: {ApiKey("printer")}"),
            ["unknown name"] = sample.Server.Download($"{route}/nobody.example.com", ApiKey("web")),
            ["no name anybody could have"] = sample.Server.Download($"{route}/%ff%2e", ApiKey("web")),
            ["unknown name, legacy"] = Curl.Get(sample.Server.Url($"{route}/nobody.example.com/{ApiKey("web")}")),
            ["URL not allowed"] = Curl.Get(sample.Server.Url($"{route}/web.example.com/{ApiKey("web")}")),
        };
        if (section != "cert")
        {
            cases["key disabled"] = sample.Server.Download($"{route}/locked.example.com", ApiKey("locked"));
        }

        var first = cases["no key"].Expect(401, "unauthorized");
        Assert.Equal("application/json", first["Content-Type"]);
        Assert.Equal($"{first.Body.Length}", first["Content-Length"]);
        Assert.Equal("no-store", first["Cache-Control"]);
        Assert.NotNull(first["Date"]);
        SecurityHeaders.AssertOn(first);
        Assert.All(cases, other => Assert.Equal($"{other.Key}: {first.Comparable}", $"{other.Key}: {other.Value.Comparable}"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("get")]
    [InlineData("head")]
    [InlineData("Head")]
    [InlineData("PROPFIND")]
    public void Any_other_method_is_not_allowed(string method)
    {
        foreach (var path in new[] { "v1/download/certificates/web.example.com", "v1/download/certificates/nobody", "v1/download/privatecerts/printer.example.com/x", "health" })
        {
            var response = Curl.Get(
                $"{sample.Server.Address}/legocerthub/api/{path}", "-X", method, "-H", $"apiKey: web-cert{End}");

            response.Expect(405, "error: method not allowed");
            Assert.Equal("GET, HEAD", response["Allow"]);
            Assert.Equal("application/json", response["Content-Type"]);
            Assert.Equal("no-store", response["Cache-Control"]);
            SecurityHeaders.AssertOn(response);
        }
    }

    [Fact]
    public void A_body_that_nobody_asked_for_changes_nothing()
    {
        var url = sample.Server.Url("certificates/web.example.com");

        var post = Curl.Get(url, "-d", new string('x', 100_000), "-H", $"apiKey: web-cert{End}");
        var get = Curl.Get(url, "-X", "GET", "-d", "x", "-H", $"apiKey: web-cert{End}");

        post.Expect(405, "error: method not allowed");
        Assert.Equal(200, get.Status);
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n")]
    public void What_is_no_request_gets_400_and_does_no_harm(string request)
    {
        var response = Response.Parse(RawHttp.Send(sample.Server.Address, request));

        Assert.Equal(400, response.Status);
        Assert.Null(response["Server"]);
        Assert.Equal(204, Curl.Get($"{sample.Server.Address}/legocerthub/api/health").Status);
    }

    [Fact]
    public void A_path_that_is_too_long_is_refused()
    {
        var response = Curl.Get(sample.Server.Url("certificates/" + new string('a', 20_000)));

        Assert.Equal(414, response.Status);
        Assert.Null(response["Server"]);
    }

    [Fact]
    public void A_message_never_repeats_what_the_client_sent()
    {
        const string Sent = "sent-by-the-client";
        foreach (var response in new[]
        {
            sample.Server.Download($"certificates/{Sent}", Sent),
            Curl.Get(sample.Server.Url($"certificates/{Sent}/{Sent}?{Sent}")),
            Curl.Get($"{sample.Server.Address}/{Sent}"),
            Curl.Get(sample.Server.Url($"certificates/{Sent}"), "-X", "DELETE", "-H", $"X-Request-Id: {Sent}"),
            Response.Parse(RawHttp.Send(sample.Server.Address, $"{Sent}\r\n\r\n")),
        })
        {
            Assert.DoesNotContain(Sent, response.Comparable, StringComparison.Ordinal);
            Assert.True(response.Status >= 400, Encoding.UTF8.GetString(response.Body));
        }
    }
}
