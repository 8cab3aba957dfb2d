using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using LeGo.Lite.Catalog;
using LeGo.Lite.Config;
using LeGo.Lite.Pem;
using LeGo.Lite.Tests.Support;
using LeGo.Lite.Yaml;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

/// <summary>The server's own certificate: found, proven, followed, and kept when it breaks (SPEC 3).</summary>
public sealed class TlsReaderTests : IDisposable
{
    private const string Without = "https:// can't be served without it";
    private const string Kept = "the one before goes on being used";
    private const string NoOrder = "lego-lite.yaml:2:16: error: the certificate named here has no valid order: add one, or mend what else is reported of it";
    private const string Broken = "lego-lite.yaml:3:14: error: the server's own certificate or its private key is broken: mend what else is reported of it";
    private const string Mismatch = "lego-lite.yaml:3:14: error: the private key in privkey is not the one that this certificate was issued for: put the two together that belong together";
    private const string NotNow = "lego-lite.yaml:3:14: error: the certificate in this file has expired, or is not valid yet: renew it, or look at this machine's clock";

    private const string Unfit =
        "the certificate named here can't be used for TLS, because OpenSSL refuses its key or a key or signature of its chain: take RSA of 2048 bits or more, or ECDSA on P-256, P-384 or P-521, and SHA-256 or better";

    private const string BrokenAuthorities = "lego-lite.yaml:5:14: error: the CAs of the clients are broken";

    private readonly TempTree tree = new();
    private readonly string chain = Material.One.Chain();
    private CatalogSource source;
    private CatalogSnapshot? served;
    private DateTimeOffset now = TempTree.Now;

    public TlsReaderTests() => source = new(tree.Good("Web").Data, [], Item());

    public void Dispose() => tree.Dispose();

    [Fact]
    public void An_item_of_the_tree_is_followed_as_it_renews()
    {
        Assert.Empty(Scan());
        var first = Current;
        Assert.Equal(tree.Scan().Certificate("Web")!.Record.Orders[0].Chain, first.Chain);
        Assert.Equal(TempTree.Now.AddDays(60), served!.ReviewAt);

        // Something else in the tree: another snapshot, the same certificate.
        var before = served;
        tree.Good("mail");
        Assert.Empty(Scan());
        Assert.NotSame(before, served);
        Assert.Same(first, Current);

        tree.Order("Web", "2027", Material.One.Chain(TempTree.Now.AddHours(1), TempTree.Now.AddDays(90)), "created_at: 2026-06-01T00:00:00Z\n");
        Assert.Empty(Scan());
        Assert.Same(first, Current);
        Assert.Equal(TempTree.Now.AddHours(1), served!.ReviewAt);

        // At the moment of the handshake, not of the scan; and after the end of all, the last that was good.
        var record = served.Tls!.Record!;
        Assert.Same(first, record.At(TempTree.Now.AddHours(1).AddTicks(-1)));
        Assert.Equal(TempTree.Now.AddDays(90), record.At(TempTree.Now.AddHours(1)).NotAfter);
        Assert.Same(first, record.At(TempTree.Now.AddDays(90)));

        now = TempTree.Now.AddHours(1);
        Assert.Empty(Scan());
        Assert.Equal(TempTree.Now.AddDays(90), served.Tls!.Record!.LastGood.NotAfter);
    }

