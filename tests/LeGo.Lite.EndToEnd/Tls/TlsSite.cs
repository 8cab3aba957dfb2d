using System.Security.Cryptography.X509Certificates;
using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>A server of <c>https://</c> with a certificate of a CA of its own, and its clients. It serves web.example.com of the sample.</summary>
internal sealed class TlsSite : IDisposable
{
    public const string Name = "lego.example.com";

    /// <summary>Where the own certificate is, for the config: an item of the tree, or a pair of files.</summary>
    public const string InTree = $"certificate: {Name}";
    public const string InFiles = "fullchain: tls/fullchain.pem, privkey: tls/privkey.pem";

    public const string Orders = $"tree/certificates/{Name}/orders";
    public const string ItemKey = $"tree/privatekeys/{Name}/privkey.pem";
    public const string ItemChain = $"{Orders}/first/fullchain.pem";
    public const string Chain = "tls/fullchain.pem";
    public const string Key = "tls/privkey.pem";

    public const string HealthRequest = $"GET /certwarden/api/health HTTP/1.1\r\nHost: {Name}\r\nConnection: close\r\n\r\n";

    /// <summary>Another pair of files; no machine that is set up as usual takes its signature.</summary>
    public const string SignWithSha1 =
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=ca -keyout ca.key -out issuer.pem; openssl req -newkey rsa:2048 -nodes -subj /CN=x -keyout tls/privkey.pem -out request.pem; "
        + "openssl x509 -req -in request.pem -CA issuer.pem -CAkey ca.key -sha1 -out tls/fullchain.pem; cat issuer.pem >> tls/fullchain.pem";

    private readonly TempDirectory temp = new();
    private LegoLite? server;

    public TlsSite()
    {
        temp.AddSample("tree", "web.example.com");
        temp.Write("root.pem", Authority.Root);
    }

    public Authority Authority { get; } = new("Site");

    public LegoLite Server => server!;

    public string Https => Server.SecureAddress;

    public int Port => new Uri(Https).Port;

    /// <summary>How often the log says that the own certificate was renewed.</summary>
    public int Renewals => Server.LogLines.Count(line => line.Contains("] the server's own certificate was renewed; it is valid until 20", StringComparison.Ordinal));

    public string this[string name] => temp[name];

    public static string LeafOf(Pair pair) => Pem.Blocks(pair.Chain)[0];

    public string Url(string path) => $"https://{Name}:{Port}/{path}";

    public string Download(string download) => Url($"legocerthub/api/v1/download/{download}");

    public Pair Issue(DateTimeOffset? from = null, DateTimeOffset? until = null, string key = "P-256") => Authority.Issue(Name, from, until, key: key);

    /// <summary>Writes a file as programs that take care do: its new content at once.</summary>
    public void Write(string name, string text) => File.Move(temp.Write($"{name}.new", text), temp[name], overwrite: true);

    /// <summary>A pair of files beside the config.</summary>
    public Pair WriteFiles(Pair pair)
    {
        Write(Key, pair.Key);
        Write(Chain, pair.Chain);
        return pair;
    }

    /// <summary>An item with one order, and its key.</summary>
    public Pair WriteItem(Pair pair)
    {
        temp.Write($"tree/privatekeys/{Name}/key.yaml", "api_key: lego-key-0123456789abcdef\n");
        temp.Write($"tree/certificates/{Name}/certificate.yaml", "api_key: lego-cert-0123456789abcdef\n");
        Write(ItemKey, pair.Key);
        Write(ItemChain, pair.Chain);
        return pair;
    }

    /// <summary>One more order of that item, with its key beside it.</summary>
    public Pair WriteOrder(string order, Pair pair)
    {
        temp.Write($"orders.new/{order}/privkey.pem", pair.Key);
        temp.Write($"orders.new/{order}/fullchain.pem", pair.Chain);
        Directory.Move(temp[$"orders.new/{order}"], temp[$"{Orders}/{order}"]);
        return pair;
    }

    /// <summary>That order in the place of all others.</summary>
    public void ReplaceOrders(string order, Pair pair)
    {
        var older = Directory.GetDirectories(temp[Orders]);
        WriteOrder(order, pair);
        Array.ForEach(older, directory => Directory.Delete(directory, recursive: true));
    }

    /// <summary>The binary with the config of this site. The settings of <c>tls</c> are in its line 4, from column 7.</summary>
    public Command Command(string command, string tls, string rescan = "200ms", string listen = "https://127.0.0.1:0, http://127.0.0.1:0")
    {
        var config = temp.Write("lego-lite.yaml", $$"""
            data: tree
            listen: [{{listen.Replace(", ", "', '", StringComparison.Ordinal).Insert(0, "'")}}']
            reload: {debounce: 50ms, rescan: {{rescan}}}
            tls: {{{tls}}}

            """);
        Directory.CreateDirectory(temp["elsewhere"]);
        return LegoLite.Command(command, "--config", config) with { Directory = temp["elsewhere"] };
    }

    public void Serve(
        string tls, string rescan = "200ms", string listen = "https://127.0.0.1:0, http://127.0.0.1:0", params IReadOnlyList<(string Name, string Value)> environment) =>
        server = LegoLite.Serve(Command("serve", tls, rescan, listen) with { Environment = environment });

    /// <summary>A shell in the directory that holds everything.</summary>
    public void Shell(string command) => new Command("sh", "-c", command) { Directory = temp.Path }.RunWell();

    /// <summary>curl that trusts this site's root and no other.</summary>
    public Command Curl(params IEnumerable<string> arguments) =>
        Support.Curl.Command(["--cacert", temp["root.pem"], "--resolve", $"{Name}:{Port}:127.0.0.1", .. arguments]);

    public Response Get(string url, params IEnumerable<string> arguments) => Response.Parse(Curl([.. arguments, "-i", url]).RunWell().Output);

    /// <summary>openssl s_client that trusts this site's root and no other. It sends its input, and ends when the server does.</summary>
    public Command OpenSsl(string input, params IEnumerable<string> arguments) => new(
        "openssl",
        [
            "s_client", "-connect", $"127.0.0.1:{Port}", "-servername", Name, "-ign_eof",
            "-no-CApath", "-no-CAstore", "-CAfile", temp["root.pem"], "-verify_hostname", Name, "-verify_return_error", .. arguments,
        ])
    {
        Input = Encoding.ASCII.GetBytes(input),
    };

    /// <summary>A new connection; what is wrong with the server's certificate is an exception, except that it has expired if <paramref name="isExpired"/>.</summary>
    public TlsConnection Connect(bool isExpired = false) => new(Https, Name, Trust(isExpired));

    /// <summary>That of this site's root and no other.</summary>
    public X509ChainPolicy Trust(bool isExpired = false) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { Authority.RootCertificate },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        VerificationFlags = isExpired ? X509VerificationFlags.IgnoreNotTimeValid : X509VerificationFlags.NoFlag,
    };

    /// <summary>The leaf that a new connection gets.</summary>
    public string Leaf(bool isExpired = false)
    {
        using var connection = Connect(isExpired);
        return connection.Leaf;
    }

    public void WaitForLeafOf(Pair pair)
    {
        // What was before may have expired.
        Wait.Until(() => Leaf(isExpired: true) == LeafOf(pair), () => $"the new certificate is used\n{Server.Log}");
        AssertLeafOf(pair);
    }

    public void AssertLeafOf(Pair pair, bool isExpired = false) => Assert.Equal(LeafOf(pair), Leaf(isExpired));

    public void Dispose()
    {
        server?.Dispose();
        Authority.Dispose();
        temp.Dispose();
    }
}
