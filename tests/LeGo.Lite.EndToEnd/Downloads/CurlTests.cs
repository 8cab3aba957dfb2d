using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Downloads;

/// <summary>What clients do with a download: save it under its name, ask again only for news, look before they load.</summary>
public sealed class CurlTests(SampleServer sample) : IClassFixture<SampleServer>
{
    public static TheoryData<int> EachDownload => [.. Enumerable.Range(0, 5)];

    [Theory]
    [MemberData(nameof(EachDownload))]
    public void Saved_under_the_name_the_server_gives(int index)
    {
        using var temp = new TempDirectory();
        var (download, apiKey, body, fileName) = Download(index);

        Curl.RunIn(temp.Path, "-OJ", "-H", $"apiKey: {apiKey}", sample.Server.Url(download));

        Assert.Equal([temp[fileName]], Directory.GetFiles(temp.Path));
        Assert.Equal(body, File.ReadAllText(temp[fileName]));
    }

    [Theory]
    [MemberData(nameof(EachDownload))]
    public void A_saved_etag_gives_304_without_a_body(int index)
    {
        using var temp = new TempDirectory();
        var (download, apiKey, body, _) = Download(index);
        var url = sample.Server.Url(download);
        var first = Curl.Run("--etag-save", temp["etag"], "-H", $"apiKey: {apiKey}", url);
        Assert.Equal(body, first.Text);

        var second = Curl.Get(url, "--etag-compare", temp["etag"], "-H", $"apiKey: {apiKey}");

        Assert.Equal(304, second.Status);
        Assert.Empty(second.Body);
        Assert.Equal(File.ReadAllText(temp["etag"]).Trim(), second["ETag"]);
        Assert.Equal("no-store", second["Cache-Control"]);
        Assert.NotNull(second["Last-Modified"]);
        SecurityHeaders.AssertOn(second);
        Assert.Equal(200, Curl.Get(url, "-H", "If-None-Match: \"0123\"", "-H", $"apiKey: {apiKey}").Status);
    }

    [Theory]
    [MemberData(nameof(EachDownload))]
    public void A_file_with_the_servers_time_gives_304(int index)
    {
        using var temp = new TempDirectory();
        var (download, apiKey, body, _) = Download(index);
        var url = sample.Server.Url(download);
        Curl.RunIn(temp.Path, "-R", "-o", "saved", "-H", $"apiKey: {apiKey}", url);

        Assert.Equal(304, Curl.Get(url, "-z", temp["saved"], "-H", $"apiKey: {apiKey}").Status);

        File.SetLastWriteTimeUtc(temp["saved"], File.GetLastWriteTimeUtc(temp["saved"]).AddSeconds(-1));
        Assert.Equal(body, Curl.Get(url, "-z", temp["saved"], "-H", $"apiKey: {apiKey}").Text);
    }

    [Fact]
    public void A_precondition_that_fails_gives_412()
    {
        var (download, apiKey, _, _) = Download(1);
        var url = sample.Server.Url(download);

        var response = Curl.Get(url, "-H", "If-Match: \"0123\"", "-H", $"apiKey: {apiKey}");

        response.Expect(412, "error: precondition failed");
        SecurityHeaders.AssertOn(response);
        Assert.Equal(412, Curl.Get(url, "-H", "If-Unmodified-Since: Thu, 01 Jan 2026 00:00:00 GMT", "-H", $"apiKey: {apiKey}").Status);
        Assert.Equal(200, Curl.Get(url, "-H", "If-Match: *", "-H", $"apiKey: {apiKey}").Status);
    }

    [Fact]
    public void Conditions_tell_nothing_without_an_api_key()
    {
        var (download, _, _, _) = Download(1);

        Curl.Get(sample.Server.Url(download), "-H", "If-None-Match: *").Expect(401, "unauthorized");
        Curl.Get(sample.Server.Url(download), "-H", "If-Match: \"0123\"").Expect(401, "unauthorized");
    }

    [Theory]
    [MemberData(nameof(EachDownload))]
    public void HEAD_is_GET_without_the_body(int index)
    {
        var (download, apiKey, _, _) = Download(index);
        var get = sample.Server.Download(download, apiKey);

        var head = Curl.Get(sample.Server.Url(download), "-I", "-H", $"apiKey: {apiKey}");

        Assert.Empty(head.Body);
        Assert.Equal((get with { Body = [] }).Comparable, head.Comparable);
    }

    [Fact]
    public void HEAD_of_an_error_is_that_error_without_the_body()
    {
        var url = sample.Server.Url("certificates/web.example.com");

        Assert.Equal((Curl.Get(url) with { Body = [] }).Comparable, Curl.Get(url, "-I").Comparable);
    }

    [Fact]
    public void Neither_ranges_nor_compression()
    {
        var (download, apiKey, body, _) = Download(1);

        var response = Curl.Get(sample.Server.Url(download), "-r", "0-9", "-H", "Accept-Encoding: gzip, br", "-H", $"apiKey: {apiKey}");

        Assert.Equal(200, response.Status);
        Assert.Equal(body, response.Text);
        Assert.Null(response["Accept-Ranges"]);
        Assert.Null(response["Content-Encoding"]);
    }

    private static (string Download, string ApiKey, string Body, string FileName) Download(int index) =>
        Sample.Named("web").Downloads.ElementAt(index);
}
