using System.Diagnostics;
using LeGo.Lite.EndToEnd.Support;

namespace LeGo.Lite.Packaging.ScaleOut;

/// <summary>HAProxy with packaging/haproxy/haproxy.cfg, whose addresses and files are those of a test.</summary>
internal sealed class Balancer : IDisposable
{
    private readonly string config;
    private readonly string log;
    private Process? process;

    /// <param name="temp">For its files.</param>
    /// <param name="network">Three numbers, in place of <c>10.0.0</c>.</param>
    /// <param name="own">What it shows its clients.</param>
    /// <param name="root">Whose certificates it takes from its servers.</param>
    public Balancer(TempDirectory temp, string network, Pair own, string root)
    {
        log = temp["haproxy.log"];
        temp.Write("haproxy/lego.pem", own.Both);
        temp.Write("haproxy/ca.pem", root);
        config = temp.Write(
            "haproxy/haproxy.cfg",
            File.ReadAllText(Path.Combine(Repository.Root, "packaging/haproxy/haproxy.cfg"))
                .Replace("10.0.0.", $"{network}.", StringComparison.Ordinal)
                .Replace("/etc/haproxy/", temp["haproxy/"], StringComparison.Ordinal));
    }

    public string Log => File.Exists(log) ? File.ReadAllText(log) : "";

    public void Start(string address)
    {
        // What it says about its servers is in a file: nobody has to read along.
        process = new Command("sh", "-c", "exec \"$0\" -db -f \"$1\" >\"$2\" 2>&1", "haproxy", config, log).Start();
        Wait.Until(
            () => process.HasExited || Curl.Command("--insecure", "-f", $"{address}/certwarden/api/health").Run().Status == 0,
            () => $"the balancer is up\n{Log}");
    }

    public void Dispose()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            process.WaitForExit();
        }

        process?.Dispose();
    }
}
