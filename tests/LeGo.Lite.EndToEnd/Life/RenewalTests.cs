using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>A renewal with a new key comes in two steps, and the server reads the tree in between.</summary>
public sealed class RenewalTests
{
    private static readonly Pair Old = Pair.New("old", from: DateTimeOffset.UtcNow.AddDays(-20));
    private static readonly Pair New = Pair.New("new", from: DateTimeOffset.UtcNow.AddDays(-10));

    /// <summary>The key file of the private key item; the chain file of the order, or another order.</summary>
    [Theory]
    [InlineData("key", "chain")]
    [InlineData("chain", "key")]
    [InlineData("key", "order")]
    [InlineData("order", "key")]
    public void Half_done_it_serves_the_pair_before(string first, string second)
    {
        using var live = Serve(Web.KeyFile);
        AssertHalfDone(live, () => Do(first), () => Do(second));

        void Do(string step)
        {
            switch (step)
            {
                case "key":
                    Replace(live, Web.KeyFile, New.Key);
                    break;
                case "chain":
                    Replace(live, $"{Web.OlderOrder}/fullchain.pem", New.Chain);
                    break;
                default:
                    Directory.CreateDirectory(live.Beside("order"));
                    File.WriteAllText(live.Beside("order/fullchain.pem"), New.Chain);
                    live.Run("mv", "order", live[Web.NewerOrder]);
                    break;
            }
        }
    }

    [Theory]
    [InlineData("privkey.pem", "fullchain.pem")]
    [InlineData("fullchain.pem", "privkey.pem")]
    public void Half_done_beside_an_order_it_serves_the_pair_before(string first, string second)
    {
        using var live = Serve($"{Web.OlderOrder}/privkey.pem");
        AssertHalfDone(live, () => Do(first), () => Do(second));

        void Do(string file) => Replace(live, $"{Web.OlderOrder}/{file}", file == "privkey.pem" ? New.Key : New.Chain);
    }

    /// <summary>The key route follows the first certificate that has an order for the new key; the other one keeps its pair.</summary>
    [Fact]
    public void Of_two_certificates_with_one_key_each_serves_a_pair_at_any_time()
    {
        const string Twin = "certificates/twin.example.com";
        var twin = Pair.Again(Old);
        using var live = Serve(Web.KeyFile, temp =>
        {
            temp.Write($"tree/{Twin}/certificate.yaml", $"api_key: {Web.CertificateApiKey}\nprivate_key: web.example.com\n");
            temp.Write($"tree/{Twin}/orders/2026-01-01/fullchain.pem", twin.Chain);
        });
        AssertBoth(Old, twin);

        Replace(live, Web.KeyFile, New.Key);
        live.WaitForScans();
        AssertBoth(Old, twin);

        Replace(live, $"{Web.OlderOrder}/fullchain.pem", New.Chain);
        live.WaitForBody(New.Both, "privatecertchains/web.example.com", Web.BothApiKeys);
        AssertBoth(New, twin);

        var renewed = Pair.Again(New);
        Replace(live, $"{Twin}/orders/2026-01-01/fullchain.pem", renewed.Chain);
        live.WaitForBody(renewed.Both, "privatecertchains/twin.example.com", Web.BothApiKeys);
        AssertBoth(New, renewed);
        live.AssertNoErrors();

        void AssertBoth(Pair web, Pair twin)
        {
            AssertServed(live, web);
            Assert.Equal(twin.Both, live.Server.Download("privatecertchains/twin.example.com", Web.BothApiKeys).Text);
            Assert.Equal(twin.Chain, live.Server.Download(Twin, Web.CertificateApiKey).Text);
        }
    }

    /// <summary>One order with the old pair.</summary>
    private static LiveTree Serve(string keyFile, Action<TempDirectory>? more = null) => new(temp =>
    {
        temp.Write($"tree/{Web.KeyYaml}", $"api_key: {Web.KeyApiKey}\n");
        temp.Write($"tree/{keyFile}", Old.Key);
        temp.Write($"tree/{Web.CertificateYaml}", $"api_key: {Web.CertificateApiKey}\n");
        temp.Write($"tree/{Web.OlderOrder}/fullchain.pem", Old.Chain);
        more?.Invoke(temp);
        return temp["tree"];
    });

    /// <summary>Between its two steps the renewal does not show; after them it does.</summary>
    private static void AssertHalfDone(LiveTree live, Action first, Action second)
    {
        AssertServed(live, Old);

        first();
        live.WaitForScans();
        AssertServed(live, Old);

        second();
        live.WaitForBody(New.Both, "privatecertchains/web.example.com", Web.BothApiKeys);
        AssertServed(live, New);
        live.AssertNoErrors();
    }

    private static void Replace(LiveTree live, string file, string text)
    {
        File.WriteAllText(live.Beside("new.pem"), text);
        live.Run("mv", "new.pem", live[file]);
    }

    private static void AssertServed(LiveTree live, Pair pair)
    {
        Assert.Equal(pair.Both, live.Server.Download("privatecertchains/web.example.com", Web.BothApiKeys).Text);
        Assert.Equal(pair.Chain, live.Server.Download(Web.Certificate, Web.CertificateApiKey).Text);
        Assert.Equal(pair.Key, live.Server.Download(Web.PrivateKey, Web.KeyApiKey).Text);
    }
}
