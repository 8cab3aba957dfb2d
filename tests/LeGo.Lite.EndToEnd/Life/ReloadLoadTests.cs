using System.Collections.Concurrent;
using System.Net;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>Clients download without pause while the tree changes.</summary>
public sealed class ReloadLoadTests
{
    private const int Clients = 4;
    private const int Flips = 6;

    /// <summary>Two versions of all items: where their orders are, and where the keys.</summary>
    [Theory]
    [InlineData("2026-01-01", "2026-01-01", false)]
    [InlineData("2026-01-01", "2026-03-01", false)]
    [InlineData("2026-01-01", "2026-01-01", true)]
    public void Every_download_is_a_whole_pair_while_git_flips_all_of_them(string oldOrder, string newOrder, bool keyBeside)
    {
        var (old, renewed) = (Fleet.New(60), Fleet.New(60));
        using var live = new LiveTree(
            temp =>
            {
                foreach (var (fleet, branch, order) in new[] { (renewed, "new", newOrder), (old, "old", oldOrder) })
                {
                    fleet.WriteTo(temp, "tree", new(order, keyBeside));
                    Git.Commit(temp["tree"], branch);
                }

                return temp["tree"];
            },
            settings: _ => [("LEGO_LITE_LOG__LEVEL", "warning")],
            debounce: 300);

        // What each client got last of each item, and everything that is neither of its pairs.
        var last = Enumerable.Range(0, Clients).Select(_ => new string[old.Items.Count]).ToArray();
        var wrong = new ConcurrentBag<string>();
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Start(() => Download(client))).ToArray();
        try
        {
            WaitForAll("old");
            for (var i = 0; i < Flips; i++)
            {
                var branch = i % 2 == 0 ? "new" : "old";
                Git.Run(live.Path, "checkout", "-q", branch);
                WaitForAll(branch);
            }
        }
        finally
        {
            stop.Cancel();
            Wait.Until(() => clients.All(client => client.IsCompleted), () => "the clients end");
        }

        Assert.Empty(wrong);
        Assert.All(clients, client => Assert.Null(client.Exception));
        live.AssertNoErrors();

        void WaitForAll(string branch) => Wait.Until(
            () => !wrong.IsEmpty || clients.Any(client => client.IsCompleted) || last.All(seen => seen.All(version => version == branch)),
            () => $"all clients get all {branch} pairs\n{live.Server.Log}");

        void Download(int client)
        {
            while (!stop.IsCancellationRequested)
            {
                for (var i = 0; i < old.Items.Count; i++)
                {
                    var (name, before) = old.Items[i];
                    var (status, body) = Fleet.Download(live.Server, name);
                    var seen = status != HttpStatusCode.OK ? null : body == before.Both ? "old" : body == renewed.Items[i].Pair.Both ? "new" : null;
                    if (seen is null)
                    {
                        wrong.Add($"{name}: {status}\n{body}");
                    }
                    else
                    {
                        last[client][i] = seen;
                    }
                }
            }
        }
    }

    /// <summary>On a thread of its own: the pool's are few, and each server that runs takes some.</summary>
    private static Task Start(Action run) => Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    [Fact]
    public void No_request_fails_while_the_tree_changes()
    {
        using var live = new LiveTree("web.example.com");
        var url = live.Server.Url(Web.Certificate);
        string[] request = ["-w", "\n%{http_code}\n", "-H", $"apiKey: {Web.CertificateApiKey}", .. Enumerable.Repeat(url, 100)];
        var seen = new HashSet<string>();

        for (var i = 0; i < 6; i++)
        {
            var (from, to) = (live[Web.NewerOrder], live[$"{Web.Orders}/.hidden"]);
            Directory.Move(i % 2 == 0 ? from : to, i % 2 == 0 ? to : from);
            var bodies = Curl.Run(request).Text.Split("\n200\n");
            Assert.Equal(101, bodies.Length);
            seen.UnionWith(bodies[..^1]);
            live.WaitForBody(i % 2 == 0 ? Web.OlderChain : Web.NewerChain);
            seen.UnionWith(Curl.Run(request).Text.Split("\n200\n")[..^1]);
        }

        Assert.Equal(new HashSet<string> { Web.OlderChain, Web.NewerChain }, seen);
    }
}
