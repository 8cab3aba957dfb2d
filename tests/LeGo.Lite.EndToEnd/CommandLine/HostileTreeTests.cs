using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.CommandLine;

/// <summary>Whatever is in a tree: check names the place, serve serves the rest, and neither hangs or crashes.</summary>
public sealed class HostileTreeTests
{
    public static TheoryData<string> Names => [.. HostileTree.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_names_file_line_and_column(string name)
    {
        using var temp = new TempDirectory();
        HostileTree.Make(temp, HostileTree.All[name].Break);

        var result = (LegoLite.Command("check", "--data", "tree") with { Directory = temp.Path }).Run();

        Assert.Equal(HostileTree.All[name].Problems.Select(problem => $"tree/{problem}"), result.Lines);
        Assert.Empty(result.Errors);
        Assert.Equal(HostileTree.All[name].Problems.Length == 0 ? 0 : 1, result.Status);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Serve_serves_the_good_item_and_says_what_is_wrong(string name)
    {
        using var temp = new TempDirectory();
        var tree = HostileTree.Make(temp, HostileTree.All[name].Break);
        var problems = HostileTree.All[name].Problems;

        using var server = LegoLite.Serve(tree);

        foreach (var (download, apiKey, body, _) in Sample.Named("web").Downloads)
        {
            Assert.Equal(body, server.Download(download, apiKey).Text);
        }

        Assert.Matches(
            $"^serving [12] private keys? and [12] certificates? from {tree}: {problems.Length} error{(problems.Length == 1 ? "" : "s")}, 0 warnings$",
            server.OutputLines[^1]);
        Assert.Equal(0, server.Stop());
        Assert.Equal(
            problems.Select(problem => $"{tree}/{problem}"),
            server.LogLines.Where(line => !line.Contains(" info: ", StringComparison.Ordinal)).Select(line => line[line.IndexOf(tree, StringComparison.Ordinal)..]));
    }

    [Fact]
    public void Files_that_may_not_be_read_are_named()
    {
        using var temp = new TempDirectory();
        var tree = HostileTree.Make(temp, tree =>
        {
            File.SetUnixFileMode(Path.Combine(tree, "privatekeys/bad.example.com/privkey.pem"), UnixFileMode.None);
            File.SetUnixFileMode(Path.Combine(tree, "certificates/bad.example.com/certificate.yaml"), UnixFileMode.None);
        });

        var result = (Nobody.Command(temp, "check", "--data", "tree") with { Directory = temp.Path }).Run();

        Assert.Equal(
            [
                "tree/privatekeys/bad.example.com/privkey.pem:1:1: error: can't read this file: permission denied; let the user that runs lego-lite read it",
                "tree/certificates/bad.example.com/certificate.yaml:1:1: error: can't read this file: permission denied; let the user that runs lego-lite read it",
            ],
            result.Lines);
        Assert.Empty(result.Errors);
        Assert.Equal(1, result.Status);

        using var server = LegoLite.Serve(Nobody.Command(temp, "serve", "--data", tree, "--listen", "http://127.0.0.1:0"));
        Assert.Equal(Sample.Named("web").Key, server.Download("privatekeys/web.example.com", "web-key-0123456789abcdef").Text);
        server.Download("certificates/bad.example.com", "printer-cert-0123456789abcdef").Expect(401, "unauthorized");
        server.Download("privatekeys/bad.example.com", "printer-key-0123456789abcdef").Expect(404, "error: not found (private key has no pem)");
    }

    [Fact]
    public void A_directory_that_may_not_be_read_is_named()
    {
        using var temp = new TempDirectory();
        var orders = Path.Combine(HostileTree.Make(temp, _ => { }), "certificates/bad.example.com/orders");
        File.SetUnixFileMode(orders, UnixFileMode.None);
        try
        {
            var result = (Nobody.Command(temp, "check", "--data", "tree") with { Directory = temp.Path }).Run();

            var line = Assert.Single(result.Lines);
            Assert.StartsWith("tree/certificates/bad.example.com/orders:1:1: error: can't open this: ", line, StringComparison.Ordinal);
            Assert.Equal(1, result.Status);
        }
        finally
        {
            File.SetUnixFileMode(orders, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_tree_that_may_not_be_read_stops_the_start()
    {
        using var temp = new TempDirectory();
        var tree = HostileTree.Make(temp, _ => { });
        var command = Nobody.Command(temp, "serve", "--data", tree, "--listen", "http://127.0.0.1:0");
        File.SetUnixFileMode(tree, UnixFileMode.None);
        try
        {
            var result = command.Run();

            Assert.Equal(1, result.Status);
            var line = Assert.Single(result.ErrorLines);
            Assert.StartsWith($"lego-lite: {tree}: can't open the directory", line, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(tree, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