    [Theory]
    [InlineData("missing", "lego-lite.yaml:2:16: error: no sound certificate of this name is in certificates/: add it, or mend what else is reported of it")]
    [InlineData("broken metadata", "lego-lite.yaml:2:16: error: no sound certificate of this name is in certificates/: add it, or mend what else is reported of it")]
    [InlineData("no order", NoOrder)]
    [InlineData("expired", NoOrder)]
    [InlineData("no key", "lego-lite.yaml:2:16: error: the newest valid order of the certificate named here has no private key: put one beside its chain, or into its private key item")]
    public void An_item_that_can_not_be_used_is_a_problem_and_the_one_before_is_kept(string damage, string problem)
    {
        Damage();
        Assert.Contains($"{problem}; {Without}", Scan());
        Assert.Null(served!.Tls!.Record);

        // The tree is served all the same.
        var alone = tree.Scan(now);
        Assert.Equal((alone.PrivateKeyCount, alone.CertificateCount, alone.Problems.Count + 1), (served.PrivateKeyCount, served.CertificateCount, served.Problems.Count));

        Mend();
        Assert.Empty(Scan());
        var good = Current;

        Damage();
        Assert.Contains($"{problem}; {Kept}", Scan());
        Assert.Same(good, Current);

        Mend();
        Assert.Empty(Scan());
        Assert.Same(good, Current);

        void Damage()
        {
            switch (damage)
            {
                case "missing":
                    tree.Rename("certificates/Web", "../away");
                    break;
                case "broken metadata":
                    Replace("certificates/Web/certificate.yaml", "api_key: [\n");
                    break;
                case "no order":
                    tree.Rename("certificates/Web/orders", "../away");
                    break;
                case "expired":
                    now = TempTree.Now.AddDays(60);
                    break;
                default:
                    tree.Rename("privatekeys/Web/privkey.pem", "../away");
                    break;
            }
        }

        void Mend()
        {
            now = TempTree.Now;
            switch (damage)
            {
                case "missing":
                    tree.Rename("../away", "certificates/Web");
                    break;
                case "broken metadata":
                    Replace("certificates/Web/certificate.yaml", TempTree.CertificateYaml);
                    break;
                case "no order":
                    tree.Rename("../away", "certificates/Web/orders");
                    break;
                case "no key":
                    tree.Rename("../away", "privatekeys/Web/privkey.pem");
                    break;
            }
        }
    }

