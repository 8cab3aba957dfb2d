using System.Buffers;
using System.Collections.Immutable;
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
        var data = fields.Text("data") is { } given ? Resolve(given) : Resolve("data");
        var dataLinks = fields.TextList("data_links") ?? [];
        var listen = Listen(fields);
        var basePaths = BasePaths(fields);
        var reload = fields.Mapping("reload");
        var log = fields.Mapping("log");

        var config = new ServerConfig(
            Data: data,
            DataLinks: [.. dataLinks.Select(Resolve)],
            Listen: listen,
            BasePaths: basePaths,
            Debounce: Interval(reload, "debounce") ?? TimeSpan.FromMilliseconds(250),
            Rescan: Interval(reload, "rescan") ?? TimeSpan.FromSeconds(30),
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

    private ImmutableArray<ListenAddress> Listen(FieldReader fields)
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
                Error(scalar, fault);
            }
            else if (!address.IsLoopback && !allowPlaintext)
            {
                Error(scalar, "http:// on an address that is not loopback would send private keys in the clear; listen on 127.0.0.1, or set allow_plaintext: true if something in front of it adds TLS");
            }
            else if (address.Port != 0 && addresses.Contains(address))
            {
                Error(scalar, "this address is there twice; remove one");
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
                Error(path, "write a path as /certwarden: a slash, then letters, digits and . _ ~ -");
            }
        }

        return [.. paths.Value.Select(path => path.Value)];
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

    private void Error(YamlScalar scalar, string text) => problems.Add(Problem.Error(scalar.Mark.File, scalar.Mark.Position, text));

    // A path in the file is relative to the file, one from the environment or a flag to the working directory.
    private string Resolve(YamlScalar path)
    {
        if (path.Value.Length == 0)
        {
            Error(path, "write the path of a directory");
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
