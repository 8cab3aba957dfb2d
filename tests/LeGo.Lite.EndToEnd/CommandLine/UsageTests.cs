using System.Net;
using System.Net.Sockets;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.CommandLine;

/// <summary>Help, and the one clear line for what goes wrong before anything is served.</summary>
public sealed class UsageTests
{
    [Fact]
    public void Version_is_a_number()
    {
        var result = LegoLite.Command("--version").Run();

        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", result.Text);
        Assert.Empty(result.Errors);
        Assert.Equal(0, result.Status);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Help_names_every_command_and_option(string option)
    {
        var result = LegoLite.Command(option).Run();

        Assert.All(
            ["serve", "check", "list", "new-key", "--config", "--data", "--listen", "--help", "--version"],
            word => Assert.Contains(word, result.Text, StringComparison.Ordinal));
        Assert.Empty(result.Errors);
        Assert.Equal(0, result.Status);
    }

    [Theory]
    [InlineData("serve", "--listen")]
    [InlineData("check", "--json")]
    [InlineData("list", "--json")]
    [InlineData("new-key", "--help")]
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
    [InlineData("--listen: ", "--listen", "https://127.0.0.1:1")]
    [InlineData("--listen: ", "--listen", "http://127.0.0.1:99999")]
    [InlineData("--listen: ", "--listen", "http://127.0.0.1:1/path")]
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
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var result = LegoLite.Command("serve", "--data", Repository.Sample, "--listen", $"http://{listener.LocalEndpoint}").Run();

        Assert.Equal(1, result.Status);
        var line = Assert.Single(result.ErrorLines);
        Assert.Equal($"lego-lite: Failed to bind to address http://{listener.LocalEndpoint}: address already in use.", line);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void An_address_of_another_machine_is_one_line()
    {
        using var temp = new TempDirectory();
        temp.Write("lego-lite.yaml", $"data: {Repository.Sample}\nallow_plaintext: true\nlisten: ['http://192.0.2.1:4050']\n");

        var result = (LegoLite.Command("serve") with { Directory = temp.Path }).Run();

        Assert.Equal(1, result.Status);
        var line = Assert.Single(result.ErrorLines);
        Assert.StartsWith("lego-lite: ", line, StringComparison.Ordinal);
        Assert.Contains("192.0.2.1:4050", line, StringComparison.Ordinal);
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
