using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>Which order is served is decided at the moment of the request; no file is touched, no scan is due.</summary>
public sealed class ExpiryTests
{
    [Fact]
    public void An_order_gives_way_to_the_next_when_it_expires_and_to_a_newer_one_when_that_begins()
    {
        using var temp = new TempDirectory();
        using var key = RSA.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(Repository.Sample, "privatekeys/web.example.com/privkey.pem")));
        var now = DateTimeOffset.UtcNow;
        var lasting = Add("lasting", now.AddDays(-3), now.AddDays(3), createdAt: now.AddDays(-3));
        var expiring = Add("expiring", now.AddDays(-2), now.AddSeconds(3), createdAt: now.AddDays(-2));
        var beginning = Add("beginning", now.AddSeconds(6), now.AddDays(3), createdAt: now.AddDays(-1));
        temp.Write("tree/privatekeys/web.example.com/key.yaml", "api_key: web-key-0123456789abcdef\n");
        temp.Write("tree/certificates/web.example.com/certificate.yaml", $"api_key: {Web.CertificateApiKey}\n");
        using var server = LegoLite.Serve(temp["tree"], Reload.Rescan("24h"));

        var seen = new List<string>();
        Wait.Until(() => Look(server, seen, Web.Certificate, Web.CertificateApiKey) == beginning, () => "the third order is served");

        // A machine too slow to look while an order is the newest valid one can miss it, but not see another sequence.
        Assert.Equal(new[] { expiring, lasting, beginning }.Where(seen.Contains), seen);
        Assert.Contains(lasting, seen);

        string Add(string name, DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset createdAt)
        {
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(notBefore, notAfter);
            var pem = certificate.ExportCertificatePem() + "\n";
            temp.Write($"tree/certificates/web.example.com/orders/{name}/fullchain.pem", pem);
            temp.Write($"tree/certificates/web.example.com/orders/{name}/order.yaml", $"created_at: {createdAt:yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
            return pem;
        }
    }

    /// <summary>The private key item has no file of its own: its key is the one beside the newest valid order.</summary>
    [Fact]
    public void The_key_beside_an_order_comes_and_goes_with_it()
    {
        using var temp = new TempDirectory();
        var now = DateTimeOffset.UtcNow;
        Pair[] pairs =
        [
            Add(temp, "expiring", Pair.New("expiring", now.AddDays(-2), now.AddSeconds(3))),
            Add(temp, "lasting", Pair.New("lasting", now.AddDays(-3), now.AddDays(3))),
            Add(temp, "beginning", Pair.New("beginning", now.AddSeconds(6), now.AddDays(3))),
        ];
        using var server = LegoLite.Serve(temp["tree"], Reload.Rescan("24h"));

        var (keys, both) = (new List<string>(), new List<string>());
        Wait.Until(
            () => Look(server, keys, Web.PrivateKey, Web.KeyApiKey) == pairs[^1].Key
                & Look(server, both, "privatecertchains/web.example.com", Web.BothApiKeys) == pairs[^1].Both,
            () => "the third order is served");

        Assert.Equal(pairs.Select(pair => pair.Key).Where(keys.Contains), keys);
        Assert.Equal(pairs.Select(pair => pair.Both).Where(both.Contains), both);
        Assert.Contains(pairs[1].Key, keys);
        Assert.Contains(pairs[1].Both, both);
    }

    [Fact]
    public void What_is_kept_of_a_broken_order_goes_when_it_expires()
    {
        var now = DateTimeOffset.UtcNow;
        var expiring = Pair.New("expiring", now.AddDays(-2), now.AddSeconds(4));
        var lasting = Pair.New("lasting", now.AddDays(-3), now.AddDays(3));
        using var live = new LiveTree(temp =>
        {
            Add(temp, "expiring", expiring);
            Add(temp, "lasting", lasting);
            return temp["tree"];
        });

        live.Run("truncate", "-s", "100", live[$"{Web.Orders}/expiring/fullchain.pem"], live[$"{Web.Orders}/expiring/privkey.pem"]);
        live.Server.WaitForLog($"{live[Web.Orders]}/expiring/fullchain.pem:1:1: error: ");
        var seen = new List<string>();
        Wait.Until(
            () => Look(live.Server, seen, "privatecertchains/web.example.com", Web.BothApiKeys) == lasting.Both,
            () => $"the lasting order is served\n{live.Server.Log}");

        Assert.Equal(new[] { expiring.Both, lasting.Both }.Where(seen.Contains), seen);
        live.WaitForBody(lasting.Key, Web.PrivateKey, Web.KeyApiKey);
    }

    /// <summary>An order of web.example.com with its key beside it.</summary>
    private static Pair Add(TempDirectory temp, string order, Pair pair)
    {
        temp.Write($"tree/{Web.KeyYaml}", $"api_key: {Web.KeyApiKey}\n");
        temp.Write($"tree/{Web.CertificateYaml}", $"api_key: {Web.CertificateApiKey}\n");
        temp.Write($"tree/{Web.Orders}/{order}/privkey.pem", pair.Key);
        temp.Write($"tree/{Web.Orders}/{order}/fullchain.pem", pair.Chain);
        return pair;
    }

    /// <summary>Downloads, and keeps what differs from the download before.</summary>
    private static string Look(LegoLite server, List<string> seen, string download, string apiKey)
    {
        var body = server.Download(download, apiKey).Text;
        if (seen.LastOrDefault() != body)
        {
            seen.Add(body);
        }

        return body;
    }
}
