using System.Diagnostics;

namespace LeGo.Lite.Bench;

/// <summary>The native binary with default settings but for the level of its log and failed logins, which are answered without end, and a client that keeps its connection.</summary>
internal sealed class Server : IDisposable
{
    public const string Binary = "artifacts/lego-lite";
    private const string Listening = "listening on ";

    private readonly long start = Stopwatch.GetTimestamp();
    private readonly Process process;
    private readonly HttpClient client = new();

    /// <param name="tree">What it serves.</param>
    /// <param name="logLevel">Warnings only where a line for every request would be the most of what is measured.</param>
    /// <param name="log">The file that its log goes to.</param>
    /// <param name="isPinned">Whether it has but one core.</param>
    /// <param name="certificate">Its own, an item of the tree; without one there is no HTTPS.</param>
    public Server(Tree tree, string logLevel = "warning", string log = "/dev/null", bool isPinned = false, string? certificate = null)
    {
        // From another directory: the repository has a config file in its root.
        var info = new ProcessStartInfo("/bin/sh", ["-c", "log=$0; exec \"$@\" 2>\"$log\"", log])
        {
            WorkingDirectory = tree.Path,
            RedirectStandardOutput = true,
        };
        Add(isPinned ? ["taskset", "-c", Cores.Server] : []);
        Add([Path.GetFullPath(Binary), "serve", "--data", tree.Path, "--listen", "http://127.0.0.1:0"]);

        // All settings that are not the default.
        info.Environment.Clear();
        info.Environment["LEGO_LITE_LOG__LEVEL"] = logLevel;
        info.Environment["LEGO_LITE_FAILED_LOGINS_PER_MINUTE"] = "0";
        if (certificate is not null)
        {
            info.Environment["LEGO_LITE_TLS__CERTIFICATE"] = certificate;
            Add(["--listen", "https://127.0.0.1:0"]);
        }

        process = Process.Start(info)!;

        void Add(IEnumerable<string> arguments)
        {
            foreach (var argument in arguments)
            {
                info.ArgumentList.Add(argument);
            }
        }
    }

    /// <summary>Where it listens, once it has been waited for.</summary>
    public Uri Http => client.BaseAddress!;

    public int Port => Http.Port;

    /// <summary>Waits for the first download. Returns the seconds since the start.</summary>
    public async Task<double> FirstDownloadAsync(CancellationToken stop)
    {
        client.BaseAddress = await AddressAsync(stop);
        await CertificateAsync(0, stop);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The next address that it says it listens on.</summary>
    public async Task<Uri> AddressAsync(CancellationToken stop) =>
        await process.StandardOutput.ReadLineAsync(stop) is { } line && line.StartsWith(Listening, StringComparison.Ordinal)
            ? new(line[Listening.Length..])
            : throw new IOException("lego-lite does not listen");

    /// <summary>Downloads a certificate.</summary>
    public async Task<string> CertificateAsync(int pair, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Download.PathOf("certificates", Tree.Name(pair)));
        request.Headers.Add("apiKey", Tree.ApiKey(pair));
        using var response = await client.SendAsync(request, stop);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(stop);
    }

    public Usage Usage() => Bench.Usage.Of(process);

    public void Dispose()
    {
        client.Dispose();
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
