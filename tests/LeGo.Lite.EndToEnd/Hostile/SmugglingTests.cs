using System.Text;
using System.Text.RegularExpressions;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Hostile;

/// <summary>
/// A proxy in front and this server must not disagree on where a request ends. After each of these comes a second
/// request, a good one: it is never answered, and the connection is closed.
/// </summary>
public sealed partial class SmugglingTests(SampleServer sample) : IClassFixture<SampleServer>
{
    private const string Line = $"GET /legocerthub/api/v1/download/{Web.Certificate} HTTP/1.1\r\n";
    private const string Host = "Host: x\r\n";
    private const string Rest = $"apiKey: {Web.CertificateApiKey}\r\n";
    private const string End = "\r\n0\r\n\r\n";
    private const string Second = "GET /legocerthub/api/v1/download/certificates/mail.example.com HTTP/1.1\r\nHost: x\r\napiKey: mail-cert-0123456789abcdef\r\n\r\n";

    /// <summary>What is added to the headers of a good request, and what follows them.</summary>
    public static TheoryData<string> Headers =>
    [
        $"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n{End}",
        $"Content-Length: 200\r\nTransfer-Encoding: chunked\r\n{End}",
        $"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n{End}",
        $"Transfer-Encoding: chunked\r\n{End}",
        $"Transfer-Encoding: xchunked\r\n{End}",
        $"Transfer-Encoding: identity\r\n{End}",
        $"Transfer-Encoding: \"chunked\"\r\n{End}",
        $"Transfer-Encoding: chunked, identity\r\n{End}",
        $"Transfer-Encoding: chunked, chunked\r\n{End}",
        $"Transfer-Encoding: gzip, chunked\r\n{End}",
        $"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n{End}",
        $"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n{End}",
        $"Transfer-Encoding:\r\n{End}",
        $"Transfer-Encoding:chunked\r\n{End}",
        $"Transfer-Encoding:\tchunked\r\n{End}",
        $"Transfer-Encoding: \vchunked\r\n{End}",
        $"Transfer-Encoding: chunked\f\r\n{End}",
        $"Transfer-Encoding : chunked\r\n{End}",
        $"Transfer-Encoding\t: chunked\r\n{End}",
        $" Transfer-Encoding: chunked\r\n{End}",
        $"Transfer-Encoding:\r\n chunked\r\n{End}",
        $"X: x\r\n Transfer-Encoding: chunked\r\n{End}",
        $"tRANSFER-eNCODING: CHUNKED\r\n{End}",
        "Content-Length: 4\r\nContent-Length: 4\r\n\r\nxxxx",
        "Content-Length: 0\r\nContent-Length: 4\r\n\r\nxxxx",
        "Content-Length: 4, 4\r\n\r\nxxxx",
        "Content-Length: 0, 4\r\n\r\nxxxx",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 0x4\r\n\r\nxxxx",
        "Content-Length: 4;\r\n\r\nxxxx",
        "Content-Length: 4 0\r\n\r\nxxxx",
        "Content-Length: \v4\r\n\r\nxxxx",
        "Content-Length: \u00b2\r\n\r\nxxxx",
        "Content-Length: 18446744073709551617\r\n\r\nx",
        "Content-Length:\r\n\r\n",
        "Content-Length : 4\r\n\r\nxxxx",
        "X: y\n\r\n",
        "\n",
        "X: y\nContent-Length: 4\r\n\r\nxxxx",
        "X: y\rContent-Length: 4\r\n\r\nxxxx",
        "X: y\r\r\n\r\n",
        "X: \0y\r\n\r\n",
        "X\0: y\r\n\r\n",
        "X Y: y\r\n\r\n",
        "X\r\n\r\n",
        ": y\r\n\r\n",
        "Host: x\r\n\r\n",
        "Host: y\r\n\r\n",
    ];

