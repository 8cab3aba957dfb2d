using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>The server's own certificate follows its source, or stays as it was with a problem; connections are not disturbed.</summary>
public sealed class OwnRenewalTests
{
    private const string GoesOn = "the one before goes on being used";

    [Fact]
    public void By_time_alone_an_order_that_expires_gives_way_to_the_next()
    {
        using var site = new TlsSite();
        var lasting = site.WriteItem(site.Issue());
        site.WriteOrder("expiring", site.Issue(until: DateTimeOffset.UtcNow.AddSeconds(5)));

        AssertIsUsedInTheEnd(site, lasting);
    }

    [Fact]
    public void By_time_alone_an_order_gives_way_to_a_newer_one_that_begins()
    {
        using var site = new TlsSite();
        site.WriteItem(site.Issue());
        var beginning = site.WriteOrder("beginning", site.Issue(from: DateTimeOffset.UtcNow.AddSeconds(5)));

        AssertIsUsedInTheEnd(site, beginning);
    }

    [Theory]
    [InlineData(TlsSite.InTree, "4:20: error: " + TlsFault.NoOrder + GoesOn)]
    [InlineData(TlsSite.InFiles, "4:18: error: " + TlsFault.Expired + GoesOn)]
    public void An_expired_one_goes_on_being_used_where_there_is_no_other(string tls, string problem)
    {
        using var site = new TlsSite();
        var first = site.Issue();
        _ = tls == TlsSite.InTree ? site.WriteItem(first) : site.WriteFiles(first);
        site.Serve(tls, rescan: tls == TlsSite.InTree ? "1h" : "200ms");

        WriteExpiring(seconds: 3);
        Assert.NotEqual(0, site.Curl(site.Url("certwarden/api/health")).Run().Status);

        var renewed = site.Issue();
        Replace("renewed", renewed);
        site.WaitForLeafOf(renewed);
        Wait.Until(() => site.Server.OpenErrors.Count == 0, () => $"every problem is cleared\n{site.Server.Log}");
        Assert.Equal(204, site.Get(site.Url("certwarden/api/health")).Status);

        void WriteExpiring(int seconds)
        {
            var until = DateTimeOffset.UtcNow.AddSeconds(seconds);
            var pair = site.Issue(until: until);
            Replace($"expiring-{seconds}", pair);

            // Some clients take its last second as valid.
            Wait.Until(() => DateTimeOffset.UtcNow > until.AddSeconds(1) && IsOpen(), () => $"it has expired\n{site.Server.Log}");

            // A slow machine may have read it too late.
            if (site.Leaf(isExpired: true) != TlsSite.LeafOf(pair))
            {
                WriteExpiring(2 * seconds);
            }
        }

        void Replace(string order, Pair pair)
        {
            if (tls == TlsSite.InTree)
            {
                site.ReplaceOrders(order, pair);
            }
            else
            {
                site.WriteFiles(pair);
            }
        }

        bool IsOpen() => site.Server.OpenErrors.Any(error => error.EndsWith($"lego-lite.yaml:{problem}", StringComparison.Ordinal));
    }

