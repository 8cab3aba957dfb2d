using System.Globalization;
using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Hostile;

/// <summary>A download is one short request; what is larger gets an answer that says so, and no memory.</summary>
public sealed class RequestLimitTests
{
    private const string Line = $"GET /legocerthub/api/v1/download/{Web.Certificate} HTTP/1.1\r\nHost: x\r\n";
    private const string Rest = $"apiKey: {Web.CertificateApiKey}\r\nConnection: close\r\n\r\n";

    [Fact]
    public void What_is_too_long_or_too_much_is_refused()
    {
        using var server = LegoLite.ServeBoth(Repository.Sample);
        foreach (var address in server.Addresses)
        {
            // As much as is allowed, then a little more.
            Assert.Equal(200, Status(Headers(1, 7_000)));
            Assert.Equal(431, Status(Headers(1, 9_000)));
            Assert.Equal(200, Status(Headers(10, 700)));
            Assert.Equal(431, Status(Headers(10, 900)));
            Assert.Equal(200, Status(Headers(60, 1)));
            Assert.Equal(431, Status(Headers(70, 1)));
            Assert.Equal(200, Status($"{Line.Replace(" HTTP", $"?{new string('x', 8_000)} HTTP", StringComparison.Ordinal)}{Rest}"));
            Assert.Equal(414, Status($"{Line.Replace(" HTTP", $"?{new string('x', 9_000)} HTTP", StringComparison.Ordinal)}{Rest}"));

            // A line or headers without an end are not collected.
            Assert.Equal(414, Status($"GET /{new string('x', 1_000_000)}"));
            Assert.Equal(414, Status(new string('x', 1_000_000)));
            Assert.Equal(431, Status($"{Line}X: {new string('x', 1_000_000)}"));
            Assert.Equal(431, Status(Line + string.Concat(Enumerable.Repeat("X: x\r\n", 100_000))));

            int Status(string request) => Response.Parse(RawHttp.Send(address, request)).Status;
        }
    }

    /// <summary>curl sends on while the answer is on its way: it is closed long before all is sent.</summary>
    [Theory]
    [InlineData("http", "--http1.1")]
    [InlineData("https", "--http1.1")]
    [InlineData("https", "--http2")]
    public void A_body_is_never_read(string scheme, string version)
    {
        using var temp = new TempDirectory();
        using var server = LegoLite.ServeBoth(Repository.Sample);
        var url = (scheme == "http" ? server.Address : server.SecureAddress) + LegoLite.Path(Web.Certificate);
        var file = temp["body"];
        using (var body = File.Create(file))
        {
            body.SetLength(100_000_000);
        }

        foreach (var upload in new[] { new[] { "-T", file }, ["-T", file, "-H", "Transfer-Encoding: chunked"] })
        {
            // It may end with an error of curl's: the connection was closed on it.
            var curl = new Command("curl", ["-q", "-sSgk", "--noproxy", "*", version, "-w", "\n%{http_code} %{size_upload}", .. upload, url]).Run();
            var (status, sent) = (curl.Lines[^1].Split(' ')[0], long.Parse(curl.Lines[^1].Split(' ')[1], CultureInfo.InvariantCulture));
            Assert.True(status is "405" or "400" or "000", $"{curl.Text}{curl.Errors}");
            Assert.InRange(sent, 0, 50_000_000);
        }

        Assert.InRange(server.Status("VmHWM"), 1, 300_000);
        Assert.Equal(200, server.Download(Web.Certificate, Web.CertificateApiKey).Status);
    }

    [Fact]
    public void A_thousand_requests_in_one_go_are_answered_in_their_order()
    {
        using var server = LegoLite.ServeBoth(Repository.Sample);
        var samples = Sample.All;
        foreach (var address in server.Addresses)
        {
            using var stream = new BufferedStream(RawHttp.Open(address));
            stream.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1_000).Select(i =>
                $"GET {LegoLite.Path($"certificates/{samples[i % samples.Length].Certificate}")} HTTP/1.1\r\nHost: x\r\napiKey: {samples[i % samples.Length].CertificateApiKey}\r\n\r\n"))));
            stream.Flush();

            for (var i = 0; i < 1_000; i++)
            {
                var expected = samples[i % samples.Length];
                Assert.Equal($"{i}: {expected.Leaf}{expected.Issuers}", $"{i}: {RawHttp.ReadResponse(stream).Text}");
            }
        }
    }

    private static string Headers(int count, int length) =>
        Line + string.Concat(Enumerable.Range(0, count).Select(i => $"X-{i}: {new string('x', length)}\r\n")) + Rest;
}
