using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>Which order is served is decided at the moment of the request; no file is touched, no scan is due.</summary>
public sealed class ExpiryTests
{
    private const string ApiKey = "web-cert-0123456789abcdef";

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
        temp.Write("tree/certificates/web.example.com/certificate.yaml", $"api_key: {ApiKey}\n");
        using var server = LegoLite.Serve(temp["tree"], ("LEGO_LITE_RELOAD__RESCAN", "24h"));

        var seen = new List<string>();
        Wait.Until(
            () =>
            {
                var body = server.Download("certificates/web.example.com", ApiKey).Text;
                if (seen.LastOrDefault() != body)
                {
                    seen.Add(body);
                }

                return body == beginning;
            },
            () => "the third order is served");

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
}