    /// <summary>In the directory <c>other</c> is another pair.</summary>
    [Theory]
    [InlineData(TlsSite.InFiles, "cp other/privkey.pem tls", "lego-lite.yaml:4:18: error: " + TlsFault.Mismatch + GoesOn)]
    [InlineData(TlsSite.InFiles, "cp other/fullchain.pem tls", "lego-lite.yaml:4:18: error: " + TlsFault.Mismatch + GoesOn)]
    [InlineData(TlsSite.InFiles, "truncate -s 100 tls/fullchain.pem", "tls/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InFiles, "truncate -s 100 tls/privkey.pem", "tls/privkey.pem:1:1: error: ")]
    [InlineData(TlsSite.InFiles, "echo nonsense > tls/privkey.pem", "tls/privkey.pem:1:1: error: ")]
    [InlineData(TlsSite.InFiles, "cat tls/privkey.pem >> tls/fullchain.pem", "tls/fullchain.pem:")]
    [InlineData(TlsSite.InFiles, "rm -r tls", "lego-lite.yaml:4:46: error: can't read the file named here: ")]
    [InlineData(TlsSite.InFiles, "rm -r tls", "lego-lite.yaml:4:18: error: " + TlsFault.Broken + GoesOn)]
    [InlineData(TlsSite.InFiles, "rm tls/fullchain.pem; mkdir tls/fullchain.pem", "lego-lite.yaml:4:18: error: can't read the file named here: ")]
    [InlineData(TlsSite.InTree, "cp other/privkey.pem tree/privatekeys/lego.example.com", "first/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "cp other/fullchain.pem tree/certificates/lego.example.com/orders/first", "first/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "truncate -s 100 tree/certificates/lego.example.com/orders/first/fullchain.pem", "first/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "truncate -s 100 tree/privatekeys/lego.example.com/privkey.pem", "privkey.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "rm tree/privatekeys/lego.example.com/privkey.pem", "lego-lite.yaml:4:20: error: " + TlsFault.NoKey + GoesOn)]
    [InlineData(TlsSite.InTree, "rm -r tree/certificates/lego.example.com/orders", "lego-lite.yaml:4:20: error: " + TlsFault.NoOrder + GoesOn)]
    [InlineData(TlsSite.InTree, "rm -r tree/certificates/lego.example.com tree/privatekeys/lego.example.com", "lego-lite.yaml:4:20: error: " + TlsFault.NoItem + GoesOn)]
    [InlineData(TlsSite.InTree, "echo nonsense >> tree/certificates/lego.example.com/certificate.yaml", "lego-lite.yaml:4:20: error: " + TlsFault.NoItem + GoesOn)]
    [InlineData(TlsSite.InTree, "openssl genpkey -quiet -algorithm ed25519 -out k.pem; openssl req -x509 -key k.pem -subj /CN=x -out c.pem; d=tree/certificates/lego.example.com/orders/ed; mkdir $d.x; cp k.pem $d.x/privkey.pem; cp c.pem $d.x/fullchain.pem; mv $d.x $d", "lego-lite.yaml:4:20: error: " + TlsFault.Unfit + GoesOn)]
    [InlineData(TlsSite.InFiles, "openssl req -x509 -nodes -subj /CN=x -newkey rsa:1024 -keyout tls/privkey.pem -out tls/fullchain.pem", "lego-lite.yaml:4:18: error: " + TlsFault.Unfit + GoesOn)]
    [InlineData(TlsSite.InFiles, TlsSite.SignWithSha1, "lego-lite.yaml:4:18: error: the certificate named here can't be used for TLS, ")]
    public void What_breaks_is_a_problem_and_the_last_good_one_stays(string tls, string breaks, string problem)
    {
        using var site = new TlsSite();
        var pair = site.Issue();
        _ = tls == TlsSite.InTree ? site.WriteItem(pair) : site.WriteFiles(pair);
        var other = site.Issue();
        site.Write("other/privkey.pem", other.Key);
        site.Write("other/fullchain.pem", other.Chain);
        site.Serve(tls);
        using var kept = site.Connect();

        site.Shell(breaks);
        site.Server.WaitForLog(problem);

        kept.AssertServes();
        site.AssertLeafOf(pair);
        Assert.Equal(0, site.Renewals);
        Assert.Equal(1, site.Command("check", tls).Run().Status);

        site.Shell("rm -rf tls tree/certificates/lego.example.com/orders/ed");
        var renewed = site.Issue();
        _ = tls == TlsSite.InTree ? site.WriteItem(renewed) : site.WriteFiles(renewed);
        site.WaitForLeafOf(renewed);
        Wait.Until(() => site.Server.OpenErrors.Count == 0, () => $"every problem is cleared\n{site.Server.Log}");
        kept.AssertServes();
        Assert.Equal(1, site.Renewals);
        _ = site.Command("check", tls).RunWell();
    }

    private static void AssertIsUsedInTheEnd(TlsSite site, Pair pair)
    {
        site.Serve(TlsSite.InTree, rescan: "1h");
        using var kept = site.Connect(isExpired: true);

        site.WaitForLeafOf(pair);
        kept.AssertServes();

        // On a slow machine it may be the first one that is used.
        var renewals = kept.Leaf == TlsSite.LeafOf(pair) ? 0 : 1;
        Wait.Until(() => site.Renewals >= renewals, () => $"it is logged\n{site.Server.Log}");
    }
}
