using System.Diagnostics;

namespace LeGo.Lite.Bench;

/// <summary>The native binary with default settings but for the level of its log and failed logins, which are answered without end, and a client that keeps its connection.</summary>
internal sealed class Server : IDisposable
{
    private const string Listening = "listening on ";

    private readonly long start = Stopwatch.GetTimestamp();
    private readonly Process process;
    private readonly HttpClient client = new();

    /// <param name="tree">What it serves.</param>
    /// <param name="logLevel">Warnings only where a line for every request would be the most of what is measured.</param>
    public Server(Tree tree, string logLevel = "warning")
    {
        // From another directory: the repository has a config file in its root.
        var info = new ProcessStartInfo(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" 2>/dev/null", Path.GetFullPath("artifacts/lego-lite"), "serve", "--data", tree.Path, "--listen", "http://127.0.0.1:0"])
        {
            WorkingDirectory = tree.Path,
            RedirectStandardOutput = true,
        };

        // All settings that are not the default.
        info.Environment.Clear();
        info.Environment["LEGO_LITE_LOG__LEVEL"] = logLevel;
        info.Environment["LEGO_LITE_FAILED_LOGINS_PER_MINUTE"] = "0";
        process = Process.Start(info)!;
    }

    public int Port => client.BaseAddress!.Port;

    /// <summary>Waits for the first download. Returns the seconds since the start.</summary>
    public async Task<double> FirstDownloadAsync(CancellationToken stop)
    {
        var line = await process.StandardOutput.ReadLineAsync(stop);
        if (line?.StartsWith(Listening, StringComparison.Ordinal) != true)
        {
            throw new IOException("lego-lite does not listen");
        }

        client.BaseAddress = new(line[Listening.Length..]);
        await CertificateAsync(0, stop);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Downloads a certificate.</summary>
    public async Task<string> CertificateAsync(int pair, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/legocerthub/api/v1/download/certificates/{Tree.Name(pair)}");
        request.Headers.Add("apiKey", Tree.ApiKey(pair));
        using var response = await client.SendAsync(request, stop);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(stop);
    }

    /// <summary>Seconds of CPU since the start, bytes in memory, now and at most.</summary>
    public (double Cpu, long Resident, long Peak) Usage()
    {
        process.Refresh();
        return (process.TotalProcessorTime.TotalSeconds, process.WorkingSet64, process.PeakWorkingSet64);
    }

    public void Dispose()
    {
        client.Dispose();
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
