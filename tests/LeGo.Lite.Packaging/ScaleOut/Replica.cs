using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.ScaleOut;

/// <summary>A server with its own clone.</summary>
/// <param name="address">Where it listens, each time.</param>
/// <param name="clone">Its tree.</param>
/// <param name="certificate">Its own, an item of the tree.</param>
/// <param name="balancer">Whose word on who the client is counts.</param>
internal sealed class Replica(string address, string clone, string certificate, string balancer) : IDisposable
{
    private LegoLite? server;

    public string Clone => clone;

    public string Log => server?.Log ?? "";

    /// <summary>How many downloads it has answered since it was started.</summary>
    public int Served => server!.LogLines.Count(line => line.Contains(" 200 served ", StringComparison.Ordinal));

    public void Start() => server = LegoLite.Serve(LegoLite.Command("serve", "--data", clone, "--listen", address) with
    {
        Directory = clone,
        Environment = [("LEGO_LITE_TLS__CERTIFICATE", certificate), ("LEGO_LITE_TRUSTED_PROXIES__0", balancer)],
    });

    public void Pull() => Git.Run(clone, "pull", "-q", "--ff-only");

    /// <summary>As a new version is rolled out: it is told to stop, ends well, and is started again.</summary>
    public void Restart()
    {
        using (var old = server!)
        {
            Assert.Equal(0, old.Stop());
        }

        Start();
    }

    /// <summary>A download from this one and no other.</summary>
    public Response Download(string download, string apiKey) =>
        Curl.Get(address + LegoLite.Path(download), "--insecure", "-H", $"apiKey: {apiKey}");

    public void Dispose() => server?.Dispose();
}
