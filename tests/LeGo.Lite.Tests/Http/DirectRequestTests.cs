using System.Text;
using LeGo.Lite.Http;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>Which requests are plain. That they get what the web server would answer is for <see cref="DirectEqualityTests"/>.</summary>
public sealed class DirectRequestTests
{
    private const string Plain = "GET /a/b HTTP/1.1|Host: h|apiKey: k||";

    [Theory]
    [InlineData(Plain, "/a/b", "k")]
    [InlineData("GET / HTTP/1.1|Host: h||", "/", "")]
    [InlineData("GET //a.b_c~d-e//F9/ HTTP/1.1|HOST:h:4050||", "//a.b_c~d-e//F9/", "")]
    [InlineData("GET /a HTTP/1.1|apikey:   k.e y~!  |host: 127.0.0.1:80||", "/a", "k.e y~!")]
    [InlineData("GET /a HTTP/1.1|Host: h|X-API-Key: other||", "/a", "other")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey: |X-API-KEY: other||", "/a", "other")]
    [InlineData("GET /a HTTP/1.1|Host: h|X-API-Key: other|APIKEY: k||", "/a", "k")]
    [InlineData("GET /a HTTP/1.1|Host: h|User-Agent: a (b; c)|Accept: */*|Accept-Encoding: gzip|Accept-Language: de|Connection: Keep-Alive||", "/a", "")]
    public void Plain_requests(string lines, string target, string apiKey)
    {
        var bytes = Bytes(lines);

        Assert.True(DirectRequest.TryRead([.. bytes, .. "GET"u8], out var request));
        Assert.Equal(target, Encoding.ASCII.GetString(request.Target));
        Assert.Equal(apiKey, Encoding.ASCII.GetString(request.ApiKey));
        Assert.Equal(bytes.Length, request.Length);
        Assert.Null(request.Conditions);
    }

    [Fact]
    public void Conditions_are_taken_along()
    {
        Assert.True(DirectRequest.TryRead(
            Bytes("GET /a HTTP/1.1|Host: h|if-none-match: \"a\", W/\"b\"|If-Match: *|If-Modified-Since: x|If-Unmodified-Since: ||"), out var request));

        Assert.Equal(
            "If-Match=* If-Modified-Since=x If-None-Match=\"a\", W/\"b\" If-Unmodified-Since=",
            string.Join(' ', request.Conditions!.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}")));
    }

    // Another method or version, another form of the target, anything encoded.
    [Theory]
    [InlineData("HEAD /a HTTP/1.1|Host: h||")]
    [InlineData("get /a HTTP/1.1|Host: h||")]
    [InlineData("POST /a HTTP/1.1|Host: h||")]
    [InlineData("GET /a HTTP/1.0|Host: h||")]
    [InlineData("GET /a HTTP/2.0|Host: h||")]
    [InlineData("GET /a|Host: h||")]
    [InlineData("GET  /a HTTP/1.1|Host: h||")]
    [InlineData("GET /a  HTTP/1.1|Host: h||")]
    [InlineData("|GET /a HTTP/1.1|Host: h||")]
    [InlineData("GET /a b HTTP/1.1|Host: h||")]
    [InlineData("GET /a%62 HTTP/1.1|Host: h||")]
    [InlineData("GET /a?b HTTP/1.1|Host: h||")]
    [InlineData("GET /a#b HTTP/1.1|Host: h||")]
    [InlineData("GET /é HTTP/1.1|Host: h||")]
    [InlineData("GET http://h/a HTTP/1.1|Host: h||")]
    [InlineData("GET * HTTP/1.1|Host: h||")]

    // Where the request ends, or the connection.
    [InlineData("GET /a HTTP/1.1|Host: h|Content-Length: 0||")]
    [InlineData("GET /a HTTP/1.1|Host: h|Content-Length: 5||hello")]
    [InlineData("GET /a HTTP/1.1|Host: h|Transfer-Encoding: chunked||0||")]
    [InlineData("GET /a HTTP/1.1|Host: h|Connection: close||")]
    [InlineData("GET /a HTTP/1.1|Host: h|Connection: keep-alive, close||")]
    [InlineData("GET /a HTTP/1.1|Host: h|Connection: upgrade|Upgrade: h2c||")]
    [InlineData("GET /a HTTP/1.1|Host: h|Expect: 100-continue||")]

    // Who the client is, and any field that is not known.
    [InlineData("GET /a HTTP/1.1|Host: h|X-Forwarded-For: 1.2.3.4||")]
    [InlineData("GET /a HTTP/1.1|Host: h|Range: bytes=0-1||")]
    [InlineData("GET /a HTTP/1.1|Host: h|X: ||")]

    // A host that is missing, there twice, or not a name.
    [InlineData("GET /a HTTP/1.1||")]
    [InlineData("GET /a HTTP/1.1|Host:||")]
    [InlineData("GET /a HTTP/1.1|Host: h|Host: h||")]
    [InlineData("GET /a HTTP/1.1|Host: h h||")]
    [InlineData("GET /a HTTP/1.1|Host: h/a||")]
    [InlineData("GET /a HTTP/1.1|Host: u@h||")]
    [InlineData("GET /a HTTP/1.1|Host: :80||")]
    [InlineData("GET /a HTTP/1.1|Host: h:||")]
    [InlineData("GET /a HTTP/1.1|Host: h:8x||")]
    [InlineData("GET /a HTTP/1.1|Host: [::1]||")]

    // Fields there twice, folded, with a space before the colon, without a colon; values that are not visible ASCII.
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey: k|apiKey: k||")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey: |APIKEY: k||")]
    [InlineData("GET /a HTTP/1.1|Host: h|X-API-Key: k|X-API-Key: k||")]
    [InlineData("GET /a HTTP/1.1|Host: h|If-None-Match: *|If-None-Match: *||")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey: k| k||")]
    [InlineData("GET /a HTTP/1.1|Host: h| apiKey: k||")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey : k||")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey||")]
    [InlineData("GET /a HTTP/1.1|Host: h|: k||")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey: k\tk||")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey:\tk||")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey: k\0||")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey: k\u007f||")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey: \u00e9||")]

    // Lines that end otherwise.
    [InlineData("GET /a HTTP/1.1\nHost: h\n\n")]
    [InlineData("GET /a HTTP/1.1|Host: h\napiKey: k||")]
    [InlineData("GET /a HTTP/1.1|Host: h|apiKey: k\rX: y||")]
    [InlineData("GET /a HTTP/1.1|Host: h|\n")]
    public void Others(string lines) => Assert.False(DirectRequest.TryRead(Bytes(lines), out _));

    [Fact]
    public void What_is_not_whole_is_not_plain()
    {
        var bytes = Bytes(Plain);

        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.False(DirectRequest.TryRead(bytes.AsSpan(0, length), out _)));
    }

    [Fact]
    public void What_follows_is_not_part_of_it()
    {
        Assert.True(DirectRequest.TryRead([.. Bytes(Plain), .. new byte[2 * Limits.MaxHeaders]], out var request));
        Assert.Equal(Bytes(Plain).Length, request.Length);
    }

    [Theory]
    [InlineData(512, 100, true)]
    [InlineData(513, 100, false)]
    [InlineData(100, Limits.MaxHeaders - 200, true)]
    [InlineData(100, Limits.MaxHeaders, false)]
    public void What_is_long_is_not_plain(int target, int userAgent, bool expected) => Assert.Equal(
        expected,
        DirectRequest.TryRead(Bytes($"GET /{new string('a', target - 1)} HTTP/1.1|Host: h|User-Agent: {new string('a', userAgent)}||"), out _));

    private static byte[] Bytes(string lines) => Encoding.Latin1.GetBytes(lines.Replace("|", "\r\n", StringComparison.Ordinal));
}
