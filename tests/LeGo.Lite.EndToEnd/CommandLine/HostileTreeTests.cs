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
            Assert.Equal(
                "tree/certificates/bad.example.com/orders:1:1: error: can't look at this: permission denied; let the user that runs lego-lite read it",
                line);
            Assert.Equal(1, result.Status);
        }
        finally
        {
            File.SetUnixFileMode(orders, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_directory_that_may_be_listed_but_not_entered_costs_only_its_own_item()
    {
        using var temp = new TempDirectory();
        var tree = HostileTree.Make(temp, _ => { });
        var item = Path.Combine(tree, "privatekeys/bad.example.com");
        File.SetUnixFileMode(item, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        try
        {
            var check = (Nobody.Command(temp, "check", "--data", "tree") with { Directory = temp.Path }).Run();

            Assert.Equal(1, check.Status);
            Assert.NotEmpty(check.Lines);
            Assert.All(check.Lines, line => Assert.StartsWith("tree/privatekeys/bad.example.com", line, StringComparison.Ordinal));
            Assert.Contains("web.example.com", Nobody.Command(temp, "list", "--data", tree).Run().Text, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(item, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_link_through_a_directory_that_may_be_passed_but_not_listed_is_followed()
    {
        using var temp = new TempDirectory();
        var tree = HostileTree.Make(temp, _ => { });
        var (item, hidden) = (Path.Combine(tree, "privatekeys/bad.example.com"), Path.Combine(tree, ".hidden"));
        Directory.CreateDirectory(hidden);
        Directory.Move(item, Path.Combine(hidden, "key"));
        File.CreateSymbolicLink(item, "../.hidden/key");
        File.SetUnixFileMode(hidden, UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            var check = Nobody.Command(temp, "check", "--data", tree).Run();

            Assert.Equal((0, ""), (check.Status, check.Text));
            Assert.Contains("bad.example.com  2026-01-01  bad.example.com", Nobody.Command(temp, "list", "--data", tree).Run().Text, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(hidden, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_directory_of_data_links_that_may_not_be_reached_is_named()
    {
        using var temp = new TempDirectory();
        var tree = HostileTree.Make(temp, _ => { });
        var closed = Path.Combine(temp.Path, "closed");
        Directory.CreateDirectory(Path.Combine(closed, "live"));
        temp.Write("lego-lite.yaml", $"data: tree\ndata_links: ['{closed}/live']\n");
        File.SetUnixFileMode(closed, UnixFileMode.None);
        try
        {
            var check = (Nobody.Command(temp, "check") with { Directory = temp.Path }).Run();

            Assert.Equal(
                [$"{closed}/live:1:1: error: can't open this directory of data_links: permission denied; let the user that runs lego-lite read it"],
                check.Lines);
            Assert.Equal(1, check.Status);
        }
        finally
        {
            File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
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
