using System.Collections.Concurrent;
using System.Net;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>The server's own certificate is renewed while clients download without pause: none of them notices.</summary>
public sealed class OwnRenewalLoadTests
{
    private delegate void Renewal(TlsSite site, int number, Pair pair);

    [Theory]
    [InlineData(TlsSite.InTree, 10)]
    [InlineData(TlsSite.InFiles, 6)]
    [InlineData("fullchain: live/fullchain.pem, privkey: live/privkey.pem", 4)]
    [InlineData("fullchain: mounted/tls.crt, privkey: mounted/tls.key", 4)]
    public async Task No_request_fails_and_each_handshake_shows_a_certificate_of_its_time(string tls, int renewals)
    {
        using var site = new TlsSite();
        var (first, ways) = Ways(tls);
        var leaves = new List<string> { TlsSite.LeafOf(first(site, site.Issue())) };
        site.Serve(tls, rescan: tls == TlsSite.InTree ? "1h" : "100ms");

        // By number: what is written, and what new connections certainly get.
        var (begun, done) = (0, 0);
        var wrong = new ConcurrentQueue<string>();
        using var stop = new CancellationTokenSource();
        using var kept1 = new TlsClient(site, HttpVersion.Version11, keepsConnection: true);
        using var kept2 = new TlsClient(site, HttpVersion.Version20, keepsConnection: true);
        using var new1 = new TlsClient(site, HttpVersion.Version11, keepsConnection: false);
        using var new2 = new TlsClient(site, HttpVersion.Version20, keepsConnection: false);
        TlsClient[] clients = [kept1, kept2, new1, new2];
        var served = new int[clients.Length];
        var running = clients.Select((client, i) => Task.Run(() => DownloadAsync(client, i), CancellationToken.None)).ToArray();
        try
        {
            WaitForAll();
            for (var i = 1; i <= renewals; i++)
            {
                var pair = site.Issue();
                lock (leaves)
                {
                    leaves.Add(TlsSite.LeafOf(pair));
                }

                Volatile.Write(ref begun, i);
                ways[i % ways.Length](site, i, pair);
                site.WaitForLeafOf(pair);
                Volatile.Write(ref done, i);
                WaitForAll();
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running);
        }

        Assert.Empty(wrong);
        Assert.All(clients[..2], client => Assert.Equal(1, client.Handshakes));
        Assert.All(clients[2..], client => Assert.Equal(leaves[^1], client.Leaf));
        Assert.All(clients[2..], client => Assert.InRange(client.Handshakes, renewals, int.MaxValue));
        Wait.Until(() => site.Renewals >= renewals, () => $"each renewal is logged\n{site.Server.Log}");
        Assert.Equal(renewals, site.Renewals);

        // Everybody gets something more twice: the second of them was begun after now.
        void WaitForAll()
        {
            var before = served.ToArray();
            Wait.Until(() => !wrong.IsEmpty || served.Zip(before).All(count => count.First >= count.Second + 2), () => $"all clients are served\n{site.Server.Log}");
        }

        async Task DownloadAsync(TlsClient client, int i)
        {
            while (!stop.IsCancellationRequested)
            {
                var (earliest, handshakes) = (Volatile.Read(ref done), client.Handshakes);
                try
                {
                    if (await client.DownloadAsync() is var answer && answer != (HttpStatusCode.OK, Web.NewerChain))
                    {
                        wrong.Enqueue($"client {i}: {answer}");
                    }
                }
                catch (HttpRequestException failure)
                {
                    wrong.Enqueue($"client {i}: {failure}");
                }

                lock (leaves)
                {
                    if (client.Handshakes > handshakes && leaves.IndexOf(client.Leaf) is var shown && (shown < earliest || shown > Volatile.Read(ref begun)))
                    {
                        wrong.Enqueue($"client {i}: certificate {shown} at the time of {earliest}");
                    }
                }

                served[i]++;
            }
        }
    }

