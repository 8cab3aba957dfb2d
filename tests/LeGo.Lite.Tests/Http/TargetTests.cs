using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>One resource, however the request target is written (SPEC 5).</summary>
public sealed class TargetTests(SampleServer server) : IClassFixture<SampleServer>
{
    private const string Key = "apiKey: k8s-cert-0123456789abcdef";

    [Theory]
    [InlineData("//legocerthub/api/v1/download/certificates/k8s.example.com")]
    [InlineData("/legocerthub//api///v1/download//certificates////k8s.example.com")]
    [InlineData("/certwarden/api/v1/download/certificates/k8s.example.com")]
    [InlineData("/%6cegocerthub/%61%70%69/v%31/downloa%64/certificate%73/k8s.example.com")]
    [InlineData("/legocerthub/api/v1/download/certificates/k8s%2Eexample%2ecom")]
    [InlineData("/legocerthub/api/v1/download/certificates/%6B%38%73%2E%65%78%61%6D%70%6C%65%2E%63%6F%6D")]
    [InlineData("/legocerthub/api/v1/download/certificates/K8S.Example.COM")]
    [InlineData("/legocerthub/api/v1/download/certificates/%4B8s.example.com")]
    [InlineData("/legocerthub/api/v1/download/certificates/k8s.example.com?")]
    [InlineData("/legocerthub/api/v1/download/certificates/k8s.example.com?name=/web.example.com/x&%zz")]
    [InlineData("http://localhost/legocerthub/api/v1/download/certificates/k8s.example.com")]
    [InlineData("http://localhost//legocerthub/api/v1/download/certificates/k8s.example.com?x")]
    public async Task The_same_download(string target)
    {
        var plain = await server.GetAsync($"{Sample.Base}/certificates/k8s.example.com", Key);
        Assert.Equal(200, plain.Status);
        Assert.Equal("attachment; filename=\"k8s.example.com.cert.pem\"", plain["Content-Disposition"]);

        Assert.Equal(plain.Received, (await server.GetAsync(target, Key)).Received);
    }

    [Theory]
    [InlineData("//legocerthub/api/health")]
    [InlineData("/legocerthub//api//health")]
    [InlineData("/legocerthub/api/health/")]
    [InlineData("/legocerthub/api/healt%68?x=y")]
    [InlineData("http://localhost/legocerthub/api/health")]
    public async Task Health_too(string target) => Assert.Equal(204, (await server.GetAsync(target)).Status);

    [Theory]
    [InlineData("/LegoCertHub/api/v1/download/certificates/k8s.example.com")]
    [InlineData("/legocerthub/API/v1/download/certificates/k8s.example.com")]
    [InlineData("/legocerthub/api/v1/download/Certificates/k8s.example.com")]
    [InlineData("/legocerthub%2Fapi/v1/download/certificates/k8s.example.com")]
    [InlineData("/%256cegocerthub/api/v1/download/certificates/k8s.example.com")]
    [InlineData("/legocerthub/api/v1/download/certificates")]
    [InlineData("/legocerthub/api/v1/download/certificates//")]
    [InlineData("/legocerthub/api/v1/./download/certificates/k8s.example.com")]
    [InlineData("/legocerthub/x/../api/v1/download/certificates/k8s.example.com")]
    [InlineData("/legocerthub/api/v1/download/?/certificates/k8s.example.com")]
    [InlineData("/certwarden/legocerthub/api/v1/download/certificates/k8s.example.com")]
    [InlineData("/legocerthub/api/health%2F")]
    [InlineData("http://localhost?/legocerthub/api/v1/download/certificates/k8s.example.com")]
    [InlineData("http://localhost")]
    public async Task Another_path_is_not_found(string target)
    {
        var elsewhere = await server.GetAsync("/elsewhere", Key);
        Assert.Equal(404, elsewhere.Status);

        Assert.Equal(elsewhere.Received, (await server.GetAsync(target, Key)).Received);
    }

    [Theory]
    [InlineData("k8%C5%BF.example.com")] // U+017F, whose upper case is S
    [InlineData("%E2%84%AA8s.example.com")] // U+212A, whose lower case is k
    [InlineData("k8s.example.com%20")]
    [InlineData("k8s.example.com%0A")]
    [InlineData("k8s.example.com.")]
    [InlineData("k8s.example.com%2F")]
    [InlineData("k8s.example.com%")]
    [InlineData("k8s.example.com%2")]
    [InlineData("k8s.example.com%%")]
    [InlineData("k8s.example.com%FF")]
    [InlineData("k8s.example%C0%AEcom")] // an overlong dot
    [InlineData("k8s%252Eexample.com")]
    [InlineData("k8s.example.com;x")]
    public async Task Another_name_is_nobodys(string name) =>
        Assert.Equal(401, (await server.GetAsync($"{Sample.Base}/certificates/{name}", Key)).Status);

    [Fact]
    public async Task The_file_name_is_spelled_as_the_directory_is()
    {
        await using var edited = await SampleServer.StartAsync(edit: data => Directory.Move(
            Path.Combine(data, "certificates/shared.example.com"), Path.Combine(data, "certificates/SHAred.Example.com")));

        var response = await edited.GetAsync($"{Sample.Base}/certificates/shARED.example.COM", "apiKey: shared-cert-0123456789abcdef");

        Assert.Equal("attachment; filename=\"SHAred.Example.com.cert.pem\"", response["Content-Disposition"]);
    }

    [Fact]
    public async Task A_target_with_no_path_is_not_found() => Assert.Equal(404, (await server.SendAsync("OPTIONS", "*")).Status);
}