    /// <summary>What stands in the place of a good request, before its API key.</summary>
    public static TheoryData<string> Beginnings =>
    [
        Line,
        $"{Line}Host: x, y\r\n",
        $"{Line}Host: a@x\r\n",
        $"{Line}Host: x/y\r\n",
        $"{Line}Host : x\r\n",
        Absolute("other.example"),
        Absolute("x:81"),
        $"GET /legocerthub/api/v1/download/{Web.Certificate}\r\n",
        Line.Replace("HTTP/1.1", "HTTP/1.2", StringComparison.Ordinal) + Host,
        Line.Replace("HTTP/1.1", "HTTP/2.0", StringComparison.Ordinal) + Host,
        Line.Replace("HTTP/1.1", "HTTP/1.10", StringComparison.Ordinal) + Host,
        Line.Replace("HTTP/1.1", "http/1.1", StringComparison.Ordinal) + Host,
        Line.Replace(" HTTP/1.1", "\tHTTP/1.1", StringComparison.Ordinal) + Host,
        Line.Replace(" HTTP/1.1", "\0 HTTP/1.1", StringComparison.Ordinal) + Host,
        Line.Replace("\r\n", " \r\n", StringComparison.Ordinal) + Host,
        Line.Replace("\r\n", "\n", StringComparison.Ordinal) + Host,
        Line.Replace("\r\n", "\r", StringComparison.Ordinal) + Host,
        Line.Replace("GET", "G\0T", StringComparison.Ordinal) + Host,
        " " + Line + Host,
    ];

    /// <summary>Content of a length that is clear. It is never read, so nothing after it may be.</summary>
    public static TheoryData<string> Contents =>
    [
        "Content-Length: 4\r\n\r\nxxxx",
        "Content-Length: +4\r\n\r\nxxxx",
        "Content-Length: 04\r\n\r\nxxxx",
        $"Content-Length: {Second.Length}\r\n\r\n",
        "Content-Length: 9223372036854775807\r\n\r\n",
        "Content-Length: 4\r\nExpect: 100-continue\r\n\r\nxxxx",
        "Connection: keep-alive, Content-Length\r\nContent-Length: 4\r\n\r\nxxxx",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 4\r\n\r\nxxxx",
    ];

    [Theory]
    [MemberData(nameof(Headers))]
    public void What_could_end_in_two_places_is_refused(string headers) => AssertRefused($"{Line}{Host}{Rest}{headers}");

    [Theory]
    [MemberData(nameof(Beginnings))]
    public void What_could_be_meant_for_two_hosts_or_in_two_versions_is_refused(string beginning) => AssertRefused($"{beginning}{Rest}\r\n");

    [Theory]
    [MemberData(nameof(Contents))]
    public void After_content_nothing_is_answered(string headers)
    {
        foreach (var (method, status) in new[] { ("GET", 200), ("POST", 405) })
        {
            var answer = Only($"{method}{Line[3..]}{Host}{Rest}{headers}");

            Assert.Equal(status, answer.Status);
            Assert.Equal("close", answer["Connection"]);
        }
    }

    [Fact]
    public void HTTP_2_is_not_spoken_without_TLS()
    {
        // GOAWAY: HTTP_1_1_REQUIRED (RFC 9113, section 7).
        byte[] goAway = [0, 0, 8, 7, .. new byte[12], 13];
        Assert.Equal(goAway, RawHttp.Send(sample.Server.Address, $"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{new string('\0', 9)}{Second}"));

        // An offer to go on in another protocol is not taken.
        foreach (var upgrade in new[] { "h2c", "websocket", "TLS/1.0" })
        {
            var upgraded = Only($"{Line}{Host}{Rest}Connection: Upgrade, close\r\nUpgrade: {upgrade}\r\n\r\n");
            Assert.Equal((200, Web.NewerChain), (upgraded.Status, upgraded.Text));
            Assert.Null(upgraded["Upgrade"]);
        }
    }

    private static string Absolute(string host) => Line.Replace(" /", $" http://{host}/", StringComparison.Ordinal) + Host;

    private void AssertRefused(string request)
    {
        var answer = Only(request);

        Assert.True(answer.Status is 400 or 505, $"{answer.Status}");
        Assert.Equal("close", answer["Connection"]);
        Assert.DoesNotContain("CERTIFICATE", answer.Text, StringComparison.Ordinal);
    }

    /// <summary>The answer to it, after which the server closes the connection.</summary>
    private Response Only(string request)
    {
        var bytes = RawHttp.Send(sample.Server.Address, request + Second);
        Assert.Single(StatusLine().Matches(Encoding.Latin1.GetString(bytes)));
        return Response.Parse(bytes);
    }

    [GeneratedRegex("HTTP/1")]
    private static partial Regex StatusLine();
}