    /// <summary>How the first certificate comes to its place, and how later ones do.</summary>
    private static (Func<TlsSite, Pair, Pair> First, Renewal[] Ways) Ways(string tls) => tls switch
    {
        TlsSite.InTree => ((site, pair) => site.WriteItem(pair), [CopyOrder, MoveOrder, OverwriteOrder, ReplaceOrder, ReplaceAllOrders]),
        TlsSite.InFiles => ((site, pair) => site.WriteFiles(pair), [Rename, Overwrite, RenameChainFirst]),
        _ when tls.Contains("live", StringComparison.Ordinal) => (ByFirst(MoveLinks), [MoveLinks]),
        _ => (ByFirst(SwapData), [SwapData]),
    };

    private static Func<TlsSite, Pair, Pair> ByFirst(Renewal way) => (site, pair) =>
    {
        way(site, 0, pair);
        return pair;
    };

    private static void MoveOrder(TlsSite site, int number, Pair pair) => site.WriteOrder($"order-{number}", pair);

    private static void CopyOrder(TlsSite site, int number, Pair pair)
    {
        site.Write($"copy/order-{number}/fullchain.pem", pair.Chain);
        site.Write($"copy/order-{number}/privkey.pem", pair.Key);
        TempDirectory.Copy(site[$"copy/order-{number}"], site[$"{TlsSite.Orders}/order-{number}"]);
    }

    /// <summary>In the place of the order before.</summary>
    private static void OverwriteOrder(TlsSite site, int number, Pair pair)
    {
        var order = site[$"{TlsSite.Orders}/order-{number - 1}"];
        File.WriteAllText($"{order}/privkey.pem", pair.Key);
        File.WriteAllText($"{order}/fullchain.pem", pair.Chain);
    }

    private static void ReplaceOrder(TlsSite site, int number, Pair pair)
    {
        var order = $"{TlsSite.Orders}/order-{number - 2}";
        site.Write($"{order}/fullchain.pem", pair.Chain);
        site.Write($"{order}/privkey.pem", pair.Key);
    }

    private static void ReplaceAllOrders(TlsSite site, int number, Pair pair) => site.ReplaceOrders($"order-{number}", pair);

    private static void Rename(TlsSite site, int number, Pair pair) => site.WriteFiles(pair);

    private static void RenameChainFirst(TlsSite site, int number, Pair pair)
    {
        site.Write(TlsSite.Chain, pair.Chain);
        site.Write(TlsSite.Key, pair.Key);
    }

    private static void Overwrite(TlsSite site, int number, Pair pair)
    {
        File.WriteAllText(site[TlsSite.Key], pair.Key);
        File.WriteAllText(site[TlsSite.Chain], pair.Chain);
    }

    /// <summary>As certbot does.</summary>
    private static void MoveLinks(TlsSite site, int number, Pair pair)
    {
        site.Write($"archive/privkey{number}.pem", pair.Key);
        site.Write($"archive/fullchain{number}.pem", pair.Chain);
        Directory.CreateDirectory(site["live"]);
        foreach (var file in new[] { "privkey", "fullchain" })
        {
            new Command("ln", "-sf", $"../archive/{file}{number}.pem", site[$"live/{file}.pem"]).RunWell();
        }
    }

    /// <summary>As Kubernetes does.</summary>
    private static void SwapData(TlsSite site, int number, Pair pair)
    {
        site.Write($"mounted/..{number}/tls.key", pair.Key);
        site.Write($"mounted/..{number}/tls.crt", pair.Chain);
        new Command("ln", "-s", $"..{number}", site["mounted/..data_tmp"]).RunWell();
        new Command("mv", "-T", site["mounted/..data_tmp"], site["mounted/..data"]).RunWell();
        if (number > 0)
        {
            Directory.Delete(site[$"mounted/..{number - 1}"], recursive: true);
            return;
        }

        new Command("ln", "-s", "..data/tls.key", "..data/tls.crt", site["mounted"]).RunWell();
    }
}
