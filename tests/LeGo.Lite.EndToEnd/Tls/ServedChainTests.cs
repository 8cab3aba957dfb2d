using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>Where the server's own certificate comes from, and what openssl is shown of it.</summary>
public sealed class ServedChainTests
{
    [Theory]
    [InlineData("RSA")]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    public void A_key_of_any_usual_kind_with_its_intermediates(string key)
    {
        using var site = new TlsSite();
        var pair = site.WriteItem(site.Issue(key: key));
        site.Serve(TlsSite.InTree);

        AssertShown(site, pair.Chain, "-tls1_2");
        AssertShown(site, pair.Chain, "-tls1_3");
    }

    [Theory]
    [InlineData("EC PRIVATE KEY", "P-256", "openssl ec")]
    [InlineData("RSA PRIVATE KEY", "RSA", "openssl rsa -traditional")]
    public void A_key_in_the_older_form(string label, string key, string convert)
    {
        using var site = new TlsSite();
        var pair = site.Issue(key: key);
        site.WriteFiles(pair);
        site.Shell($"{convert} -in {TlsSite.Key} -out {TlsSite.Key}");
        Assert.Contains($"BEGIN {label}", File.ReadAllText(site[TlsSite.Key]), StringComparison.Ordinal);
        site.Serve(TlsSite.InFiles);

        AssertShown(site, pair.Chain);
    }

    /// <summary>A client has it, or does not trust it.</summary>
    [Fact]
    public void A_root_in_the_file_is_not_sent()
    {
        using var site = new TlsSite();
        var pair = site.Issue();
        site.WriteFiles(pair with { Chain = pair.Chain + site.Authority.Root });
        site.Serve(TlsSite.InFiles);

        AssertShown(site, pair.Chain);
    }

    /// <summary>A new root that old clients don't know is sent in the form that an old root issued, though the system knows it as a root.</summary>
    [Fact]
    public void What_the_file_says_is_sent_whatever_the_system_trusts()
    {
        using var site = new TlsSite();
        using var old = new Authority("Old");
        var pair = site.Issue();
        var whole = pair.Chain + old.CrossSign(site.Authority);
        site.WriteFiles(pair with { Chain = whole });
        site.Write("old.pem", old.Root);
        site.Serve(TlsSite.InFiles, environment: [("SSL_CERT_FILE", site["root.pem"]), ("SSL_CERT_DIR", site["none"])]);

        AssertShown(site, whole);
        AssertShown(site, whole, "-CAfile", site["old.pem"]);
    }

    [Theory]
    [InlineData("certificate: LEGO.Example.com", "first")]
    [InlineData("certificate: lego.example.com", "own-key")]
    [InlineData("certificate: lego.example.com", "kubernetes")]
    public void An_item_of_the_tree(string tls, string form)
    {
        using var site = new TlsSite();
        var pair = site.WriteItem(site.Issue());
        switch (form)
        {
            case "own-key":
                pair = site.WriteOrder("second", site.Issue(key: "RSA"));
                break;
            case "kubernetes":
                File.Move(site[TlsSite.ItemKey], site[TlsSite.ItemKey.Replace("privkey.pem", "tls.key", StringComparison.Ordinal)]);
                File.Move(site[TlsSite.ItemChain], site[TlsSite.ItemChain.Replace("fullchain.pem", "tls.crt", StringComparison.Ordinal)]);
                break;
        }

        site.Serve(tls);

        AssertShown(site, pair.Chain);
        Assert.Equal(pair.Chain, site.Get(site.Download("certificates/lego.example.com"), "-H", "apiKey: lego-cert-0123456789abcdef").Text);
        Assert.All(site.Server.LogLines, line => Assert.Contains(" 200 served ", line, StringComparison.Ordinal));
    }

    private static void AssertShown(TlsSite site, string chain, params string[] options)
    {
        var result = site.OpenSsl(TlsSite.HealthRequest, ["-showcerts", .. options]).Run();

        Assert.Equal(chain, string.Concat(Pem.Blocks(result.Text).Where(block => block.Contains("CERTIFICATE", StringComparison.Ordinal))));
        Assert.Contains("Verify return code: 0 (ok)", result.Text, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 204 ", result.Text, StringComparison.Ordinal);
    }
}
