using System.Globalization;
using LeGo.Lite.Config;
using LeGo.Lite.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LeGo.Lite.Tests.Config;

public sealed class ConfigReaderTests : IDisposable
{
    private const string NoPlace = "this variable names no setting, or leaves a gap in a list; lists count from 0";
    private const string NotText = "write a text here, or remove it";
    private const string NotList = "write a list, as in [one, two]";
    private const string NotFlag = "write true or false";
    private const string NotDuration = "write a time span as 250ms, 30s, 5m or 1h";
    private const string NotPath = "write a path as /certwarden: a slash, then letters, digits and . _ ~ -";
    private const string TooLong = "this is longer than a day; write at most 24h";

    private const string Plaintext =
        "http:// on an address that is not loopback would send private keys in the clear; write https://, listen on 127.0.0.1, or set allow_plaintext: true if something in front of it adds TLS";

    private const string NoCertificate =
        "https:// needs the server's own certificate: set tls.certificate to the name of an item of the tree, or tls.fullchain and tls.privkey to files";

    private const string OneCertificate =
        "name the server's own certificate: either certificate, an item of the tree, or both fullchain and privkey, two files";

    private const string NotNumber = "write a whole number, 0 or more";
    private const string NotProxy = "write the address of a proxy, as 10.0.0.1 or \"fd00::1\", or a network, as 10.0.0.0/8";

    private readonly TempTree tree = new();
    private readonly List<Problem> problems = [];

    public void Dispose() => tree.Dispose();

