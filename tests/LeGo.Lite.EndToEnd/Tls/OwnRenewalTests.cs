using System.Net;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>The server's own certificate follows its source, or stays as it was with a problem; connections are not disturbed.</summary>
public sealed class OwnRenewalTests
{
    private const string GoesOn = "the one before goes on being used";

    [Fact]
    public async Task By_time_alone_an_order_gives_way_to_the_next_and_to_a_newer_one()
    {
        using var site = new TlsSite();
        var now = DateTimeOffset.UtcNow;
        var lasting = site.WriteItem(site.Issue());
        var expiring = site.WriteOrder("expiring", site.Issue(until: now.AddSeconds(5)));
        var beginning = site.WriteOrder("beginning", site.Issue(from: now.AddSeconds(9)));
        site.Serve(TlsSite.InTree, rescan: "1h");
        using var kept = new TlsClient(site, HttpVersion.Version20, keepsConnection: true);
        using var alsoKept = site.Connect(isExpired: true);

        // A client may look again after the server has chosen.
        var seen = new List<string>();
        Wait.Until(() => Look() == TlsSite.LeafOf(beginning), () => $"the last one is used\n{site.Server.Log}");

        Assert.Equal(new[] { expiring, lasting, beginning }.Select(TlsSite.LeafOf).Where(seen.Contains), seen);
        Assert.Contains(TlsSite.LeafOf(lasting), seen);
        Assert.Equal((HttpStatusCode.OK, Web.NewerChain), await kept.DownloadAsync());
        Assert.Equal(1, kept.Handshakes);
        alsoKept.AssertServes();
        Wait.Until(() => site.Renewals == 2, () => $"both are logged\n{site.Server.Log}");

        string Look()
        {
            var leaf = site.Leaf(isExpired: true);
            if (seen.LastOrDefault() != leaf)
            {
                seen.Add(leaf);
            }

            return leaf;
        }
    }

    [Theory]
    [InlineData(TlsSite.InTree, "4:20: error: the certificate named here has no valid order; " + GoesOn)]
    [InlineData(TlsSite.InFiles, "4:18: error: the certificate in this file has expired, or is not valid yet; " + GoesOn)]
    public void An_expired_one_goes_on_being_used_where_there_is_no_other(string tls, string problem)
    {
        using var site = new TlsSite();
        var pair = site.Issue(until: DateTimeOffset.UtcNow.AddSeconds(4));
        _ = tls == TlsSite.InTree ? site.WriteItem(pair) : site.WriteFiles(pair);
        site.Serve(tls, rescan: tls == TlsSite.InTree ? "1h" : "200ms");

        site.Server.WaitForLog($"lego-lite.yaml:{problem}");
        site.AssertLeafOf(pair, isExpired: true);
        Assert.NotEqual(0, site.Curl(site.Url("certwarden/api/health")).Run().Status);

        var renewed = site.Issue();
        _ = tls == TlsSite.InTree ? site.WriteOrder("second", renewed) : site.WriteFiles(renewed);
        site.WaitForLeafOf(renewed);
        site.Server.WaitForLog($"cleared: {site["lego-lite.yaml"]}:{problem}");
        Assert.Equal(1, site.Renewals);
        Assert.Equal(204, site.Get(site.Url("certwarden/api/health")).Status);
    }

    /// <summary>In the directory <c>other</c> is another pair.</summary>
    [Theory]
    [InlineData(TlsSite.InFiles, "cp other/privkey.pem tls", "lego-lite.yaml:4:18: error: the private key in privkey is not the one that this certificate was issued for; " + GoesOn)]
    [InlineData(TlsSite.InFiles, "cp other/fullchain.pem tls", "lego-lite.yaml:4:18: error: the private key in privkey is not the one that this certificate was issued for; " + GoesOn)]
    [InlineData(TlsSite.InFiles, "truncate -s 100 tls/fullchain.pem", "tls/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InFiles, "truncate -s 100 tls/privkey.pem", "tls/privkey.pem:1:1: error: ")]
    [InlineData(TlsSite.InFiles, "echo nonsense > tls/privkey.pem", "tls/privkey.pem:1:1: error: ")]
    [InlineData(TlsSite.InFiles, "cat tls/privkey.pem >> tls/fullchain.pem", "tls/fullchain.pem:")]
    [InlineData(TlsSite.InFiles, "rm -r tls", "lego-lite.yaml:4:46: error: can't read the file named here: ")]
    [InlineData(TlsSite.InFiles, "rm -r tls", "lego-lite.yaml:4:18: error: the server's own certificate or its private key is broken; " + GoesOn)]
    [InlineData(TlsSite.InFiles, "rm tls/fullchain.pem; mkdir tls/fullchain.pem", "lego-lite.yaml:4:18: error: can't read the file named here: ")]
    [InlineData(TlsSite.InTree, "cp other/privkey.pem tree/privatekeys/lego.example.com", "first/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "cp other/fullchain.pem tree/certificates/lego.example.com/orders/first", "first/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "truncate -s 100 tree/certificates/lego.example.com/orders/first/fullchain.pem", "first/fullchain.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "truncate -s 100 tree/privatekeys/lego.example.com/privkey.pem", "privkey.pem:1:1: error: ")]
    [InlineData(TlsSite.InTree, "rm tree/privatekeys/lego.example.com/privkey.pem", "lego-lite.yaml:4:20: error: the newest valid order of the certificate named here has no private key; " + GoesOn)]
    [InlineData(TlsSite.InTree, "rm -r tree/certificates/lego.example.com/orders", "lego-lite.yaml:4:20: error: the certificate named here has no valid order; " + GoesOn)]
    [InlineData(TlsSite.InTree, "rm -r tree/certificates/lego.example.com tree/privatekeys/lego.example.com", "lego-lite.yaml:4:20: error: there is no certificate of this name in certificates/; " + GoesOn)]
    [InlineData(TlsSite.InTree, "echo nonsense >> tree/certificates/lego.example.com/certificate.yaml", "lego-lite.yaml:4:20: error: there is no certificate of this name in certificates/; " + GoesOn)]
    [InlineData(TlsSite.InTree, "openssl genpkey -quiet -algorithm ed25519 -out k.pem; openssl req -x509 -key k.pem -subj /CN=x -out c.pem; d=tree/certificates/lego.example.com/orders/ed; mkdir $d.x; cp k.pem $d.x/privkey.pem; cp c.pem $d.x/fullchain.pem; mv $d.x $d", "lego-lite.yaml:4:20: error: the private key of the certificate named here, or an issuer's, can't be used for TLS: take RSA of 2048 bits or more, or ECDSA on P-256, P-384 or P-521; " + GoesOn)]
    [InlineData(TlsSite.InFiles, "openssl req -x509 -nodes -subj /CN=x -newkey rsa:1024 -keyout tls/privkey.pem -out tls/fullchain.pem", "lego-lite.yaml:4:18: error: the private key of the certificate named here, or an issuer's, can't be used for TLS: take RSA of 2048 bits or more, or ECDSA on P-256, P-384 or P-521; " + GoesOn)]
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
}
