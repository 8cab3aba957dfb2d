using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Release;

/// <summary>The other kind of binary, of STATIC=0: built of the last commit, elsewhere.</summary>
public sealed class DynamicBinaryTests
{
    [Fact]
    public void It_serves_with_the_libraries_of_the_system()
    {
        using var temp = new TempDirectory();
        _ = new Command("git", "clone", "--quiet", Repository.Root, temp["clone"]).RunWell();
        _ = new Command("make", "build", "STATIC=0") { Directory = temp["clone"], SafetyNet = TimeSpan.FromMinutes(30) }.RunWell();
        var binary = temp["clone/artifacts/lego-lite"];

        Assert.Contains(new Command("ldd", binary).RunWell().Lines, line => line.TrimStart().StartsWith("libc.so.", StringComparison.Ordinal));
        Assert.EndsWith(", the system's", new Command(binary, "--version").RunWell().Lines[^1], StringComparison.Ordinal);

        using var server = LegoLite.Serve(new Command(binary, "serve", "--data", temp.AddSample("tree"), "--listen", "https://127.0.0.1:0")
        {
            Directory = temp.Path,
            Environment = [LegoLite.OwnCertificate],
        });
        var sample = Sample.Named("web");
        var (download, apiKey, body, _) = sample.Downloads.Single(download => download.Download == $"certificates/{sample.Certificate}");

        var response = server.SecureDownload(download, apiKey);

        Assert.Equal(200, response.Status);
        Assert.Equal(body, response.Text);
        Assert.Equal(0, server.Stop());
    }
}
