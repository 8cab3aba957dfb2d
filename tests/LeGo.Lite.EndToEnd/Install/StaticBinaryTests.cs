using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Install;

/// <summary>The binary needs nothing beside it: no library, no device, no variable.</summary>
public sealed class StaticBinaryTests
{
    private const long Megabyte = 1_000_000;

    [Fact]
    public void In_an_empty_root_it_serves_every_download_over_http_and_https()
    {
        Assert.SkipUnless(Repository.IsStatic, "STATIC=0: this binary uses the system's libraries.");
        using var root = new TempDirectory();
        Repository.RequireBinary();
        File.Copy(Repository.Binary, root["lego-lite"]);
        _ = root.AddSample("data");
        _ = root.Write("lego-lite.yaml", """
            listen: [http://127.0.0.1:0, https://127.0.0.1:0]
            tls:
              certificate: web.example.com
            """);

        using var server = LegoLite.Serve(In(root, "/lego-lite"));

        Assert.Equal(["data", "lego-lite", "lego-lite.yaml"], Directory.EnumerateFileSystemEntries(root.Path).Select(Path.GetFileName).Order());
        foreach (var (download, apiKey, body, _) in Sample.All.SelectMany(sample => sample.Downloads))
        {
            Assert.Equal(body, server.Download(download, apiKey).Text);
            Assert.Equal(body, server.SecureDownload(download, apiKey, "--http1.1").Text);
            Assert.Equal(body, server.SecureDownload(download, apiKey, "--http2").Text);
        }

        // What it follows there is followed as elsewhere.
        var chain = Path.Combine(root["data"], Web.Chain);
        File.WriteAllText(chain + ".new", Web.OlderChain);
        File.Move(chain + ".new", chain, overwrite: true);
        Wait.Until(() => server.Download(Web.Certificate, Web.CertificateApiKey).Text == Web.OlderChain, () => $"the other chain is served\n{server.Log}");
        Assert.Equal(0, server.Stop());
    }

