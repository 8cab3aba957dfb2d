using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.CommandLine;

public sealed class NewKeyTests
{
    [Fact]
    public void Prints_an_API_key_and_its_SHA_256()
    {
        var lines = LegoLite.Command("new-key").RunWell().Lines;

        Assert.Equal(2, lines.Length);
        Assert.Matches("^api_key: [A-Za-z0-9]{32,}$", lines[0]);
        var apiKey = lines[0]["api_key: ".Length..];
        Assert.Equal($"api_key_sha256: {OpenSsl.Sha256(apiKey)}", lines[1]);
    }

    [Fact]
    public void Prints_another_one_each_time() =>
        Assert.Equal(5, Enumerable.Range(0, 5).Select(_ => LegoLite.Command("new-key").RunWell().Text).Distinct().Count());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Either_line_opens_an_item(int line)
    {
        using var temp = new TempDirectory();
        var lines = LegoLite.Command("new-key").RunWell().Lines;
        var tree = temp.AddSample("tree", "web.example.com");
        temp.Write("tree/privatekeys/web.example.com/key.yaml", lines[line] + "\n");

        using var server = LegoLite.Serve(tree);

        Assert.Equal(Sample.Named("web").Key, server.Download("privatekeys/web.example.com", lines[0]["api_key: ".Length..]).Text);
    }
}
