using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.CommandLine;

/// <summary>Where settings come from and which one wins, seen from what the server does.</summary>
public sealed class ConfigTests
{
    private const string Plaintext =
        "error: http:// on an address that is not loopback would send private keys in the clear; write https://, listen on 127.0.0.1, or set allow_plaintext: true if something in front of it adds TLS";

    [Fact]
    public void Every_problem_of_a_config_is_listed_with_its_place()
    {
        using var temp = new TempDirectory();
        temp.Write("bad.yaml", """
            data: [./data]
            listen: [http://127.0.0.1:4050, nonsense, http://10.1.2.3:80]
            allow_plaintext: yes
            base_paths: [legocerthub]
            reload:
              rescan: 30
              debounc: 250ms
            log: {level: loud, format: xml}
            lissten: []
            """);

        foreach (var command in new[] { "serve", "check", "list" })
        {
            var result = (LegoLite.Command(command, "--config", "bad.yaml") with { Directory = temp.Path }).Run();

            Assert.Equal(1, result.Status);
            var (lines, other) = command == "check" ? (result.Lines, result.ErrorLines) : (result.ErrorLines, result.Lines);
            Assert.Empty(other);
            Assert.All(lines, line => Assert.Matches(@"^bad\.yaml:\d+:\d+: error: .+", line));
            Assert.Equal(
                ["1:7", "2:33", "2:43", "3:18", "4:14", "6:11", "7:3", "8:14", "8:28", "9:1"],
                lines.Select(line => string.Join(':', line.Split(':')[1..3])).OrderBy(place => int.Parse(place.Split(':')[0], null)).ThenBy(place => int.Parse(place.Split(':')[1], null)));
        }
    }

    [Fact]
    public void A_config_that_is_no_YAML_is_one_line()
    {
        using var temp = new TempDirectory();
        temp.Write("lego-lite.yaml", "data: ./data\ndata: ./other\n");

        var result = (LegoLite.Command() with { Directory = temp.Path }).Run();

        Assert.Equal(["lego-lite.yaml:2:1: error: remove this key: it is there twice"], result.ErrorLines);
        Assert.Equal(1, result.Status);
    }