    /// <summary>The line of README.md for who has the file and a tree.</summary>
    [Fact]
    public void One_line_serves_https()
    {
        using var temp = new TempDirectory();
        Repository.RequireBinary();
        File.Copy(Repository.Binary, temp["lego-lite"]);
        _ = temp.AddSample("data");
        var line = File.ReadLines(Path.Combine(Repository.Root, "README.md"))
            .Single(line => line.StartsWith("LEGO_LITE_TLS__CERTIFICATE=", StringComparison.Ordinal))
            .Replace("lego.example.com", "web.example.com", StringComparison.Ordinal)
            .Replace("0.0.0.0:4051", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("./lego-lite", "exec ./lego-lite", StringComparison.Ordinal);

        using var server = LegoLite.Serve(new Command("sh", "-c", line) { Directory = temp.Path });

        Assert.Equal(Web.NewerChain, server.SecureDownload(Web.Certificate, Web.CertificateApiKey).Text);
    }

    [Fact]
    public void In_an_empty_root_its_commands_work()
    {
        Assert.SkipUnless(Repository.IsStatic, "STATIC=0: this binary uses the system's libraries.");
        using var root = new TempDirectory();
        Repository.RequireBinary();
        File.Copy(Repository.Binary, root["lego-lite"]);
        _ = root.AddSample("data", "web.example.com");
        _ = new Command("chmod", "o-rwx", root["data"]).RunWell();

        Assert.Matches("^\\d", In(root, "/lego-lite", "--version").RunWell().Text);
        Assert.Empty(In(root, "/lego-lite", "check").RunWell().Output);
        Assert.Contains("web.example.com", In(root, "/lego-lite", "list").RunWell().Text, StringComparison.Ordinal);
        Assert.StartsWith("api_key: ", In(root, "/lego-lite", "new-key").RunWell().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Ldd_says_that_it_is_static_and_it_can_still_be_loaded_anywhere()
    {
        Repository.RequireBinary();
        var ldd = new Command("ldd", Repository.Binary).Run();
        var header = File.ReadAllBytes(Repository.Binary).AsSpan(0, 64);

        Assert.Equal(Repository.IsStatic, ldd.Text.Contains("statically linked", StringComparison.Ordinal));

        // ET_DYN: its addresses differ each time it starts.
        Assert.Equal(3, BitConverter.ToUInt16(header[16..]));
        Assert.InRange(new FileInfo(Repository.Binary).Length, Megabyte, 20 * Megabyte);
    }

    [Fact]
    public void Version_names_the_openssl_and_whose_it_is()
    {
        var lines = LegoLite.Command("--version").RunWell().Lines;

        Assert.Matches(@"^\d+\.\d+\.\d+\S*$", lines[0]);
        Assert.Matches(Repository.IsStatic ? @"^OpenSSL \d+\.\d+\.\d+, in the binary$" : @"^OpenSSL \d+\.\d+\.\S+, the system's$", lines[1]);
        Assert.Equal(2, lines.Length);
        if (Repository.IsStatic)
        {
            // What the library says of itself is in there as a text, too.
            var said = lines[1].Split(',')[0];
            Assert.True(File.ReadAllBytes(Repository.Binary).AsSpan().IndexOf(Encoding.ASCII.GetBytes(said)) > 0, said);
        }
    }

    /// <summary>The settings that a distribution has for its own OpenSSL are not for the one in the binary.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Settings_of_openssl_are_read_if_they_are_asked_for(bool isAskedFor)
    {
        Assert.SkipUnless(Repository.IsStatic, "STATIC=0: the system's OpenSSL reads the system's settings.");
        using var root = new TempDirectory();
        Repository.RequireBinary();
        File.Copy(Repository.Binary, root["lego-lite"]);
        _ = root.AddSample("data");
        _ = root.Write("lego-lite.yaml", "listen: [https://127.0.0.1:0]\ntls:\n  certificate: web.example.com\n");
        _ = root.Write("usr/lib/ssl/openssl.cnf", """
            openssl_conf = init
            [init]
            ssl_conf = ssl
            [ssl]
            system_default = all
            [all]
            Groups = P-521
            """);
        string[] settings = isAskedFor ? ["OPENSSL_CONF=/usr/lib/ssl/openssl.cnf"] : [];

        using var server = LegoLite.Serve(In(root, [.. settings, "/lego-lite"]));

        var said = new Command("openssl", "s_client", "-connect", server.SecureAddress["https://".Length..]).Run().Text;

        // As it depends on the version: "Server Temp Key: ECDH, secp521r1, 521 bits" or "Peer Temp Key: …".
        var temporaryKey = Assert.Single(said.Split('\n'), line => line.Contains(" Temp Key: ", StringComparison.Ordinal));
        Assert.Equal(isAskedFor, temporaryKey.Contains("521", StringComparison.Ordinal));
    }

    /// <summary>Of its user, for whatever program it was that put them there.</summary>
    [Fact]
    public void Certificates_in_a_home_directory_are_not_looked_for()
    {
        using var home = new TempDirectory();
        var stores = Directory.CreateDirectory(home[".dotnet/corefx/cryptography/x509stores"]).FullName;
        foreach (var store in new[] { "root", "ca", "my" })
        {
            // Who reads it waits for ever.
            _ = new Command("mkfifo", Path.Combine(Directory.CreateDirectory(Path.Combine(stores, store)).FullName, "0123456789ABCDEF.pfx")).RunWell();
        }

        using var server = LegoLite.ServeBoth(Repository.Sample, ("HOME", home.Path));

        Assert.Equal(Web.NewerChain, server.SecureDownload(Web.Certificate, Web.CertificateApiKey).Text);
    }

    /// <summary>A command there, with no variables but those that stand before it. Root may do that; others need namespaces of users.</summary>
    private static Command In(TempDirectory root, params IReadOnlyList<string> command)
    {
        var settings = command.TakeWhile(part => part.Contains('=', StringComparison.Ordinal)).ToList();
        string[] user = Environment.IsPrivilegedProcess ? [] : ["--map-root-user"];
        return new("env", ["-i", .. settings, "/usr/bin/unshare", .. user, $"--root={root.Path}", "--wd=/", .. command.Skip(settings.Count)]);
    }
}
