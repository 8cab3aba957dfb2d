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
    [InlineData(TlsSite.InTree, "4:20: error: the certificate named here has no valid order: add one, or mend what else is reported of it; " + GoesOn)]
    [InlineData(TlsSite.InFiles, "4:18: error: the certificate in this file has expired, or is not valid yet: renew it, or look at this machine's clock; " + GoesOn)]
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
        Wait.Until(() => site.OpenErrors == 0, () => $"every problem is cleared\n{site.Server.Log}");
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

        // It appears and is cleared by turns, each in a line that ends with it.
        bool IsOpen() => site.Server.LogLines.Count(line => line.EndsWith($"lego-lite.yaml:{problem}", StringComparison.Ordinal)) % 2 == 1;
    }

    /// <summary>In the directory <c>other</c> is another pair.</summary>
    [Theory]
    [InlineData(TlsSite.InFiles, "cp other/privkey.pem tls", "lego-lite.yaml:4:18: error: the private key in privkey is not the one that this certificate was issued for: put the two together that belong together; " + GoesOn)]
    [InlineData(TlsSite.InFiles, "cp other/fullchain.pem tls", "lego-lite.yaml:4:18: error: the private key in privkey is not the one that this certificate was issued for: put the two together that belong together; " + GoesOn)]
    [InlineData(TlsSite.InFiles, "truncate -s 100 tls/fullchain.pem", "tls/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InFiles, "truncate -s 100 tls/privkey.pem", "tls/privkey.pem:1:1: error: ")]
    [InlineData(TlsSite.InFiles, "echo nonsense > tls/privkey.pem", "tls/privkey.pem:1:1: error: ")]
    [InlineData(TlsSite.InFiles, "cat tls/privkey.pem >> tls/fullchain.pem", "tls/fullchain.pem:")]
    [InlineData(TlsSite.InFiles, "rm -r tls", "lego-lite.yaml:4:46: error: can't read the file named here: ")]
    [InlineData(TlsSite.InFiles, "rm -r tls", "lego-lite.yaml:4:18: error: the server's own certificate or its private key is broken: mend what else is reported of it; " + GoesOn)]
    [InlineData(TlsSite.InFiles, "rm tls/fullchain.pem; mkdir tls/fullchain.pem", "lego-lite.yaml:4:18: error: can't read the file named here: ")]
    [InlineData(TlsSite.InTree, "cp other/privkey.pem tree/privatekeys/lego.example.com", "first/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "cp other/fullchain.pem tree/certificates/lego.example.com/orders/first", "first/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "truncate -s 100 tree/certificates/lego.example.com/orders/first/fullchain.pem", "first/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "truncate -s 100 tree/privatekeys/lego.example.com/privkey.pem", "privkey.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "rm tree/privatekeys/lego.example.com/privkey.pem", "lego-lite.yaml:4:20: error: the newest valid order of the certificate named here has no private key: put one beside its chain, or into its private key item; " + GoesOn)]
    [InlineData(TlsSite.InTree, "rm -r tree/certificates/lego.example.com/orders", "lego-lite.yaml:4:20: error: the certificate named here has no valid order: add one, or mend what else is reported of it; " + GoesOn)]
    [InlineData(TlsSite.InTree, "rm -r tree/certificates/lego.example.com tree/privatekeys/lego.example.com", "lego-lite.yaml:4:20: error: no sound certificate of this name is in certificates/: add it, or mend what else is reported of it; " + GoesOn)]
    [InlineData(TlsSite.InTree, "echo nonsense >> tree/certificates/lego.example.com/certificate.yaml", "lego-lite.yaml:4:20: error: no sound certificate of this name is in certificates/: add it, or mend what else is reported of it; " + GoesOn)]
    [InlineData(TlsSite.InTree, "openssl genpkey -quiet -algorithm ed25519 -out k.pem; openssl req -x509 -key k.pem -subj /CN=x -out c.pem; d=tree/certificates/lego.example.com/orders/ed; mkdir $d.x; cp k.pem $d.x/privkey.pem; cp c.pem $d.x/fullchain.pem; mv $d.x $d", "lego-lite.yaml:4:20: error: the certificate named here can't be used for TLS, because OpenSSL refuses its key or a key or signature of its chain: take RSA of 2048 bits or more, or ECDSA on P-256, P-384 or P-521, and SHA-256 or better; " + GoesOn)]
    [InlineData(TlsSite.InFiles, "openssl req -x509 -nodes -subj /CN=x -newkey rsa:1024 -keyout tls/privkey.pem -out tls/fullchain.pem", "lego-lite.yaml:4:18: error: the certificate named here can't be used for TLS, because OpenSSL refuses its key or a key or signature of its chain: take RSA of 2048 bits or more, or ECDSA on P-256, P-384 or P-521, and SHA-256 or better; " + GoesOn)]
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
        Wait.Until(() => site.OpenErrors == 0, () => $"every problem is cleared\n{site.Server.Log}");
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