    [Theory]
    [InlineData("LEGO_LITE_LOG__LEVEL", "loud", "error: write one of: trace, debug, information, warning, error")]
    [InlineData("LEGO_LITE_RELOAD__RESCAN", "soon", "error: write a time span as 250ms, 30s, 5m or 1h")]
    [InlineData("LEGO_LITE_ALLOW_PLAINTEXT", "1", "error: write true or false")]
    [InlineData("LEGO_LITE_LISTEN__0", "http://0.0.0.0:4050", Plaintext)]
    [InlineData("LEGO_LITE_LISTEN", "http://127.0.0.1:4050", "error: write a list, as in [one, two]")]
    [InlineData("LEGO_LITE_NO_SUCH", "x", "error: ")]
    public void A_bad_environment_variable_is_named(string name, string value, string problem)
    {
        var result = (LegoLite.Command("serve", "--data", Repository.Sample) with { Environment = [(name, value)] }).Run();

        Assert.Equal(1, result.Status);
        Assert.StartsWith($"{name}:1:1: {problem}", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_that_is_named_has_to_be_there()
    {
        foreach (var command in new[] { "serve", "list" })
        {
            var result = LegoLite.Command(command, "--config", "/nowhere/lego-lite.yaml", "--data", Repository.Sample).Run();

            Assert.Equal(["/nowhere/lego-lite.yaml:1:1: error: there is no such file"], result.ErrorLines);
            Assert.Equal(1, result.Status);
        }
    }

    [Fact]
    public void Plaintext_leaves_the_machine_only_if_it_is_allowed()
    {
        using var temp = new TempDirectory();
        var command = LegoLite.Command("serve", "--data", Repository.Sample, "--listen", "http://0.0.0.0:0") with { Directory = temp.Path };

        var refused = command.Run();
        using var server = LegoLite.Serve(command with { Environment = [("LEGO_LITE_ALLOW_PLAINTEXT", "true")] });

        Assert.Equal([$"--listen:1:1: {Plaintext}"], refused.ErrorLines);
        Assert.Equal(1, refused.Status);
        Assert.StartsWith("http://0.0.0.0:", server.Address, StringComparison.Ordinal);
        Assert.Equal(204, Curl.Get($"{server.Address.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)}/certwarden/api/health").Status);
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_flags_over_both()
    {
        using var temp = new TempDirectory();
        temp.AddSample("of-file", "web.example.com");
        temp.AddSample("of-environment", "mail.example.com");
        temp.AddSample("of-flag", "k8s.example.com");
        var file = temp.Write("conf/lego-lite.yaml", """
            data: ../of-file
            listen: [http://127.0.0.1:1]
            base_paths: [/of-file, /also-of-file]
            log: {level: error, format: json}
            """);
        (string, string)[] environment =
        [
            ("LEGO_LITE_DATA", "of-environment"),
            ("LEGO_LITE_LISTEN__0", "http://127.0.0.1:0"),
            ("LEGO_LITE_LISTEN__1", "http://127.0.0.1:0"),
            ("LEGO_LITE_BASE_PATHS__1", "/of-environment"),
            ("LEGO_LITE_LOG__LEVEL", "information"),
        ];
        Command Serve(params string[] flags) =>
            LegoLite.Command(["serve", "--config", file, .. flags]) with { Directory = temp.Path, Environment = environment };

        using var server = LegoLite.Serve(Serve());
        using var flagged = LegoLite.Serve(Serve("--data", "of-flag", "--listen", "http://[::1]:0"));

        Assert.Equal(2, server.Addresses.Count());
        foreach (var address in server.Addresses)
        {
            var body = Curl.Get($"{address}/of-file/api/v1/download/privatekeys/mail.example.com", "-H", "apiKey: mail-key-0123456789abcdef");
            Assert.Equal(Sample.Named("mail").Key, body.Text);
            Assert.Equal(204, Curl.Get($"{address}/of-environment/api/health").Status);
            Assert.Equal(404, Curl.Get($"{address}/also-of-file/api/health").Status);
            Assert.Equal(404, Curl.Get($"{address}/certwarden/api/health").Status);
        }

        // The level is of the environment; the format beside it stays the file's.
        server.WaitForLog("\"mail.example.com\"");

        Assert.StartsWith("http://[::1]:", Assert.Single(flagged.Addresses), StringComparison.Ordinal);
        var flaggedBody = Curl.Get($"{flagged.Address}/of-file/api/v1/download/privatekeys/k8s.example.com", "-H", "apiKey: k8s-key-0123456789abcdef");
        Assert.Equal(Sample.Named("k8s").Key, flaggedBody.Text);
    }

    [Fact]
    public void Without_a_flag_the_config_of_the_working_directory_is_read()
    {
        using var temp = new TempDirectory();
        temp.AddSample("tree", "web.example.com");
        temp.Write("lego-lite.yaml", "data: tree\nlisten: ['http://127.0.0.1:0']\nbase_paths: [/]\n");

        using var server = LegoLite.Serve(LegoLite.Command() with { Directory = temp.Path });

        Assert.Equal(204, Curl.Get($"{server.Address}/api/health").Status);
        Assert.Equal("serving 1 private key and 1 certificate from tree: 0 errors, 0 warnings", server.OutputLines[^1]);
        Assert.Empty((LegoLite.Command("check") with { Directory = temp.Path }).RunWell().Output);
    }

    [Fact]
    public void Without_any_config_the_tree_is_data()
    {
        using var temp = new TempDirectory();
        temp.AddSample("data", "web.example.com");

        Assert.Contains("web.example.com", (LegoLite.Command("list") with { Directory = temp.Path }).RunWell().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_path_in_the_file_starts_at_the_file()
    {
        using var temp = new TempDirectory();
        temp.AddSample("conf/tree", "web.example.com");
        temp.AddSample("work/tree", "mail.example.com");
        temp.Write("conf/lego-lite.yaml", "data: ./tree\n");
        Directory.CreateDirectory(temp["work"]);

        var list = (LegoLite.Command("list", "--config", "../conf/lego-lite.yaml") with { Directory = temp["work"] }).RunWell();

        Assert.Equal("web.example.com", list.Lines[1].Split(' ')[0]);
    }

    [Fact]
    public void Links_lead_to_where_the_config_permits_it()
    {
        using var temp = new TempDirectory();
        var tree = temp.AddSample("tree", "web.example.com");
        var key = Path.Combine(tree, "privatekeys/web.example.com/privkey.pem");
        Directory.CreateDirectory(temp["elsewhere"]);
        File.Move(key, temp["elsewhere/privkey.pem"]);
        File.CreateSymbolicLink(key, temp["elsewhere/privkey.pem"]);
        temp.Write("lego-lite.yaml", "data: tree\ndata_links: [elsewhere]\nlisten: ['http://127.0.0.1:0']\n");

        using var server = LegoLite.Serve(LegoLite.Command() with { Directory = temp.Path });

        Assert.Equal(Sample.Named("web").Key, server.Download("privatekeys/web.example.com", "web-key-0123456789abcdef").Text);
        Assert.Empty((LegoLite.Command("check") with { Directory = temp.Path }).RunWell().Output);
    }
}
