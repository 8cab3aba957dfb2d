using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>What is wrong with the server's own certificate when it starts: it says so and ends. <c>check</c> says the same.</summary>
public sealed class TlsStartTests
{
    private const string Needed = "https:// can't be served without it";
    private const string Cas = "lego-lite.yaml:4:49: error: the CAs of the clients are broken; https:// can't be served without them";
    private const string Ca = ", client_ca: ca.pem";
    private const string NewPair = "openssl req -x509 -nodes -subj /CN=x -keyout tls/privkey.pem -out tls/fullchain.pem";

    /// <summary>A line each, after the directory.</summary>
    [Theory]
    [InlineData("certificate: none.example.com", ":", "lego-lite.yaml:4:20: error: " + TlsFault.NoItem + Needed)]
    [InlineData("certificate: ''", ":", "lego-lite.yaml:4:20: error: " + TlsFault.NoItem + Needed)]
    [InlineData(TlsSite.InTree, "rm -r tree/certificates/lego.example.com/orders/*", "lego-lite.yaml:4:20: error: " + TlsFault.NoOrder + Needed)]
    [InlineData(TlsSite.InTree, "truncate -s 100 tree/privatekeys/lego.example.com/privkey.pem", "tree/privatekeys/lego.example.com/privkey.pem:1:1: error: this block never ends, the file may be half written: write it again, to its END line", "lego-lite.yaml:4:20: error: " + TlsFault.NoOrder + Needed)]
    [InlineData(TlsSite.InTree, "rm tree/privatekeys/lego.example.com/privkey.pem", "lego-lite.yaml:4:20: error: " + TlsFault.NoKey + Needed)]
    [InlineData(TlsSite.InFiles, "rm tls/fullchain.pem", "lego-lite.yaml:4:18: error: can't read the file named here: there is no such file", "lego-lite.yaml:4:18: error: " + TlsFault.Broken + Needed)]
    [InlineData(TlsSite.InFiles, "rm tls/privkey.pem; mkdir tls/privkey.pem", "lego-lite.yaml:4:46: error: can't read the file named here: it is not a regular file", "lego-lite.yaml:4:18: error: " + TlsFault.Broken + Needed)]
    [InlineData(TlsSite.InFiles, "cp other.pem tls/privkey.pem", "lego-lite.yaml:4:18: error: " + TlsFault.Mismatch + Needed)]
    [InlineData(TlsSite.InFiles, "echo x > tls/fullchain.pem", "tls/fullchain.pem:1:1: error: no CERTIFICATE block is in this file: put the chain into it, leaf first", "lego-lite.yaml:4:18: error: " + TlsFault.Broken + Needed)]
    [InlineData(TlsSite.InFiles, "openssl pkey -in tls/privkey.pem -aes256 -passout pass:x -out k; mv k tls/privkey.pem", "tls/privkey.pem:1:1: error: an encrypted key can't be served: decrypt it, for example with openssl pkey -in ENCRYPTED.pem -out privkey.pem", "lego-lite.yaml:4:18: error: " + TlsFault.Broken + Needed)]
    [InlineData(TlsSite.InFiles, NewPair + " -newkey ed25519", "lego-lite.yaml:4:18: error: " + TlsFault.Unfit + Needed)]
    [InlineData(TlsSite.InFiles, TlsSite.SignWithSha1, "lego-lite.yaml:4:18: error: " + TlsFault.Unfit + Needed)]
    [InlineData(TlsSite.InFiles, NewPair + " -newkey rsa:1024", "lego-lite.yaml:4:18: error: " + TlsFault.Unfit + Needed)]
    [InlineData(TlsSite.InFiles, "cp expired.pem tls/fullchain.pem; cp expired.key tls/privkey.pem", "lego-lite.yaml:4:18: error: " + TlsFault.Expired + Needed)]
    [InlineData(TlsSite.InTree + Ca, ":", "lego-lite.yaml:4:49: error: can't read the file named here: there is no such file", Cas)]
    [InlineData(TlsSite.InTree + Ca, "echo x > ca.pem", "ca.pem:1:1: error: no root certificate is in this file: put in the CA's own, the one that it issued to itself", Cas)]
    [InlineData(TlsSite.InTree + Ca, "cp other.pem ca.pem", "ca.pem:1:1: error: remove this block: a file of CAs holds CERTIFICATE blocks only", Cas)]
    [InlineData(TlsSite.InTree + Ca, "cp tls/fullchain.pem ca.pem", "ca.pem:1:1: error: no root certificate is in this file: put in the CA's own, the one that it issued to itself", Cas)]
    [InlineData("fullchain: tls/fullchain.pem", ":", "lego-lite.yaml:4:6: error: name the server's own certificate: either certificate, an item of the tree, or both fullchain and privkey, two files")]
    public void A_clear_error_and_no_start(string tls, string breaks, params string[] problems)
    {
        using var site = Prepare();
        site.Shell(breaks);
        string[] lines = [.. problems.Select(problem => site[problem])];

        var result = site.Command("serve", tls).Run();
        var check = site.Command("check", tls).Run();

        Assert.Equal(lines, result.ErrorLines);
        Assert.Empty(result.Output);
        Assert.Equal(1, result.Status);
        Assert.Equal(lines, check.Lines.Intersect(lines));
        Assert.Equal(1, check.Status);
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_named()
    {
        using var site = Prepare();
        using var temp = TempDirectory.Open();
        File.Copy(site[TlsSite.Chain], temp["fullchain.pem"]);
        File.Copy(site[TlsSite.Key], temp["privkey.pem"]);
        File.SetUnixFileMode(temp["privkey.pem"], UnixFileMode.None);
        temp.AddSample("tree", "web.example.com");
        var config = temp.Write("lego-lite.yaml", "data: tree\nlisten: ['https://127.0.0.1:0']\ntls: {fullchain: fullchain.pem, privkey: privkey.pem}\n");

        var result = (Nobody.Command(temp, "serve", "--config", config) with { Directory = temp.Path }).Run();

        Assert.Contains($"{config}:3:42: error: can't read the file named here: permission denied", result.Errors, StringComparison.Ordinal);
        Assert.Equal(1, result.Status);
    }

    /// <summary>What nobody asks for must not be in the way; its problem is told all the same, and mended while it runs.</summary>
    [Fact]
    public void With_http_alone_it_serves()
    {
        using var site = Prepare();
        site.Shell("rm -r tls");
        site.Serve(TlsSite.InFiles, listen: "http://127.0.0.1:0");

        Assert.Equal(Web.NewerChain, site.Server.Download(Web.Certificate, Web.CertificateApiKey).Text);
        Assert.EndsWith(": 3 errors, 0 warnings", site.Server.OutputLines[^1], StringComparison.Ordinal);
        site.Server.WaitForLog($"{site["lego-lite.yaml"]}:4:18: error: the server's own certificate or its private key is broken: mend what else is reported of it; {Needed}");

        site.WriteFiles(site.Issue());
        Wait.Until(() => site.Server.OpenErrors.Count == 0, () => $"every problem is cleared\n{site.Server.Log}");
    }

    [Fact]
    public void List_needs_no_certificate_of_the_server()
    {
        using var site = Prepare();

        var sound = site.Command("list", TlsSite.InFiles).RunWell();
        site.Shell("rm -r tls");

        Assert.Equal(sound.Text, site.Command("list", TlsSite.InFiles).RunWell().Text);
        Assert.Contains("lego.example.com", sound.Text, StringComparison.Ordinal);
    }

    private static TlsSite Prepare()
    {
        var site = new TlsSite();
        site.WriteItem(site.WriteFiles(site.Issue()));
        var expired = site.Issue(until: DateTimeOffset.UtcNow.AddDays(-1));
        site.Write("expired.key", expired.Key);
        site.Write("expired.pem", expired.Chain);
        site.Write("other.pem", site.Issue().Key);
        return site;
    }
}