    [Fact]
    public void Every_setting_has_its_default()
    {
        var config = Read("")!;

        Assert.Equal(tree["data"], config.Data);
        Assert.Empty(config.DataLinks);
        Assert.Equal(["http://127.0.0.1:4050"], Shown(config));
        Assert.Equal(["/legocerthub", "/certwarden"], config.BasePaths);
        Assert.Equal((TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30)), (config.Debounce, config.Rescan));
        Assert.Equal((LogLevel.Information, LogFormat.Text), (config.LogLevel, config.LogFormat));
        Assert.Null(config.Tls);
        Assert.Equal(30, config.FailedLoginsPerMinute);
        Assert.Empty(config.TrustedProxies);
        Assert.Empty(problems);
    }

    [Fact]
    public void Without_a_file_the_data_directory_is_in_the_working_directory()
    {
        Assert.False(File.Exists("lego-lite.yaml") || File.Exists("/etc/lego-lite/lego-lite.yaml"), "these tests need a place without a config file");

        var config = ConfigReader.Read(new(null, null, []), [], problems)!;

        Assert.Equal("data", config.Data);
        Assert.Empty(problems);
    }

    [Fact]
    public void Every_setting_can_be_given()
    {
        var config = Read(
            """
            data: /srv/data
            data_links: [/etc/letsencrypt, links]
            listen: ["http://0.0.0.0:80", "http://[::1]:4050", "https://0.0.0.0"]
            allow_plaintext: true
            base_paths: [/, /a/b, /c/]
            tls:
              fullchain: /srv/fullchain.pem
              privkey: privkey.pem
              client_ca: clients/ca.pem
            failed_logins_per_minute: 0
            trusted_proxies: [10.0.0.1, "::1", 192.168.0.0/16, "fd00::/8", "::ffff:10.0.0.2"]
            reload:
              debounce: 1s
              rescan: 24h
            log:
              level: warning
              format: json
            """)!;

        Assert.Empty(problems);
        Assert.Equal("/srv/data", config.Data);
        Assert.Equal(["/etc/letsencrypt", tree["links"]], config.DataLinks);
        Assert.Equal(["http://0.0.0.0:80", "http://[::1]:4050", "https://0.0.0.0:443"], Shown(config));
        Assert.Equal(
            (null, "/srv/fullchain.pem", tree["privkey.pem"], tree["clients/ca.pem"]),
            (config.Tls!.Certificate, config.Tls.Fullchain!.Value, config.Tls.Privkey!.Value, config.Tls.ClientCa!.Value));
        Assert.Equal(0, config.FailedLoginsPerMinute);
        Assert.Equal(
            ["10.0.0.1/32", "::1/128", "192.168.0.0/16", "fd00::/8", "10.0.0.2/32"], config.TrustedProxies.Select(network => network.ToString()));
        Assert.Equal(["/", "/a/b", "/c/"], config.BasePaths);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), (config.Debounce, config.Rescan));
        Assert.Equal((LogLevel.Warning, LogFormat.Json), (config.LogLevel, config.LogFormat));
    }

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("information", LogLevel.Information)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    public void Log_levels(string level, LogLevel expected) => Assert.Equal(expected, Read($"log: {{level: {level}}}")!.LogLevel);

    [Theory]
    [InlineData("text", nameof(LogFormat.Text))]
    [InlineData("json", nameof(LogFormat.Json))]
    [InlineData("systemd", nameof(LogFormat.Systemd))]
    public void Log_formats(string format, string expected) => Assert.Equal(expected, Read($"log: {{format: {format}}}")!.LogFormat.ToString());

    [Theory]
    [InlineData("1ms", 1)]
    [InlineData("90s", 90_000)]
    [InlineData("5m", 300_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("86400000ms", 86_400_000)]
    public void Intervals(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read($"reload: {{rescan: {text}}}")!.Rescan);

    [Theory]
    [InlineData("data: [a]", "1:7: error: " + NotText)]
    [InlineData("data:", "1:6: error: " + NotText)]
    [InlineData("data_links: /etc", "1:13: error: " + NotList)]
    [InlineData("data_links: [a, ~]", "1:17: error: " + NotText)]
    [InlineData("listen: http://127.0.0.1:1", "1:9: error: " + NotList)]
    [InlineData("listen: []", "1:9: error: name at least one address")]
    [InlineData("listen: [x]", "1:10: error: write an address as http://127.0.0.1:4050 or https://0.0.0.0:4051")]
    [InlineData("listen: ['https://127.0.0.1:1']", "1:10: error: " + NoCertificate)]
    [InlineData("tls: {}", "1:6: error: " + OneCertificate)]
    [InlineData("tls: {client_ca: ca.pem}", "1:6: error: " + OneCertificate)]
    [InlineData("tls: {fullchain: a}", "1:6: error: " + OneCertificate)]
    [InlineData("tls: {privkey: a}", "1:6: error: " + OneCertificate)]
    [InlineData("tls: {certificate: a, privkey: b}", "1:6: error: " + OneCertificate)]
    [InlineData("tls: {certificate: a, fullchain: b, privkey: c}", "1:6: error: " + OneCertificate)]
    [InlineData("tls: {certificate: ~}", "1:20: error: " + NotText)]
    [InlineData("tls: {fullchain: '', privkey: ''}", "1:18: error: write the path of a file", "1:31: error: write the path of a file")]
    [InlineData("tls: {certificate: a, key: b}", "1:23: error: unknown key. Known here: certificate, fullchain, privkey, client_ca")]
    [InlineData("tls: lego", "1:6: error: write keys and values below this key")]
    [InlineData("failed_logins_per_minute: -1", "1:27: error: " + NotNumber)]
    [InlineData("failed_logins_per_minute: 1.5", "1:27: error: " + NotNumber)]
    [InlineData("failed_logins_per_minute: many", "1:27: error: " + NotNumber)]
    [InlineData("failed_logins_per_minute: 99999999999", "1:27: error: " + NotNumber)]
    [InlineData("trusted_proxies: 10.0.0.1", "1:18: error: " + NotList)]
    [InlineData("trusted_proxies: [proxy, 10.0.0.0/33, '', '::1/x']", "1:19: error: " + NotProxy, "1:26: error: " + NotProxy, "1:39: error: " + NotProxy, "1:43: error: " + NotProxy)]
    [InlineData("trusted_proxies: [10, 010.0.0.1, 010.0.0.0/8, 10.1]", "1:19: error: " + NotProxy, "1:23: error: " + NotProxy, "1:34: error: " + NotProxy, "1:47: error: " + NotProxy)]
    [InlineData("listen: ['http://0.0.0.0:1']", "1:10: error: " + Plaintext)]
    [InlineData("listen:\n- http://127.0.0.1:1\n- http://[::]:1\n- http://10.0.0.1:1\nallow_plaintext: false", "3:3: error: " + Plaintext, "4:3: error: " + Plaintext)]
    [InlineData("allow_plaintext: yes", "1:18: error: " + NotFlag)]
    [InlineData("base_paths: /a", "1:13: error: " + NotList)]
    [InlineData("base_paths: []", "1:13: error: name at least one path; write / for no prefix")]
    [InlineData("base_paths: [a, '', /ok, /b c, '/d?', '/%41', /../x, /., /é]", "1:14: error: " + NotPath, "1:17: error: " + NotPath, "1:26: error: " + NotPath, "1:32: error: " + NotPath, "1:39: error: " + NotPath, "1:47: error: " + NotPath, "1:54: error: " + NotPath, "1:58: error: " + NotPath)]
    [InlineData("reload: 30s", "1:9: error: write keys and values below this key")]
    [InlineData("reload: {debounce: 0ms}", "1:20: error: " + NotDuration)]
    [InlineData("reload: {rescan: 30}", "1:18: error: " + NotDuration)]
    [InlineData("reload: {rescan: -30s}", "1:18: error: " + NotDuration)]
    [InlineData("reload: {rescan: 1.5s}", "1:18: error: " + NotDuration)]
    [InlineData("reload: {rescan: 1d}", "1:18: error: " + NotDuration)]
    [InlineData("reload: {rescan: 30 s}", "1:18: error: " + NotDuration)]
    [InlineData("reload: {rescan: 30S}", "1:18: error: " + NotDuration)]
    [InlineData("reload: {rescan: 99999999999999999999h}", "1:18: error: " + NotDuration)]
    [InlineData("reload: {debounce: 25h, rescan: 86400001ms}", "1:20: error: " + TooLong, "1:33: error: " + TooLong)]
    [InlineData("reload: {rescna: 1s}", "1:10: error: unknown key; did you mean rescan? Known here: debounce, rescan")]
    [InlineData("log: {level: none}", "1:14: error: write one of: trace, debug, information, warning, error")]
    [InlineData("log: {level: Information}", "1:14: error: write one of: trace, debug, information, warning, error")]
    [InlineData("log: {format: xml}", "1:15: error: write one of: text, json, systemd")]
    [InlineData("basepaths: [/a]", "1:1: error: unknown key; did you mean base_paths? Known here: data, data_links, listen, allow_plaintext, base_paths, tls, reload, failed_logins_per_minute, trusted_proxies, log")]
    [InlineData("data: a\ndata: b", "2:1: error: remove this key: it is there twice")]
    [InlineData("[data]", "1:1: error: write keys and values, as in key: value")]
    public void A_bad_setting_is_a_problem_with_its_place(string yaml, params string[] expected)
    {
        Assert.Null(Read(yaml));
        Assert.Equal(expected.Select(line => $"{tree["lego-lite.yaml"]}:{line}"), problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Every_problem_of_file_environment_and_flags_is_listed()
    {
        Assert.Null(Read("reload: {rescan: 0s}\nunknown: x\n", ["--listen http://1.1.1.1:1"], ("LEGO_LITE_LOG__LEVEL", "loud"), ("LEGO_LITE_BASE_PATHS__0", "x"), ("LEGO_LITE_NONSENSE", "1")));

        Assert.Equal(
            [
                $"--listen:1:1: error: {Plaintext}",
                $"{tree["lego-lite.yaml"]}:1:18: error: {NotDuration}",
                $"{tree["lego-lite.yaml"]}:2:1: error: unknown key. Known here: data, data_links, listen, allow_plaintext, base_paths, tls, reload, failed_logins_per_minute, trusted_proxies, log",
                "LEGO_LITE_BASE_PATHS__0:1:1: error: " + NotPath,
                "LEGO_LITE_LOG__LEVEL:1:1: error: write one of: trace, debug, information, warning, error",
                "LEGO_LITE_NONSENSE:1:1: error: unknown key. Known here: data, data_links, listen, allow_plaintext, base_paths, tls, reload, failed_logins_per_minute, trusted_proxies, log",
            ],
            problems.Select(problem => problem.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_flags_over_both()
    {
        const string Yaml = "data: file\nlisten: ['http://127.0.0.1:1']\nlog: {level: error, format: json}\n";

        var file = Read(Yaml)!;
        Assert.Equal((tree["file"], LogLevel.Error, LogFormat.Json), (file.Data, file.LogLevel, file.LogFormat));

        (string, string)[] environment = [("LEGO_LITE_DATA", "environment"), ("LEGO_LITE_LISTEN__0", "http://127.0.0.1:2"), ("LEGO_LITE_LOG__LEVEL", "debug")];
        var environmental = Read(Yaml, [], environment)!;
        Assert.Equal(("environment", LogLevel.Debug, LogFormat.Json), (environmental.Data, environmental.LogLevel, environmental.LogFormat));
        Assert.Equal(["http://127.0.0.1:2"], Shown(environmental));

        var flagged = Read(Yaml, ["--data flag", "--listen http://127.0.0.1:3", "--listen http://127.0.0.1:4"], environment)!;
        Assert.Equal("flag", flagged.Data);
        Assert.Equal(["http://127.0.0.1:3", "http://127.0.0.1:4"], Shown(flagged));
        Assert.Empty(problems);
    }

    [Fact]
    public void A_flag_hides_what_is_wrong_below_it()
    {
        Assert.NotNull(Read("data: [a]\nlisten: nonsense\n", ["--data d", "--listen http://127.0.0.1:3"], ("LEGO_LITE_LISTEN", "x")));
        Assert.Empty(problems);
    }

    [Fact]
    public void Every_setting_has_its_variable()
    {
        var config = Read(
            "",
            [],
            ("LEGO_LITE_DATA", "d"),
            ("LEGO_LITE_DATA_LINKS__0", "l"),
            ("LEGO_LITE_LISTEN__0", "http://0.0.0.0:1"),
            ("LEGO_LITE_ALLOW_PLAINTEXT", "true"),
            ("LEGO_LITE_BASE_PATHS__0", "/b"),
            ("LEGO_LITE_TLS__FULLCHAIN", "f"),
            ("LEGO_LITE_TLS__PRIVKEY", "p"),
            ("LEGO_LITE_TLS__CLIENT_CA", "c"),
            ("LEGO_LITE_FAILED_LOGINS_PER_MINUTE", "4"),
            ("LEGO_LITE_TRUSTED_PROXIES__0", "10.0.0.1"),
            ("LEGO_LITE_RELOAD__DEBOUNCE", "2ms"),
            ("LEGO_LITE_RELOAD__RESCAN", "3m"),
            ("LEGO_LITE_LOG__LEVEL", "trace"),
            ("LEGO_LITE_LOG__FORMAT", "systemd"),
            ("PATH", "/bin"),
            ("lego_lite_data", "not this"),
            ("LEGO_LITE", "not this"))!;

        Assert.Empty(problems);
        Assert.Equal("d", config.Data);
        Assert.Equal(["l"], config.DataLinks);
        Assert.Equal(["http://0.0.0.0:1"], Shown(config));
        Assert.Equal(["/b"], config.BasePaths);
        Assert.Equal(("f", "p", "c"), (config.Tls!.Fullchain!.Value, config.Tls.Privkey!.Value, config.Tls.ClientCa!.Value));
        Assert.Equal("LEGO_LITE_TLS__FULLCHAIN", config.Tls.Fullchain.Mark.File);
        Assert.Equal("item", Read("", [], ("LEGO_LITE_TLS__CERTIFICATE", "item"))!.Tls!.Certificate!.Value);
        Assert.Equal((4, "10.0.0.1/32"), (config.FailedLoginsPerMinute, config.TrustedProxies.Single().ToString()));
        Assert.Equal((TimeSpan.FromMilliseconds(2), TimeSpan.FromMinutes(3)), (config.Debounce, config.Rescan));
        Assert.Equal((LogLevel.Trace, LogFormat.Systemd), (config.LogLevel, config.LogFormat));
    }

    [Fact]
    public void Lists_are_set_by_index_in_the_order_of_numbers()
    {
        var variables = Enumerable.Range(0, 12).Reverse().Select(i => ($"LEGO_LITE_BASE_PATHS__{i}", $"/{i}"));

        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"/{i}"), Read("", [], [.. variables])!.BasePaths);
    }

    [Fact]
    public void An_index_replaces_what_the_file_has_there_or_follows_its_end()
    {
        Assert.Equal(["/a", "/B", "/c"], Read("base_paths: [/a, /b, /c]", [], ("LEGO_LITE_BASE_PATHS__1", "/B"))!.BasePaths);
        Assert.Equal(["/a", "/x", "/y"], Read("base_paths: [/a]", [], ("LEGO_LITE_BASE_PATHS__2", "/y"), ("LEGO_LITE_BASE_PATHS__1", "/x"))!.BasePaths);
        Assert.Equal(["/x"], Read("", [], ("LEGO_LITE_BASE_PATHS__0", "/x"))!.BasePaths);
    }

    [Theory]
    [InlineData("LEGO_LITE_PORT")]
    [InlineData("LEGO_LITE_PORT_4050_TCP_ADDR")]
    [InlineData("LEGO_LITE_SERVICE_HOST")]
    [InlineData("LEGO_LITE_SERVICE_PORT_HTTP")]
    public void What_Kubernetes_sets_for_a_service_of_this_name_is_no_setting(string name) =>
        Assert.NotNull(Read("", [], (name, "tcp://10.0.0.1:4050")));

    [Theory]
    [InlineData("LEGO_LITE_DATA", "", NotText)]
    [InlineData("LEGO_LITE_LISTEN", "http://127.0.0.1:1", NotList)]
    [InlineData("LEGO_LITE_LISTEN__0", "", NotText)]
    [InlineData("LEGO_LITE_LISTEN__X", "http://127.0.0.1:1", NotList)]
    [InlineData("LEGO_LITE_LISTEN__0__0", "http://127.0.0.1:1", NotText)]
    [InlineData("LEGO_LITE_LISTEN__-1", "http://127.0.0.1:1", NotList)]
    [InlineData("LEGO_LITE_LISTEN__99999999999", "http://127.0.0.1:1", NotList)]
    [InlineData("LEGO_LITE_ALLOW_PLAINTEXT", "1", NotFlag)]
    [InlineData("LEGO_LITE_ALLOW_PLAINTEXT", "", NotFlag)]
    [InlineData("LEGO_LITE_RELOAD", "30s", "write keys and values below this key")]
    [InlineData("LEGO_LITE_RELOAD__RESCAN", "soon", NotDuration)]
    [InlineData("LEGO_LITE_DATA__0", "x", NotText)]
    [InlineData("LEGO_LITE_LISTEN__1", "http://127.0.0.1:1", NoPlace)]
    [InlineData("LEGO_LITE_A__A__A__A__A__A__A__A__A", "x", NoPlace)]
    [InlineData("LEGO_LITE_LOG__LVL", "debug", "unknown key; did you mean level? Known here: level, format")]
    [InlineData("LEGO_LITE_", "x", "unknown key. Known here: data, data_links, listen, allow_plaintext, base_paths, tls, reload, failed_logins_per_minute, trusted_proxies, log")]
    [InlineData("LEGO_LITE_0", "x", "unknown key. Known here: data, data_links, listen, allow_plaintext, base_paths, tls, reload, failed_logins_per_minute, trusted_proxies, log")]
    [InlineData("LEGO_LITE_0__0", "x", "unknown key. Known here: data, data_links, listen, allow_plaintext, base_paths, tls, reload, failed_logins_per_minute, trusted_proxies, log")]
    public void A_bad_variable_is_a_problem_that_names_it(string name, string value, string text)
    {
        Assert.Null(Read("", [], (name, value)));
        Assert.Equal([$"{name}:1:1: error: {text}"], problems.Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData("data: d", "d")]
    [InlineData("data: ./d", "d")]
    [InlineData("data: .//./d", "d")]
    [InlineData("data: ../outside", "../outside")]
    [InlineData("data: ./", "")]
    public void A_path_in_the_file_is_relative_to_the_file(string yaml, string expected)
    {
        Assert.Equal(Path.GetFullPath(tree[expected]).TrimEnd('/'), Path.GetFullPath(Read(yaml)!.Data));
        Assert.DoesNotContain("./", Read("data: ./d")!.Data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_path_from_outside_the_file_is_relative_to_the_working_directory(bool flag)
    {
        var config = flag ? Read("data: x", ["--data ./d"]) : Read("data: x", [], ("LEGO_LITE_DATA", "./d"), ("LEGO_LITE_DATA_LINKS__0", "l"));

        Assert.Equal("./d", config!.Data);
        Assert.Equal(flag ? [] : ["l"], config.DataLinks);
    }

    [Theory]
    [InlineData("missing.yaml", "there is no such file")]
    [InlineData("missing/lego-lite.yaml", "there is no such file")]
    [InlineData("directory", "this can't be opened as a file; is it a directory, or permission denied?")]
    [InlineData("large", "shorten the file: it may hold 64 KiB")]
    public void A_config_file_that_cannot_be_read_is_a_problem(string name, string text)
    {
        tree.Make("directory").Write("large", new byte[65_537]);

        Assert.Null(ConfigReader.Read(new(tree[name], null, []), [], problems));
        Assert.Equal([$"{tree[name]}:1:1: error: {text}"], problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void An_empty_config_file_name_is_a_problem()
    {
        Assert.Null(ConfigReader.Read(new("", null, []), [], problems));
        Assert.Equal([":1:1: error: there is no such file"], problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void A_config_file_that_is_not_UTF8_is_a_problem_with_its_place()
    {
        tree.Write("bad", [.. "data: d\n# "u8, 0xe9, (byte)'\n']);

        Assert.Null(ConfigReader.Read(new(tree["bad"], null, []), [], problems));
        Assert.Equal([$"{tree["bad"]}:2:3: error: save the file as UTF-8: these bytes are not"], problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void The_config_of_the_repository_is_good_and_says_the_defaults()
    {
        var config = ConfigReader.Read(new(Path.Combine(TempTree.Sample, "../lego-lite.yaml"), null, []), [], problems)!;
        var defaults = Read("")!;

        Assert.Empty(problems);
        Assert.Equal(TempTree.Sample, Path.GetFullPath(config.Data));
        Assert.Equal((defaults.Debounce, defaults.Rescan, defaults.LogLevel, defaults.LogFormat), (config.Debounce, config.Rescan, config.LogLevel, config.LogFormat));
        Assert.Equal(Shown(defaults), Shown(config));
        Assert.Equal(defaults.BasePaths, config.BasePaths);
    }

    private ServerConfig? Read(string yaml, string[]? flags = null, params (string Name, string Value)[] environment)
    {
        tree.Write("lego-lite.yaml", yaml);
        var given = (flags ?? []).Select(flag => flag.Split(' ')).ToLookup(flag => flag[0], flag => flag[1]);
        return ConfigReader.Read(
            new(tree["lego-lite.yaml"], given["--data"].SingleOrDefault(), [.. given["--listen"]]),
            environment.Select(variable => KeyValuePair.Create(variable.Name, variable.Value)),
            problems);
    }

    private static IEnumerable<string> Shown(ServerConfig config) => config.Listen.Select(address => string.Create(CultureInfo.InvariantCulture, $"{address}"));
}
