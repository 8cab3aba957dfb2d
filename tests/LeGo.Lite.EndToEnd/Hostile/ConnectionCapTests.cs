using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Hostile;

public sealed class ConnectionCapTests
{
    private static readonly byte[] Request =
        Encoding.ASCII.GetBytes($"GET {LegoLite.Path(Web.Certificate)} HTTP/1.1\r\nHost: x\r\napiKey: {Web.CertificateApiKey}\r\n\r\n");

    /// <summary>Three addresses, so that a cap for each would be more than there are descriptors.</summary>
    [Fact]
    public void Where_no_more_connections_fit_in_those_that_are_there_are_served_and_the_tree_is_read()
    {
        using var live = new LiveTree(
            temp => temp.AddSample("tree", "web.example.com"),
            (_, arguments) => new("sh", ["-c", "ulimit -n 200 && exec \"$0\" \"$@\"", Repository.Binary, .. arguments, "--listen", "http://127.0.0.1:0", "--listen", "http://127.0.0.1:0"]));
        using var stream = RawHttp.Open(live.Server.Address);
        Assert.Equal(Web.NewerChain, Download());

        using (var crowd = new Crowd(400, [.. live.Server.Addresses]))
        {
            // So many are too many: 128 of the 200 are for what is no connection.
            Wait.Until(() => crowd.Closed.Count == 400 - (200 - 128 - 1), () => $"the rest is closed: {crowd.Closed.Count}");
            Assert.All(crowd.Closed.Said, Assert.Empty);

            Directory.Delete(live[Web.NewerOrder], recursive: true);
            Wait.Until(() => Download() == Web.OlderChain, () => $"the change shows\n{live.Server.Log}");

            using var tooMany = new Crowd(50, [.. live.Server.Addresses]);
            Wait.Until(() => tooMany.Closed.Count == 50, () => "still no more fit in");
        }

        Wait.Until(() => CanConnect(live.Server), () => "there is room again");
        live.WaitForBody(Web.OlderChain);
        Assert.Equal(0, live.Server.Stop());

        // One line says so, however many were closed.
        Assert.Single(live.Server.LogLines, line => line.Contains("connections were closed at once: there may be 72, and 18 from one client", StringComparison.Ordinal));
        Assert.DoesNotContain(live.Server.LogLines, line => line.Contains("Kestrel", StringComparison.Ordinal));

        string Download()
        {
            stream.Write(Request);
            return RawHttp.ReadResponse(stream).Text;
        }
    }

    private static bool CanConnect(LegoLite server)
    {
        using var stream = RawHttp.Open(server.Address);
        try
        {
            stream.Write("GET /legocerthub/api/health HTTP/1.1\r\nHost: x\r\n\r\n"u8);
            return RawHttp.ReadHead(stream).Length > 0;
        }
        catch (IOException failure) when (RawHttp.IsReset(failure))
        {
            return false;
        }
    }
}
