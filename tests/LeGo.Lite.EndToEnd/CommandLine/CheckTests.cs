using System.Text.Json;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.CommandLine;

public sealed class CheckTests
{
    [Fact]
    public void Of_a_good_tree_is_silent()
    {
        using var temp = new TempDirectory();

        var result = LegoLite.Command("check", "--data", temp.AddSample("tree")).Run();

        Assert.Equal("", result.Text + result.Errors);
        Assert.Equal(0, result.Status);
    }

    [Fact]
    public void Warnings_alone_are_no_failure()
    {
        using var temp = new TempDirectory();
        temp.Write("tree/privatekeys/short/key.yaml", "api_key: short\n");

        var result = (LegoLite.Command("check", "--data", "tree") with { Directory = temp.Path }).Run();

        Assert.Equal(
            "tree/privatekeys/short/key.yaml:1:10: warning: this API key is shorter than 16 characters, which can be guessed; lego-lite new-key makes a better one\n",
            result.Text);
        Assert.Equal(0, result.Status);
    }

    [Fact]
    public void A_tree_that_every_user_can_read_is_one_warning_until_it_is_closed()
    {
        using var temp = TempDirectory.Open();
        temp.AddSample("tree", "mail.example.com");
        var check = LegoLite.Command("check", "--data", "tree") with { Directory = temp.Path };
        _ = new Command("chmod", "-R", "o+rX", temp.Path).RunWell();

        var open = check.RunWell();
        _ = new Command("chmod", "o-rwx", temp["tree"]).RunWell();
        var closed = check.RunWell();

        Assert.Equal(
            "tree/privatekeys/mail.example.com/key.yaml:1:1: warning: every user of this machine can read this file and 2 more with private keys or API keys; chmod o-rwx on tree closes them all, and the user that runs lego-lite must then be owner or in the group\n",
            open.Text);
        Assert.Empty(closed.Text);
    }

    [Fact]
    public void As_JSON_has_the_same_problems()
    {
        using var temp = new TempDirectory();
        HostileTree.Make(temp, HostileTree.All["200 broken items"].Break);
        temp.Write("tree/privatekeys/short/key.yaml", "api_key: short\n");
        var command = LegoLite.Command("check", "--data", "tree") with { Directory = temp.Path };

        var json = (command with { Arguments = [.. command.Arguments, "--json"] }).Run();

        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(
            command.Run().Lines,
            document.RootElement.EnumerateArray().Select(problem =>
                $"{problem.GetProperty("path")}:{problem.GetProperty("line").GetInt32()}:{problem.GetProperty("column").GetInt32()}: {problem.GetProperty("severity")}: {problem.GetProperty("text")}"));
        Assert.Equal(201, document.RootElement.GetArrayLength());
        Assert.Equal(1, json.Status);
        Assert.Empty(json.Errors);
    }

    [Fact]
    public void As_JSON_of_a_good_tree_is_an_empty_list()
    {
        using var temp = new TempDirectory();

        var result = LegoLite.Command("check", "--json", "--data", temp.AddSample("tree")).Run();

        Assert.Equal("[]\n", result.Text);
        Assert.Equal(0, result.Status);
    }

    [Fact]
    public void Names_the_problems_of_the_config_too()
    {
        using var temp = new TempDirectory();
        temp.Write("lego-lite.yaml", "data: ./data\nlisten: [ftp://x]\n");

        var result = (LegoLite.Command("check") with { Directory = temp.Path }).Run();

        Assert.Equal("lego-lite.yaml:2:10: error: write an address as http://127.0.0.1:4050 or https://0.0.0.0:4051\n", result.Text);
        Assert.Equal(1, result.Status);
    }

    [Fact]
    public void Of_a_directory_that_is_not_there_is_one_line()
    {
        var result = LegoLite.Command("check", "--data", "/nowhere").Run();

        Assert.Equal("/nowhere:1:1: error: there is no such directory\n", result.Text);
        Assert.Equal(1, result.Status);
    }

    [Fact]
    public void Of_a_directory_that_is_no_tree_says_so()
    {
        using var temp = new TempDirectory();

        var result = LegoLite.Command("check", "--data", temp.Path).Run();

        Assert.Equal($"{temp.Path}:1:1: error: neither privatekeys/ nor certificates/ is in here; is this the data directory?\n", result.Text);
        Assert.Equal(1, result.Status);
    }
}
