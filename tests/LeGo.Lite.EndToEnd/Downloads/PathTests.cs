using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Downloads;

/// <summary>The many ways to write the path of one download.</summary>
public sealed class PathTests(SampleServer sample) : IClassFixture<SampleServer>
{
    private const string ApiKey = "web-cert-0123456789abcdef";

    [Theory]
    [InlineData("/legocerthub/api/v1/download/certificates/web.example.com")]
    [InlineData("//legocerthub/api/v1/download/certificates/web.example.com")]
    [InlineData("/legocerthub//api///v1/download//certificates//web.example.com")]
    [InlineData("/legocerthub/api/v1/download/certificates/web%2Eexample%2ecom")]
    [InlineData("/legocerthub/api/v1/download/certificates/%77%65%62%2e%65%78%61%6d%70%6c%65%2e%63%6f%6d")]
    [InlineData("/legocerthub/api/v1/%64ownload/certific%61tes/web.example.com")]
    [InlineData("/legocerthub/api/v1/download/certificates/WEB.Example.COM")]
    [InlineData("/legocerthub/api/v1/download/certificates/web.example.com?apiKey=wrong&x=/y")]
    public void Mean_the_same(string path)
    {
        var response = Curl.Get(sample.Server.Address + path, "--path-as-is", "-H", $"apiKey: {ApiKey}");

        Assert.Equal(200, response.Status);
        Assert.Equal(Sample.Named("web").Leaf + Sample.Named("web").Issuers, response.Text);
        Assert.Equal("attachment; filename=\"web.example.com.cert.pem\"", response["Content-Disposition"]);
    }

    [Theory]
    [InlineData("//legocerthub/api/v1//download/certificates/printer.example.com//printer-cert-0123456789abcdef//x")]
    [InlineData("/certwarden/api/v1/download/certificates/printer.example.com/%70rinter%2Dcert-0123456789abcdef")]
    [InlineData("/certwarden/api/v1/download/certificates/printer.example.com/printer-cert-0123456789abcdef?x")]
    public void Of_the_legacy_form_too(string path) =>
        Assert.Equal(
            Sample.Named("printer").Leaf + Sample.Named("printer").Issuers,
            Curl.Get(sample.Server.Address + path, "--path-as-is").Text);

    [Fact]
    public void The_absolute_form_means_the_same()
    {
        var authority = new Uri(sample.Server.Address).Authority;
        var response = Response.Parse(RawHttp.Send(
            sample.Server.Address,
            $"GET http://{authority}/legocerthub/api/v1/download/certificates/web.example.com HTTP/1.1\r\nHost: {authority}\r\napiKey: {ApiKey}\r\nConnection: close\r\n\r\n"));

        Assert.Equal(Sample.Named("web").Leaf + Sample.Named("web").Issuers, response.Text);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/legocerthub")]
    [InlineData("/legocerthub/")]
    [InlineData("/legocerthub/api/v1/download")]
    [InlineData("/legocerthub/api/v1/download/certificates")]
    [InlineData("/legocerthub/api/v1/download/certificates/")]
    [InlineData("/legocerthub/api/v1/download/orders/web.example.com")]
    [InlineData("/legocerthub/api/v2/download/certificates/web.example.com")]
    [InlineData("/LEGOCERTHUB/api/v1/download/certificates/web.example.com")]
    [InlineData("/api/v1/download/certificates/web.example.com")]
    [InlineData("/legocerthub/../legocerthub/api/v1/download/certificates/web.example.com")]
    [InlineData("/legocerthub%2Fapi/v1/download/certificates/web.example.com")]
    [InlineData("/legocerthub/api/health/x")]
    [InlineData("/favicon.ico")]
    public void Any_other_path_is_not_found(string path)
    {
        var response = Curl.Get(sample.Server.Address + path, "--path-as-is", "-H", $"apiKey: {ApiKey}");

        response.Expect(404, "error: not found");
        Assert.Equal("application/json", response["Content-Type"]);
        Assert.Equal("no-store", response["Cache-Control"]);
        SecurityHeaders.AssertOn(response);
    }

    [Theory]
    [InlineData("legocerthub")]
    [InlineData("certwarden")]
    public void Health_needs_no_authentication(string basePath)
    {
        var response = Curl.Get($"{sample.Server.Address}/{basePath}/api/health");

        Assert.Equal(204, response.Status);
        Assert.Empty(response.Body);
        SecurityHeaders.AssertOn(response);
    }
}
