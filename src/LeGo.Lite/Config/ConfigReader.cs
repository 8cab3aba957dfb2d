using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using LeGo.Lite.Yaml;

namespace LeGo.Lite.Config;

/// <summary>What the command line says about settings.</summary>
/// <param name="ConfigFile">Null: look in the usual places.</param>
/// <param name="Data">Null: not given.</param>
/// <param name="Listen">Empty: not given.</param>
internal sealed record ConfigFlags(string? ConfigFile, string? Data, IReadOnlyList<string> Listen);

/// <summary>File, environment and flags to one proven <see cref="ServerConfig"/>.</summary>
internal sealed class ConfigReader
{
    private const string NoDirectory = "write the path of a directory";

    // ::ffff:0:0/96 (RFC 4291, section 2.5.5.2).
    private const int MappedPrefix = 96;

    private static readonly string[] UsualPlaces = ["lego-lite.yaml", "/etc/lego-lite/lego-lite.yaml"];
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    private static readonly SearchValues<char> BasePathCharacters =
        SearchValues.Create("/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-");

    private readonly string? file;
    private readonly List<Problem> problems;

    private ConfigReader(string? file, List<Problem> problems) => (this.file, this.problems) = (file, problems);

    /// <summary>Null, with every problem listed, if anything is wrong.</summary>
    public static ServerConfig? Read(ConfigFlags flags, IEnumerable<KeyValuePair<string, string>> environment, List<Problem> problems)
    {
        var file = flags.ConfigFile ?? UsualPlaces.FirstOrDefault(IsThere);
        var settings = file is null ? new(new("lego-lite.yaml", Position.Start), []) : ReadFile(file, problems);
        if (settings is null)
        {
            return null;
        }

        settings = settings.WithEnvironment(environment, problems);
        if (flags.Data is { } data)
        {
            settings = settings.With("data", Flag("--data", data));
        }

        if (flags.Listen is { Count: > 0 } listen)
        {
            settings = settings.With("listen", new YamlSequence(new("--listen", Position.Start), [.. listen.Select(url => Flag("--listen", url))]));
        }

        return new ConfigReader(file, problems).Read(settings);
    }

    // A link that leads nowhere is there too: better an error than the defaults.
    private static bool IsThere(string path) => File.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static YamlScalar Flag(string name, string value) => new(new(name, Position.Start), value, Plain: false);

