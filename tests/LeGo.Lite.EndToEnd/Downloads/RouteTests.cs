using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Downloads;

/// <summary>The five downloads of each item, byte for byte, and in the eyes of openssl.</summary>
public sealed class RouteTests(SampleServer sample) : IClassFixture<SampleServer>
{
    private const string Api = "api/v1/download";

    public static TheoryData<string, string> ItemsAndBasePaths =>
        new MatrixTheoryData<string, string>(Sample.All.Select(item => item.Certificate), ["legocerthub", "certwarden"]);

    public static TheoryData<string> Items => [.. Sample.All.Select(item => item.Certificate)];

    [Theory]
    [MemberData(nameof(ItemsAndBasePaths))]
    public void Each_download_gives_exactly_its_bytes_and_headers(string item, string basePath)
    {
        foreach (var (download, apiKey, body, fileName) in Find(item).Downloads)
        {
            var response = Curl.Get($"{sample.Server.Address}/{basePath}/{Api}/{download}", "-H", $"apiKey: {apiKey}");

            Assert.Equal(200, response.Status);
            Assert.Equal(body, response.Text);
            Pem.AssertNormal(response.Body);
            Assert.Equal("application/x-pem-file", response["Content-Type"]);
            Assert.Equal($"{response.Body.Length}", response["Content-Length"]);
            Assert.Equal($"attachment; filename=\"{fileName}\"", response["Content-Disposition"]);
            Assert.Equal("no-store", response["Cache-Control"]);
            Assert.Equal("Apikey, X-Api-Key", response["Vary"]);
            Assert.Matches("^\"[0-9a-f]{64}\"$", response["ETag"]);
            Assert.Matches("^[A-Z][a-z]{2}, .* GMT$", response["Last-Modified"]);
            SecurityHeaders.AssertOn(response);
        }
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void Openssl_finds_a_verified_chain_and_the_key_of_its_leaf(string item)
    {
        var bodies = Find(item).Downloads.ToDictionary(
            download => download.Download.Split('/')[0],
            download => sample.Server.Download(download.Download, download.ApiKey).Text);

        var chain = Pem.Blocks(bodies["certificates"]);
        OpenSsl.Verify(chain[0], string.Concat(chain[1..]));
        OpenSsl.Verify(chain[0], bodies["certrootchains"]);
        OpenSsl.AssertPair(bodies["privatekeys"], bodies["certificates"]);
        OpenSsl.AssertPair(bodies["privatecerts"], bodies["privatecerts"]);
        OpenSsl.AssertPair(bodies["privatecertchains"], bodies["privatecertchains"]);
        Assert.Equal($"{bodies["privatekeys"]}\n{bodies["certificates"]}", bodies["privatecertchains"]);
        Assert.Equal($"{bodies["privatekeys"]}\n{chain[0]}", bodies["privatecerts"]);
        Assert.Equal(bodies["certificates"], chain[0] + bodies["certrootchains"]);
    }

    [Theory]
    [InlineData("legocerthub")]
    [InlineData("certwarden")]
    public void The_legacy_form_gives_the_same_bytes(string basePath)
    {
        foreach (var (download, apiKey, body, fileName) in Sample.Named("printer").Downloads)
        {
            // Appliances append a file name.
            foreach (var end in new[] { "", "/", "/cert.pem", "/a/b" })
            {
                var response = Curl.Get($"{sample.Server.Address}/{basePath}/{Api}/{download}/{apiKey}{end}");

                Assert.Equal(200, response.Status);
                Assert.Equal(body, response.Text);
                Assert.Equal($"attachment; filename=\"{fileName}\"", response["Content-Disposition"]);
                Assert.Null(response["Vary"]);
                SecurityHeaders.AssertOn(response);
            }
        }
    }

    [Fact]
    public void The_legacy_form_ignores_the_header()
    {
        var (download, apiKey, body, _) = Sample.Named("printer").Downloads.First();

        Assert.Equal(body, Curl.Get(sample.Server.Url($"{download}/{apiKey}"), "-H", "apiKey: wrong").Text);
        Curl.Get(sample.Server.Url($"{download}/wrong"), "-H", $"apiKey: {apiKey}").Expect(401, "unauthorized");
    }

    [Theory]
    [InlineData("apiKey")]
    [InlineData("apikey")]
    [InlineData("APIKEY")]
    [InlineData("X-API-Key")]
    [InlineData("x-api-key")]
    [InlineData("X-Api-KEY")]
    public void The_header_is_known_by_either_name_in_any_case(string header)
    {
        foreach (var (download, apiKey, body, _) in Sample.Named("web").Downloads)
        {
            Assert.Equal(body, Curl.Get(sample.Server.Url(download), "-H", $"{header}: {apiKey}").Text);
        }
    }

    [Fact]
    public void ApiKey_goes_before_X_API_Key_unless_it_is_empty()
    {
        var (download, apiKey, body, _) = Sample.Named("web").Downloads.First();
        var url = sample.Server.Url(download);

        Assert.Equal(body, Curl.Get(url, "-H", $"apiKey: {apiKey}", "-H", "X-API-Key: wrong").Text);
        Assert.Equal(body, Curl.Get(url, "-H", "apiKey;", "-H", $"X-API-Key: {apiKey}").Text);
        Curl.Get(url, "-H", "apiKey: wrong", "-H", $"X-API-Key: {apiKey}").Expect(401, "unauthorized");
    }

    [Theory]
    [InlineData("web", "BEGIN PRIVATE KEY")]
    [InlineData("printer", "BEGIN RSA PRIVATE KEY")]
    [InlineData("mail", "BEGIN EC PRIVATE KEY")]
    public void A_private_key_keeps_its_form(string item, string begin)
    {
        var (download, apiKey, _, _) = Sample.Named(item).Downloads.First();

        var body = sample.Server.Download(download, apiKey).Text;

        Assert.StartsWith($"-----{begin}-----\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain("PARAMETERS", body, StringComparison.Ordinal);
    }

    [Fact]
    public void What_means_the_same_is_served_as_the_same_bytes()
    {
        using var temp = new TempDirectory();
        var tree = temp.AddSample("tree", "mail.example.com");
        Untidy(Path.Combine(tree, "privatekeys/mail.example.com/privkey.pem"));
        Untidy(Path.Combine(tree, "certificates/mail.example.com/orders/2026-01-01/fullchain.pem"));

        using var server = LegoLite.Serve(tree);

        foreach (var (download, apiKey, body, _) in Sample.Named("mail").Downloads)
        {
            Assert.Equal(body, server.Download(download, apiKey).Text);
        }
    }

    /// <summary>Writes a PEM file as no tool would, with the same meaning: CRLF, 48 columns, notes, no last line end.</summary>
    private static void Untidy(string file)
    {
        var text = new StringBuilder("Notes before the first block: äöü\r\n\r\n");
        foreach (var block in Pem.BlocksOf(file))
        {
            var lines = block.TrimEnd('\n').Split('\n');
            text.Append(lines[0]).Append(" \r\n");
            foreach (var part in string.Concat(lines[1..^1]).Chunk(48))
            {
                text.Append(part).Append("\r\n");
            }

            text.Append(lines[^1]).Append("\r\nsubject: CN = somebody\r\n");
        }

        File.WriteAllText(file, text.ToString().TrimEnd());
    }

    private static Sample Find(string certificate) => Sample.All.Single(item => item.Certificate == certificate);
}