    [Theory]
    [InlineData("chain missing", "lego-lite.yaml:3:14: error: can't read the file named here: there is no such file", Broken)]
    [InlineData("key missing", "lego-lite.yaml:4:12: error: can't read the file named here: there is no such file", Broken)]
    [InlineData("chain torn", "../own/chain.pem:1:1: error: this block never ends, the file may be half written: write it again, to its END line", Broken)]
    [InlineData("key encrypted", $"../own/key.pem:1:1: error: {PrivateKey.Encrypted}", Broken)]
    [InlineData("chain of another", Mismatch)]
    [InlineData("key of another", Mismatch)]
    [InlineData("expired", NotNow)]
    [InlineData("not valid yet", NotNow)]
    public void A_pair_of_files_that_can_not_be_used_is_a_problem_and_the_one_before_is_kept(string damage, params string[] problems)
    {
        source = new(tree.Data, [], Pair());
        Damage();
        Assert.Equal([.. problems[..^1], $"{problems[^1]}; {Without}"], Scan());
        Assert.Null(served!.Tls!.Record);
        Assert.Equal((1, 1), (served.PrivateKeyCount, served.CertificateCount));

        Mend();
        Assert.Empty(Scan());
        var good = Current;
        Assert.Equal(now.AddDays(60), served!.ReviewAt);

        Damage();
        Assert.Equal([.. problems[..^1], $"{problems[^1]}; {Kept}"], Scan());
        Assert.Same(good, Current);
        Assert.Equal(problems.Length, Scan().Length);

        Mend();
        Assert.Empty(Scan());
        Assert.Same(good, Current);

        void Damage()
        {
            Mend();
            switch (damage)
            {
                case "chain missing":
                    File.Delete(tree["../own/chain.pem"]);
                    break;
                case "key missing":
                    File.Delete(tree["../own/key.pem"]);
                    break;
                case "chain torn":
                    Replace("../own/chain.pem", chain[..200]);
                    break;
                case "key encrypted":
                    Replace("../own/key.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
                    break;
                case "chain of another":
                    Replace("../own/chain.pem", Material.Two.Chain());
                    break;
                case "key of another":
                    Replace("../own/key.pem", Material.Two.KeyPem);
                    break;
                case "expired":
                    Replace("../own/chain.pem", Material.One.Chain(now.AddDays(-30), now));
                    break;
                default:
                    Replace("../own/chain.pem", Material.One.Chain(now.AddTicks(1).AddSeconds(1), now.AddDays(30)));
                    break;
            }
        }

        void Mend()
        {
            Replace("../own/chain.pem", chain);
            Replace("../own/key.pem", Material.One.KeyPem);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_renewal_of_two_files_is_taken_when_it_is_whole(bool keyFirst)
    {
        source = new(tree.Data, [], Pair());
        Replace("../own/chain.pem", chain);
        Replace("../own/key.pem", Material.One.KeyPem);
        Assert.Empty(Scan());
        var first = Current;

        var renewed = Material.Two.Chain(now.AddDays(-1), now.AddDays(90));
        Action[] steps = [() => Replace("../own/key.pem", Material.Two.KeyPem), () => Replace("../own/chain.pem", renewed)];
        steps[keyFirst ? 0 : 1]();
        Assert.Equal([$"{Mismatch}; {Kept}"], Scan());
        Assert.Same(first, Current);

        steps[keyFirst ? 1 : 0]();
        Assert.Empty(Scan());
        Assert.Equal((now.AddDays(90), now.AddDays(90)), (Current.NotAfter, served!.ReviewAt));
    }

    [Fact]
    public void A_pair_behind_a_link_is_swapped_at_one_stroke()
    {
        source = new(tree.Data, [], Pair());
        var renewed = Material.Two.Chain(now.AddDays(-1), now.AddDays(90));
        tree.Write("../one/chain.pem", chain).Write("../one/key.pem", Material.One.KeyPem).Link("../own", "one");
        tree.Write("../two/chain.pem", renewed).Write("../two/key.pem", Material.Two.KeyPem).Link("../next", "two");
        Assert.Empty(Scan());
        Assert.Equal(now.AddDays(60), Current.NotAfter);

        tree.Rename("../next", "../own");
        Assert.Empty(Scan());
        Assert.Equal(now.AddDays(90), Current.NotAfter);
    }

    [Fact]
    public void Files_that_are_being_written_are_waited_for()
    {
        ChangeTime.WaitForNext(tree);
        Replace("../own/chain.pem", chain);
        Replace("../own/key.pem", Material.One.KeyPem);
        now = File.GetLastWriteTimeUtc(tree["../own/key.pem"]);
        source = new(tree.Data, [], Pair()) { Debounce = TimeSpan.FromTicks(1) };

        _ = Scan();
        Assert.Contains("tls", served!.Unsettled);
        now = now.AddMilliseconds(30);
        _ = Scan();
        Assert.Empty(served.Unsettled);
    }

    [Fact]
    public void A_certificate_that_expires_is_a_problem_from_that_moment_on()
    {
        source = new(tree.Data, [], Pair());
        Replace("../own/chain.pem", Material.One.Chain(now, now.AddHours(1)));
        Replace("../own/key.pem", Material.One.KeyPem);
        Assert.Empty(Scan());
        Assert.Equal(now.AddHours(1), served!.ReviewAt);
        var good = Current;

        now = now.AddHours(1).AddTicks(-1);
        var before = served;
        Assert.Empty(Scan());
        Assert.Same(before, served);

        now = now.AddTicks(1);
        Assert.Equal([$"{NotNow}; {Kept}"], Scan());
        Assert.Same(good, Current);
        Assert.Equal(tree.Scan(now).ReviewAt, served.ReviewAt);
    }

    [Fact]
    public void The_CAs_of_the_clients_are_followed()
    {
        var (one, two) = (Material.IssuerPem, File.ReadAllText($"{TempTree.Sample}/roots.pem"));
        source = new(tree.Data, [], Item() with { ClientCa = new(tree["../own/ca.pem"], At(5, 14)) });
        Assert.Equal(
            ["lego-lite.yaml:5:14: error: can't read the file named here: there is no such file", $"{BrokenAuthorities}; https:// can't be served without them"],
            Scan());
        Assert.Null(served!.Tls!.Record);

        Replace("../own/ca.pem", chain[..200]);
        Assert.EndsWith($"{BrokenAuthorities}; https:// can't be served without them", Scan()[^1], StringComparison.Ordinal);
        Assert.Null(served.Tls!.Record);

        Replace("../own/ca.pem", one);
        Assert.Empty(Scan());
        var first = Current;
        Assert.Equal(TlsClient.ThumbprintsOf(one), first.ClientRoots!.Select(root => root.Thumbprint));

        Replace("../own/ca.pem", one + Material.One.KeyPem);
        Assert.Equal(
            [$"../own/ca.pem:{one.Count(c => c == '\n') + 1}:1: error: remove this block: a file of CAs holds CERTIFICATE blocks only", $"{BrokenAuthorities}; those before go on being used"],
            Scan());
        Assert.Same(first, Current);

        Replace("../own/ca.pem", one);
        Assert.Empty(Scan());
        Assert.Same(first, Current);

        Replace("../own/ca.pem", two);
        Assert.Empty(Scan());
        Assert.Equal(TlsClient.ThumbprintsOf(two), Current.ClientRoots!.Select(root => root.Thumbprint));
        Assert.Equal(first.Chain, Current.Chain);

        // Who may come in does not wait for the certificate to be mended.
        tree.Rename("certificates/Web", "../away");
        Replace("../own/ca.pem", one);
        Assert.Single(Scan());
        Assert.Equal(first.ClientAuthorities, Current.ClientAuthorities);
        Assert.Equal(first.Chain, Current.Chain);
    }

    [Fact]
    public void Without_a_certificate_of_its_own_there_is_nothing_to_read()
    {
        source = new(tree.Data, []);

        Assert.Empty(Scan());
        Assert.Null(served!.Tls);
    }

    public static TheoryData<string, string?> Fit => new()
    {
        { "P-256", null },
        { "P-384", null },
        { "P-521", null },
        { "RSA 2048", null },
        { "rsa-2048", "rsa2048-pkcs1" },
    };

    public static TheoryData<string, string?> NotFit => new()
    {
        { "RSA 1024", null },
        { "brainpool", null },
        { "secp256k1", "k1-sec1" },
        { "ed25519", "ed25519" },
        { "rsa-pss", "rsa-pss" },
        { "explicit-curve", "p256-explicit" },

        // The key is good, its issuer's has 1024 bits.
        { "p256", "p256-sec1" },
    };

    [Theory]
    [MemberData(nameof(Fit))]
    public async Task A_key_that_is_fit_completes_a_handshake(string kind, string? key)
    {
        Assert.Empty(ScanPair(kind, key));

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        foreach (var version in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            var accepted = AcceptAsync();
            await using var client = await TlsClient.ConnectAsync(listener.LocalEndpoint, version);
            await accepted;
            Assert.Equal((version, Current.Handshake.TargetCertificate.Thumbprint), (client.Stream.SslProtocol, client.Thumbprints[0]));
        }

        async Task AcceptAsync()
        {
            await using var stream = new SslStream(new NetworkStream(await listener.AcceptSocketAsync(), ownsSocket: true));
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = Current.Handshake });
        }
    }

    /// <summary>Most of these would only show in every handshake, one by one.</summary>
    [Theory]
    [MemberData(nameof(NotFit))]
    public void A_key_that_is_not_fit_is_a_problem(string kind, string? key)
    {
        Assert.Equal([$"lego-lite.yaml:3:14: error: {Unfit}; {Without}"], ScanPair(kind, key));
        Assert.Null(served!.Tls!.Record);
    }

    private ServerCertificate Current => served!.Tls!.Record!.At(now);

    private static TlsConfig Item() => new(new("wEB", At(2, 16)), null, null, null);

    private TlsConfig Pair() => new(null, new(tree["../own/chain.pem"], At(3, 14)), new(tree["../own/key.pem"], At(4, 12)), null);

    private static Mark At(int line, int column) => new("lego-lite.yaml", new(line, column));

    private string[] Scan()
    {
        served = source.Scan(now, served);
        return tree.Problems(served);
    }

    /// <summary>Made here if <paramref name="key"/> is null, else a PEM vector.</summary>
    private string[] ScanPair(string kind, string? key)
    {
        var made = kind switch
        {
            "P-256" => Material.One,
            "P-384" => Material.Make(ECCurve.NamedCurves.nistP384),
            "P-521" => Material.Make(ECCurve.NamedCurves.nistP521),
            "brainpool" => Material.Make(ECCurve.NamedCurves.brainpoolP256r1),
            "RSA 2048" => Material.Rsa,
            "RSA 1024" => Material.MakeRsa(1024),
            _ => null,
        };

        // The vectors are younger than the other tests.
        now = made is null ? TempTree.Now.AddYears(1) : now;
        source = new(tree.Data, [], Pair());
        tree.Write("../own/chain.pem", made is null ? PemVector.Named($"chain-{kind}").Body : Material.Bytes(made.Chain()));
        tree.Write("../own/key.pem", made is null ? PemVector.Named($"key-{key}").Body : Material.Bytes(made.KeyPem));
        return Scan();
    }

    /// <summary>Another file each time, however short ago the one before was made.</summary>
    private void Replace(string path, string text) => tree.Write($"{path}.new", text).Rename($"{path}.new", path);
}
