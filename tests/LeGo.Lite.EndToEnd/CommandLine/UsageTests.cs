using System.Net;
using System.Net.Sockets;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.CommandLine;

/// <summary>Help, and the one clear line for what goes wrong before anything is served.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Help_names_every_command_and_option(string option)
    {
        var result = LegoLite.Command(option).Run();

        Assert.All(
            ["serve", "check", "list", "new-key", "health", "--config", "--data", "--listen", "--help", "--version"],
            word => Assert.Contains(word, result.Text, StringComparison.Ordinal));
        Assert.Empty(result.Errors);
        Assert.Equal(0, result.Status);
    }

    [Theory]
    [InlineData("serve", "--listen")]
    [InlineData("check", "--json")]
    [InlineData("list", "--json")]
    [InlineData("new-key", "--help")]
    [InlineData("health", "URL")]
    public void Each_command_has_its_help(string command, string option)
    {
        var result = LegoLite.Command(command, "--help").RunWell();

        Assert.Contains($"lego-lite {command}", result.Text, StringComparison.Ordinal);
        Assert.Contains(option, result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'--bogus'", "--bogus")]
    [InlineData("'bogus'", "bogus")]
    [InlineData("'extra'", "serve", "extra")]
    [InlineData("'--json'", "serve", "--json")]
    [InlineData("'--listen'", "check", "--listen", "http://127.0.0.1:1")]
    [InlineData("'--data'", "new-key", "--data", "x")]
    [InlineData("'--listen'", "serve", "--listen")]
    [InlineData("'--config'", "check", "--config", "a.yaml", "--config", "b.yaml")]
    [InlineData("--listen: ", "serve", "--listen", "nonsense")]
    [InlineData("--listen: ", "--listen", "ftp://127.0.0.1:1")]
    [InlineData("--listen: ", "--listen", "http://127.0.0.1:99999")]
    [InlineData("--listen: ", "--listen", "http://127.0.0.1:1/path")]
    [InlineData("'health'", "health")]
    [InlineData("health: ", "health", "127.0.0.1:4050")]
    public void Wrong_usage_is_one_line_that_names_what_is_wrong(string names, params string[] arguments)
    {
        var result = LegoLite.Command(arguments).Run();

        Assert.Equal(2, result.Status);
        var line = Assert.Single(result.ErrorLines);
        Assert.StartsWith("lego-lite: ", line, StringComparison.Ordinal);
        Assert.Contains(names, line, StringComparison.Ordinal);
        Assert.EndsWith("See lego-lite --help.", line, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_port_in_use_is_one_line()
    {
        using var temp = new TempDirectory();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var result = LegoLite.Command("serve", "--data", temp.AddSample("tree"), "--listen", $"http://{listener.LocalEndpoint}").Run();

        Assert.Equal(1, result.Status);
        var line = Assert.Single(result.ErrorLines);
        Assert.Equal($"lego-lite: can't listen on http://{listener.LocalEndpoint}: the address is in use", line);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void An_address_of_another_machine_is_one_line()
    {
        using var temp = new TempDirectory();
        temp.Write("lego-lite.yaml", $"data: {temp.AddSample("tree")}\nallow_plaintext: true\nlisten: ['http://192.0.2.1:4050']\n");

        var result = (LegoLite.Command("serve") with { Directory = temp.Path }).Run();

        Assert.Equal(1, result.Status);
        var line = Assert.Single(result.ErrorLines);
        Assert.Equal("lego-lite: can't listen on http://192.0.2.1:4050: this machine has no such address", line);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("new-key")]
    [InlineData("--help")]
    [InlineData("serve --listen http://127.0.0.1:0")]
    public void An_output_that_is_full_is_one_line(string arguments)
    {
        using var temp = new TempDirectory();
        temp.AddSample("data");

        var result = (new Command("sh", "-c", $"exec {Repository.Binary} {arguments} >/dev/full") with { Directory = temp.Path }).Run();

        Assert.Equal(1, result.Status);
        Assert.StartsWith("lego-lite: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check --data /nowhere >/dev/full 2>/dev/full")]
    [InlineData("list >&- 2>&- <&-")]
    [InlineData("--data /nowhere 2>/dev/full")]
    public void With_nobody_to_tell_it_to_it_fails_all_the_same(string arguments)
    {
        var result = (new Command("sh", "-c", $"exec {Repository.Binary} {arguments}") with { Directory = Repository.Root }).Run();

        Assert.Equal(1, result.Status);
    }

    [Fact]
    public void An_at_sign_in_an_argument_names_no_file()
    {
        var result = LegoLite.Command("check", "@/etc/passwd").Run();

        Assert.Equal(2, result.Status);
        Assert.DoesNotContain("root:", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_addresses_that_are_the_same_are_refused()
    {
        var result = LegoLite.Command("serve", "--data", Repository.Sample, "--listen", "http://127.0.0.1:4059", "--listen", "http://[::ffff:127.0.0.1]:4059").Run();

        Assert.Equal((1, "--listen:1:1: error: this address is there twice; remove one"), (result.Status, Assert.Single(result.ErrorLines)));
    }

    [Fact]
    public void A_missing_data_directory_is_one_line()
    {
        var result = LegoLite.Command("serve", "--data", "/nowhere", "--listen", "http://127.0.0.1:0").Run();

        Assert.Equal(1, result.Status);
        Assert.Equal(
            ["lego-lite: /nowhere: there is no such directory; name the data directory with --data or in lego-lite.yaml"],
            result.ErrorLines);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_data_directory_that_is_a_file_is_one_line()
    {
        var result = LegoLite.Command("serve", "--data", Repository.Binary, "--listen", "http://127.0.0.1:0").Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("not a directory", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }
}
