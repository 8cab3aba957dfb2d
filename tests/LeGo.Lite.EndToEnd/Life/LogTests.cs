using System.Text.Json;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

public sealed class LogTests
{
    private const string End = "-0123456789abcdef";

    /// <summary>A download, its API key, and what the log says of it: route, name, status, reason.</summary>
    private static readonly (string Download, string ApiKey, string Says)[] Attempts =
    [
        ("privatekeys/web.example.com", $"web-key{End}", "privatekeys web.example.com 200 served"),
        ("certificates/WEB.example.com", $"web-cert{End}", "certificates web.example.com 200 served"),
        ("privatecertchains/web.example.com", $"web-cert{End}.web-key{End}", "privatecertchains web.example.com 200 served"),
        ("privatecerts/web.example.com", $"web-cert{End}", "privatecerts web.example.com 401 wrong API key"),
        ("certrootchains/web.example.com", "", "certrootchains web.example.com 401 no API key"),
        ("certificates/nobody.example.com", $"web-cert{End}", "certificates - 401 no item of this name"),
        ("privatekeys/locked.example.com", $"locked-key{End}", "privatekeys locked.example.com 401 API key disabled"),
        ($"certificates/web.example.com/web-cert{End}", "", "certificates web.example.com 401 API key via URL not allowed"),
        ($"certificates/printer.example.com/printer-cert{End}/x", "", "certificates printer.example.com 200 served"),
        ("certificates/old.example.com", $"old-cert{End}", "certificates old.example.com 404 error: not found (certificate has no valid order)"),
        ("certrootchains/leaf-only.example.com", $"leaf-only-cert{End}", "certrootchains leaf-only.example.com 404 error: not found (order has no chain)"),
        ("privatekeys/offline.example.com", $"offline-key{End}", "privatekeys offline.example.com 404 error: not found (private key has no pem)"),
    ];

    [Fact]
    public void Each_attempt_is_one_information_line_with_its_true_reason()
    {
        var log = Serve();

        Assert.Equal(Attempts.Length, log.Length);
        foreach (var ((_, _, says), line) in Attempts.Zip(log))
        {
            Assert.Matches($@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z info: \S+ 127\.0\.0\.1 {Regex(says)} \d+\.\d\d ms$", line);
        }
    }

    [Fact]
    public void As_JSON_each_line_is_one_object_with_the_same_fields()
    {
        var log = Serve(("LEGO_LITE_LOG__FORMAT", "json"));

        Assert.Equal(Attempts.Length, log.Length);
        foreach (var ((_, _, says), line) in Attempts.Zip(log))
        {
            using var entry = JsonDocument.Parse(line);
            var state = entry.RootElement.GetProperty("State");
            Assert.Equal("Information", entry.RootElement.GetProperty("LogLevel").GetString());
            Assert.Equal("127.0.0.1", state.GetProperty("Client").GetString());
            Assert.Equal(says, $"{state.GetProperty("Route")} {state.GetProperty("Name")} {state.GetProperty("Status")} {state.GetProperty("Outcome")}");
            Assert.True(state.GetProperty("Milliseconds").GetDouble() >= 0);
        }
    }

    [Fact]
    public void For_systemd_each_line_begins_with_its_priority()
    {
        var log = Serve(("LEGO_LITE_LOG__FORMAT", "systemd"));

        Assert.Equal(Attempts.Length, log.Length);
        foreach (var ((_, _, says), line) in Attempts.Zip(log))
        {
            Assert.Matches($@"^<6>.* 127\.0\.0\.1 {Regex(says)} \d+\.\d\d ms$", line);
        }
    }

    [Theory]
    [InlineData("text", "^.* fail: .*: error: .*$")]
    [InlineData("json", "\"LogLevel\":\"Error\"")]
    [InlineData("systemd", "^<3>")]
    public void A_problem_of_the_tree_is_an_error_in_every_format(string format, string pattern)
    {
        using var temp = new TempDirectory();
        var tree = HostileTree.Make(temp, HostileTree.All["an empty API key"].Break);

        using var server = LegoLite.Serve(tree, ("LEGO_LITE_LOG__FORMAT", format), ("LEGO_LITE_LOG__LEVEL", "error"));
        _ = Curl.Get(server.Url("certificates/web.example.com"));

        Assert.Equal(0, server.Stop());
        var line = Assert.Single(server.LogLines);
        Assert.Matches(pattern, line);
        Assert.Contains("bad.example.com/key.yaml:1:10", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trace")]
    [InlineData("debug")]
    [InlineData("information")]
    public void Whatever_the_level_what_is_no_download_is_not_logged(string level)
    {
        using var temp = new TempDirectory();
        using var server = LegoLite.Serve(temp.AddSample("tree"), ("LEGO_LITE_LOG__LEVEL", level));
        _ = Curl.Get($"{server.Address}/legocerthub/api/health");
        _ = Curl.Get($"{server.Address}/favicon.ico");

        Assert.Equal(0, server.Stop());
        Assert.Empty(server.LogLines);
    }

    /// <summary>Makes each attempt and returns all that was logged.</summary>
    private static string[] Serve(params IReadOnlyList<(string, string)> settings)
    {
        using var temp = new TempDirectory();
        using var server = LegoLite.Serve(temp.AddSample("tree"), settings);
        foreach (var (download, apiKey, _) in Attempts)
        {
            _ = apiKey.Length > 0 ? server.Download(download, apiKey) : Curl.Get(server.Url(download));
        }

        Assert.Equal(0, server.Stop());
        return server.LogLines;
    }

    private static string Regex(string text) => System.Text.RegularExpressions.Regex.Escape(text);
}
