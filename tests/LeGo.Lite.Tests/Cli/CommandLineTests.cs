using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LeGo.Lite.Cli;
using LeGo.Lite.Config;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly TempTree tree = new();
    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly StringWriter errors = new() { NewLine = "\n" };
    private ServerConfig? served;

    public void Dispose()
    {
        tree.Dispose();
        output.Dispose();
        errors.Dispose();
    }

    [Theory]
    [InlineData]
    [InlineData("serve")]
    public async Task Without_a_command_it_serves(params string[] command)
    {
        Assert.Equal(7, await RunAsync([.. command, "--data", tree.Data, "--listen", "http://127.0.0.1:1", "--listen", "http://[::1]:2"]));

        Assert.Equal(tree.Data, served!.Data);
        Assert.Equal(["http://127.0.0.1:1", "http://[::1]:2"], served.Listen.Select(address => address.ToString()));
        AssertSaid("", "");
    }

    [Fact]
    public async Task An_option_may_stand_before_the_command()
    {
        Assert.Equal(7, await RunAsync("--data", tree.Data, "serve"));
        Assert.Equal(tree.Data, served!.Data);
    }

    [Fact]
    public async Task A_bad_config_stops_the_start_with_every_problem()
    {
        tree.Write("lego-lite.yaml", "data: []\nlog: x\n");

        Assert.Equal(1, await RunAsync("serve", "--config", tree["lego-lite.yaml"]));

        Assert.Null(served);
        AssertSaid(
            "",
            $"{tree["lego-lite.yaml"]}:1:7: error: write a text here, or remove it\n{tree["lego-lite.yaml"]}:2:6: error: write keys and values below this key\n");
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("chekc")]
    [InlineData("serve", "check")]
    [InlineData("serve", "extra")]
    [InlineData("check", "--listen", "http://127.0.0.1:1")]
    [InlineData("serve", "--json")]
    [InlineData("new-key", "--json")]
    [InlineData("list", "--data")]
    [InlineData("check", "--config")]
    [InlineData("--data", "a", "--data", "b")]
    [InlineData("--listen")]
    [InlineData("--listen", "ftp://127.0.0.1:1")]
    [InlineData("--listen", "4050")]
    [InlineData("-x")]
    [InlineData("health")]
    [InlineData("health", "http://127.0.0.1:1/", "http://127.0.0.1:2/")]
    [InlineData("health", "http://127.0.0.1:1/", "--data", "a")]
    public async Task Wrong_usage_is_one_line_and_status_2(params string[] arguments)
    {
        Assert.Equal(2, await RunAsync(arguments));

        Assert.Null(served);
        Assert.Empty(output.ToString());
        Assert.Matches("^lego-lite: [^\n]+ See lego-lite --help\\.\n$", errors.ToString());
    }

    [Fact]
    public async Task A_wrong_address_is_explained_but_an_open_one_is_a_problem()
    {
        await RunAsync("--listen", "http://example.com:1");
        AssertSaid("", "lego-lite: --listen: write the IP address to listen on, or localhost; every address is 0.0.0.0, or [::]. See lego-lite --help.\n");

        errors.GetStringBuilder().Clear();
        Assert.Equal(1, await RunAsync("--listen", "http://0.0.0.0:1", "--data", tree.Data));
        Assert.StartsWith("--listen:1:1: error: http:// on an address that is not loopback", errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "serve", "check", "list", "new-key", "health", "--config", "--data", "--listen", "--version")]
    [InlineData("check --help", "--config", "--data", "--json")]
    [InlineData("list --help", "--config", "--data", "--json")]
    [InlineData("health --help", "URL", "https://", "3 seconds")]
    public async Task Help_names_what_can_be_said(string arguments, params string[] words)
    {
        Assert.Equal(0, await RunAsync(arguments.Split(' ')));

        Assert.All(words, word => Assert.Contains(word, output.ToString(), StringComparison.Ordinal));
        Assert.Empty(errors.ToString());
    }

    [Fact]
    public async Task Version_is_one_line_and_another_for_openssl()
    {
        Assert.Equal(0, await RunAsync("--version"));
        Assert.Matches("^[^\n]+\nOpenSSL [^\n]+\n$", output.ToString());
    }

    [Fact]
    public async Task Check_of_a_good_tree_is_silent()
    {
        Assert.Equal(0, await RunAsync("check", "--data", tree.AddSample().Data));
        AssertSaid("", "");
    }

    [Fact]
    public async Task Check_lists_every_problem()
    {
        tree.Good("web").Key("a\nb").Key("mail", "api_key: x y\n").Key("short", "api_key: short\n");

        Assert.Equal(1, await RunAsync("check", "--data", tree.Data));
        AssertSaid(
            $"""
            {tree.Data}/privatekeys/a\u000ab:1:1: error: this is no name of an item; rename the directory with letters, digits and . _ ~ - only
            {tree.Data}/privatekeys/mail/key.yaml:1:10: error: an API key can hold only visible ASCII characters: no other reaches the server in a header as it is
            {tree.Data}/privatekeys/short/key.yaml:1:10: warning: this API key is shorter than 16 characters, which can be guessed; lego-lite new-key makes a better one

            """,
            "");
    }

    [Fact]
    public async Task Warnings_alone_are_fine()
    {
        tree.Key("short", "api_key: short\n");

        Assert.Equal(0, await RunAsync("check", "--data", tree.Data));
        Assert.Contains(": warning: ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_as_JSON()
    {
        tree.Good("web").Key("mail", "\napi_key: x y\n").Key("short", "api_key: short\n");

        Assert.Equal(1, await RunAsync("check", "--json", "--data", tree.Data));

        Snapshot.Verify(output.ToString().Replace(tree.Data, "DATA", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_of_a_good_tree_as_JSON_is_an_empty_list()
    {
        Assert.Equal(0, await RunAsync("check", "--json", "--data", tree.AddSample().Data));
        AssertSaid("[]\n", "");
    }

    [Fact]
    public async Task Check_reports_the_config_and_a_tree_that_is_not_there()
    {
        Assert.Equal(1, await RunAsync("check", "--data", tree["missing"]));
        AssertSaid($"{tree["missing"]}:1:1: error: there is no such directory\n", "");

        output.GetStringBuilder().Clear();
        tree.Write("lego-lite.yaml", "dat: x\n");
        Assert.Equal(1, await RunAsync("check", "--config", tree["lego-lite.yaml"]));
        Assert.StartsWith($"{tree["lego-lite.yaml"]}:1:1: error: unknown key; did you mean data?", output.ToString(), StringComparison.Ordinal);

        output.GetStringBuilder().Clear();
        Assert.Equal(1, await RunAsync("check", "--config", ""));
        AssertSaid(":1:1: error: there is no such file\n", "");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void List_of_the_sample(bool json)
    {
        Assert.Equal(0, List(json, TempTree.Sample));

        Snapshot.Verify(output.ToString(), json ? "json" : "table");
        Assert.Empty(errors.ToString());
    }

    [Fact]
    public void A_table_has_five_words_a_line_whatever_an_order_is_called()
    {
        tree.Good("web").Order("web", "with space\u00a0and\nline\u2003end", Material.One.Chain(TempTree.Now.AddDays(-1), TempTree.Now.AddHours(47)));

        Assert.Equal(0, List(json: false, tree.Data));

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Equal(5, line.Split(null as char[], StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal(lines[0].Length, lines[1].Length);
        Assert.StartsWith("web", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(" 1", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void List_says_that_there_are_problems()
    {
        tree.Good("web").Key("mail", "").Key("spare", "api_key: short\n");

        Assert.Equal(1, List(json: true, tree.Data));

        using var certificates = JsonDocument.Parse(output.ToString());
        Assert.Equal(1, certificates.RootElement.GetArrayLength());
        Assert.Equal("lego-lite: 1 problem in the tree; see lego-lite check\n", errors.ToString());
    }

    [Fact]
    public void List_of_a_tree_that_is_not_there_fails()
    {
        Assert.Equal(1, List(json: false, tree["mis\nsing"]));
        AssertSaid("", $"lego-lite: {tree.Data}/mis\\u000asing: there is no such directory\n");
    }

    [Fact]
    public async Task List_with_a_bad_config_fails()
    {
        tree.Write("lego-lite.yaml", "data: []\n");

        Assert.Equal(1, await RunAsync("list", "--config", tree["lego-lite.yaml"]));
        AssertSaid("", $"{tree["lego-lite.yaml"]}:1:7: error: write a text here, or remove it\n");
    }

    [Fact]
    public async Task New_key_prints_a_key_and_its_digest_as_YAML()
    {
        Assert.Equal(0, await RunAsync("new-key"));

        var lines = output.ToString().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches("^api_key: [A-Za-z0-9]{48}$", lines[0]);
        Assert.Equal($"api_key_sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(lines[0]["api_key: ".Length..])))}", lines[1]);

        // Each line is good metadata, and another call gives another key.
        tree.Key("one", lines[0] + "\n").Key("two", lines[1] + "\n");
        Assert.Empty(tree.Problems());
        output.GetStringBuilder().Clear();
        await RunAsync("new-key");
        Assert.DoesNotContain(lines[0], output.ToString(), StringComparison.Ordinal);
    }

    private int List(bool json, string data) => ListCommand.Run(new(null, data, []), [], TempTree.Now, json, output, errors);

    private async Task<int> RunAsync(params string[] arguments) =>
        await new CommandLine(
            config =>
            {
                served = config;
                return Task.FromResult(7);
            },
            TimeProvider.System,
            output,
            errors).RunAsync(arguments);

    private void AssertSaid(string expectedOutput, string expectedErrors) =>
        Assert.Equal((expectedOutput, expectedErrors), (output.ToString(), errors.ToString()));
}
