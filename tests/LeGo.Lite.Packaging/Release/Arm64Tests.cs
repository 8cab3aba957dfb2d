using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Release;

/// <summary>The binary for arm64 runs, on a processor that qemu plays.</summary>
public sealed class Arm64Tests
{
    [Fact]
    public void Its_version_is_that_of_the_release() =>
        Assert.StartsWith(ReleaseFiles.Version, Command("--version").RunWell().Text, StringComparison.Ordinal);

    [Fact]
    public void It_finds_nothing_wrong_with_the_sample()
    {
        using var temp = new TempDirectory();
        var tree = temp.AddSample("tree");
        _ = new Command("chmod", "o-rwx", tree).RunWell();

        Assert.Empty(Command("check", "--data", tree).RunWell().Text);
    }

    [Theory]
    [InlineData("--http1.1", "--tlsv1.3")]
    [InlineData("--http2", "--tlsv1.3")]
    [InlineData("--http1.1", "--tls-max", "1.2")]
    public void Curl_downloads_over_https(params string[] options)
    {
        using var home = new TempDirectory();
        var tree = home.AddSample("tree");
        using var server = LegoLite.Serve(Command("serve", "--data", tree, "--listen", "https://127.0.0.1:0") with
        {
            Directory = home.Path,
            Environment = [LegoLite.OwnCertificate],
        });
        var sample = Sample.Named("web");

        foreach (var (download, apiKey, body, _) in sample.Downloads)
        {
            var response = server.SecureDownload(download, apiKey, options);

            Assert.Equal(200, response.Status);
            Assert.Equal(body, response.Text);
        }

        Assert.Equal(0, server.Stop());
    }

    private static Command Command(params IReadOnlyList<string> arguments) =>
        new("qemu-aarch64", [ReleaseFiles.Binary("linux-arm64"), .. arguments]) { SafetyNet = TimeSpan.FromMinutes(10) };
}