    private static YamlMapping? ReadFile(string file, List<Problem> problems)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var bytes = new byte[YamlReader.MaxBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return YamlReader.Read(file, bytes.AsSpan(0, length), problems);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add(Problem.Error(file, Position.Start, failure switch
            {
                // An empty name is an ArgumentException.
                FileNotFoundException or DirectoryNotFoundException or ArgumentException => "there is no such file",
                UnauthorizedAccessException => "this can't be opened as a file; is it a directory, or permission denied?",
                _ => "this file can't be read",
            }));
            return null;
        }
    }

    private ServerConfig? Read(YamlMapping settings)
    {
        // Asked for in the order in which SPEC lists them: an unknown key's advice names them so.
        var fields = new FieldReader(settings, problems);
        var data = fields.Text("data") is { } given ? Resolve(given, NoDirectory) : Resolve("data");
        var dataLinks = fields.TextList("data_links") ?? [];
        var listen = Listen(fields, hasTls: settings["tls"] is not null);
        var basePaths = BasePaths(fields);
        var tls = Tls(fields.Mapping("tls"));
        var reload = fields.Mapping("reload");
        var failedLogins = fields.Number("failed_logins_per_minute");
        var trustedProxies = TrustedProxies(fields);
        var log = fields.Mapping("log");

        var config = new ServerConfig(
            Data: data,
            DataLinks: [.. dataLinks.Select(path => Resolve(path, NoDirectory))],
            Listen: listen,
            BasePaths: basePaths,
            Tls: tls,
            Debounce: Interval(reload, "debounce") ?? TimeSpan.FromMilliseconds(250),
            Rescan: Interval(reload, "rescan") ?? TimeSpan.FromSeconds(30),
            FailedLoginsPerMinute: failedLogins ?? 30,
            TrustedProxies: trustedProxies,
            LogLevel: log?.Choice(
                "level",
                ("trace", LogLevel.Trace),
                ("debug", LogLevel.Debug),
                ("information", LogLevel.Information),
                ("warning", LogLevel.Warning),
                ("error", LogLevel.Error)) ?? LogLevel.Information,
            LogFormat: log?.Choice("format", ("text", LogFormat.Text), ("json", LogFormat.Json), ("systemd", LogFormat.Systemd)) ?? LogFormat.Text);

        fields.Finish();
        return problems.Exists(problem => problem.Severity == Severity.Error) ? null : config;
    }

    private ImmutableArray<ListenAddress> Listen(FieldReader fields, bool hasTls)
    {
        var listen = fields.TextList("listen");
        var allowPlaintext = fields.Flag("allow_plaintext") ?? false;
        if (listen is { IsEmpty: true })
        {
            fields.Error("listen", "name at least one address");
        }

        var addresses = ImmutableArray.CreateBuilder<ListenAddress>();
        foreach (var scalar in listen ?? [new(fields.Mark, "http://127.0.0.1:4050", Plain: true)])
        {
            if (ListenAddress.Parse(scalar.Value, out var fault) is not { } address)
            {
                Error(scalar.Mark, fault);
            }
            else if (address.IsTls && !hasTls)
            {
                Error(scalar.Mark, "https:// needs the server's own certificate: set tls.certificate to the name of an item of the tree, or tls.fullchain and tls.privkey to files");
            }
            else if (!address.IsTls && !address.IsLoopback && !allowPlaintext)
            {
                Error(scalar.Mark, "http:// on an address that is not loopback would send private keys in the clear; write https://, listen on 127.0.0.1, or set allow_plaintext: true if something in front of it adds TLS");
            }
            else if (addresses.Any(address.IsTakenBy))
            {
                Error(scalar.Mark, "this address is there twice; remove one");
            }
            else
            {
                addresses.Add(address);
            }
        }

        return addresses.DrainToImmutable();
    }

    private ImmutableArray<string> BasePaths(FieldReader fields)
    {
        var paths = fields.TextList("base_paths");
        if (paths is null)
        {
            return ["/legocerthub", "/certwarden"];
        }

        if (paths.Value.IsEmpty)
        {
            fields.Error("base_paths", "name at least one path; write / for no prefix");
        }

        foreach (var path in paths)
        {
            if (path.Value is not ['/', ..]
                || path.Value.AsSpan().ContainsAnyExcept(BasePathCharacters)
                || path.Value.Split('/').Any(segment => segment is "." or ".."))
            {
                Error(path.Mark, "write a path as /certwarden: a slash, then letters, digits and . _ ~ -");
            }
        }

        return [.. paths.Value.Select(path => path.Value)];
    }

    private TlsConfig? Tls(FieldReader? fields)
    {
        if (fields is null)
        {
            return null;
        }

        var certificate = fields.Text("certificate") is { } name ? new Setting(name.Value, name.Mark) : null;
        var (fullchain, privkey, clientCa) = (PathOf("fullchain"), PathOf("privkey"), PathOf("client_ca"));
        var (hasFullchain, hasPrivkey) = (fields.Has("fullchain"), fields.Has("privkey"));
        if (fields.Has("certificate") ? hasFullchain || hasPrivkey : !(hasFullchain && hasPrivkey))
        {
            Error(fields.Mark, "name the server's own certificate: either certificate, an item of the tree, or both fullchain and privkey, two files");
        }

        return new(certificate, fullchain, privkey, clientCa);

        Setting? PathOf(string key) => fields.Text(key) is { } path ? new(Resolve(path, "write the path of a file"), path.Mark) : null;
    }

    private ImmutableArray<IPNetwork> TrustedProxies(FieldReader fields)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var scalar in fields.TextList("trusted_proxies") ?? [])
        {
            if (Network(scalar.Value) is { } network)
            {
                networks.Add(network);
            }
            else
            {
                Error(scalar.Mark, "write the address of a proxy, as 10.0.0.1 or \"fd00::1\", or a network, as 10.0.0.0/8");
            }
        }

        return networks.DrainToImmutable();
    }

    /// <summary>An address is a network of one. One of IPv4 is taken as such, however it is written.</summary>
    private static IPNetwork? Network(string text)
    {
        // As it is usually written: 10 would be 0.0.0.10 here, and 010.0.0.1 would be 8.0.0.1.
        var first = text.Split('/')[0];
        if (!IPAddress.TryParse(first, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != first))
        {
            return null;
        }

        var network = first == text ? new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            : IPNetwork.TryParse(text, out var parsed) ? parsed
            : (IPNetwork?)null;
        return network is { BaseAddress: { IsIPv4MappedToIPv6: true } mapped, PrefixLength: >= MappedPrefix and var length }
            ? new(mapped.MapToIPv4(), length - MappedPrefix)
            : network;
    }

    private static TimeSpan? Interval(FieldReader? fields, string key)
    {
        var interval = fields?.Duration(key);
        if (interval > LongestInterval)
        {
            fields!.Error(key, "this is longer than a day; write at most 24h");
        }

        return interval;
    }

    private void Error(Mark mark, string text) => problems.Add(Problem.Error(mark.File, mark.Position, text));

    // A path in the file is relative to the file, one from the environment or a flag to the working directory.
    private string Resolve(YamlScalar path, string advice)
    {
        if (path.Value.Length == 0)
        {
            Error(path.Mark, advice);
        }

        return path.Mark.File == file ? Resolve(path.Value) : path.Value;
    }

    private string Resolve(string path)
    {
        while (path.StartsWith("./", StringComparison.Ordinal))
        {
            path = path[2..].TrimStart('/');
        }

        var directory = Path.GetDirectoryName(file) ?? "";
        return path.Length == 0 ? (directory.Length == 0 ? "." : directory) : Path.Combine(directory, path);
    }
}
