using LeGo.Lite.Catalog;
using LeGo.Lite.Pem;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

/// <summary>What is served of an item whose files broke after they had been good (SPEC 6).</summary>
public sealed class LastGoodTests : IDisposable
{
    private const string Chain = "certificates/web/orders/2026/fullchain.pem";
    private const string Key = "privatekeys/web/privkey.pem";
    private const string Kept = "what was served of it before goes on being served, but not after 2026-07-31T12:00:00Z";
    private const string KeyKept = "privatekeys/web:1:1: warning: until the private key in here is mended, the one that was served before goes on being served";

    private const string KeyWaits =
        "privatekeys/web:1:1: warning: no newest valid order was issued for the private key in here, so the one before goes on being served until there is one, or those issued for that one have expired";

    private const string Mismatch =
        $"{Chain}:1:1: error: the private key is not the one this certificate was issued for, so {Kept}; put the right key beside it, or name it with private_key";

    private readonly TempTree tree = new();
    private readonly CatalogSource source;
    private readonly string chain = Material.One.Chain();
    private CatalogSnapshot? served;
    private DateTimeOffset now = TempTree.Now;

    public LastGoodTests()
    {
        source = new(tree.Data, []);
        tree.Key("web", TempTree.KeyYaml, Material.One.KeyPem).Certificate("web").Order("web", "2026", chain);
        Scan();
    }

    public void Dispose() => tree.Dispose();

    public static TheoryData<string> Damages() => new("truncated", "empty", "a key in it", "FIFO", "dangling link", "both conventions", "too large", "not PEM");

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_broken_chain_is_served_as_it_was_until_it_is_mended(string damage)
    {
        Damage(Chain, damage, "tls.crt");
        var problems = Scan();
        AssertPair(Material.One, chain);
        Assert.Contains($"certificates/web/orders/2026:1:1: warning: until this order is mended, {Kept}", problems);
        Assert.Equal(2, problems.Length);

        // Nothing changed: the same again.
        Assert.Equal(problems, Scan());
        AssertPair(Material.One, chain);

        Mend(Chain, Material.One.Chain(), "tls.crt");
        Assert.Empty(Scan());
        Assert.NotEqual(chain, Body("certificates"));
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_broken_key_is_served_as_it_was_until_it_is_mended(string damage)
    {
        Damage(Key, damage, "tls.key");
        var problems = Scan();
        AssertPair(Material.One, chain);
        Assert.Contains(KeyKept, problems);
        Assert.Equal(2, problems.Length);
        Assert.Equal(problems, Scan());

        // A new order for the same key does not wait for it.
        var renewed = Material.One.Chain();
        tree.Order("web", "2027", renewed, "created_at: 2026-05-31T00:00:00Z\n");
        Scan();
        AssertPair(Material.One, renewed);

        Mend(Key, Material.One.KeyPem, "tls.key");
        Assert.Empty(Scan());
    }

    [Fact]
    public void A_broken_key_beside_an_order_is_served_as_it_was()
    {
        tree.Write("certificates/web/orders/2026/privkey.pem", Material.Two.KeyPem).Write(Chain, Material.Two.Chain());
        File.Delete(tree[Key]);
        Assert.Empty(Scan());
        tree.Write("certificates/web/orders/2026/privkey.pem", Material.Two.KeyPem[..50]);

        Assert.Contains($"certificates/web/orders/2026:1:1: warning: until this order is mended, {Kept}", Scan());
        AssertPair(Material.Two, Body("certificates"));
    }

    [Fact]
    public void What_is_broken_from_the_start_is_not_served()
    {
        tree.Write(Chain, chain[..100]).Write(Key, "");
        var fresh = new CatalogSource(tree.Data, []).Scan(now);

        Assert.Null(fresh.Certificate("web")!.NewestValidOrder.At(now));
        Assert.Null(fresh.PrivateKey("web")!.Download.At(now));
    }

    [Fact]
    public void Last_good_files_are_served_only_while_they_are_valid()
    {
        tree.Write(Chain, chain[..100]);
        Scan();
        var order = served!.Certificate("web")!.NewestValidOrder;
        Assert.NotNull(order.At(TempTree.Now.AddDays(60).AddTicks(-1)));
        Assert.Null(order.At(TempTree.Now.AddDays(60)));

        now = TempTree.Now.AddDays(60);
        Assert.DoesNotContain(Scan(), problem => problem.Contains("goes on being served", StringComparison.Ordinal));
        Assert.Empty(served!.Certificate("web")!.Record.Orders);
    }

    [Fact]
    public void A_renewal_that_writes_the_key_first_never_mixes_the_pair()
    {
        tree.Write(Key, Material.Two.KeyPem);
        Assert.Equal([Mismatch, KeyWaits], Scan());
        AssertPair(Material.One, chain);
        Assert.Equal([Mismatch, KeyWaits], Scan());

        var renewed = Material.Two.Chain();
        tree.Write(Chain, renewed);
        Assert.Empty(Scan());
        AssertPair(Material.Two, renewed);
    }

    [Fact]
    public void A_renewal_that_writes_the_chain_first_never_mixes_the_pair()
    {
        var renewed = Material.Two.Chain();
        tree.Write(Chain, renewed);
        Assert.Equal([Mismatch], Scan());
        AssertPair(Material.One, chain);

        tree.Write(Key, Material.Two.KeyPem);
        Assert.Empty(Scan());
        AssertPair(Material.Two, renewed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_renewal_with_a_new_order_never_mixes_the_pair(bool keyFirst)
    {
        var renewed = Material.Two.Chain();
        Action[] steps =
        [
            () => tree.Write(Key, Material.Two.KeyPem),
            () => tree.Order("web", "2027", renewed, "created_at: 2026-05-31T00:00:00Z\n"),
        ];
        steps[keyFirst ? 0 : 1]();
        Scan();
        AssertPair(Material.One, chain);

        steps[keyFirst ? 1 : 0]();

        // What the old order was issued for is gone: it is not kept, there is a newer one.
        Assert.Equal(
            [$"{Chain}:1:1: warning: the private key is not the one this certificate was issued for, so this order is not served; put the right key beside it, or name it with private_key"],
            Scan());
        AssertPair(Material.Two, renewed);
        Assert.Single(served!.Certificate("web")!.Record.Orders);
    }

    [Fact]
    public void A_key_that_no_order_matches_waits_until_those_of_the_key_before_have_expired()
    {
        tree.Write(Key, Material.Two.KeyPem);
        Scan();
        AssertPair(Material.One, chain);

        now = TempTree.Now.AddDays(61);
        Assert.Empty(Scan());
        Assert.Equal(Material.Two.KeyPem, Body("privatekeys"));
        Assert.Null(served!.Certificate("web")!.NewestValidOrder.At(now));
    }

    [Fact]
    public void A_key_that_is_shared_is_served_as_soon_as_one_order_matches()
    {
        tree.Certificate("mail", TempTree.CertificateYaml + "private_key: web\n").Order("mail", "1", chain);
        Scan();
        var renewed = Material.Two.Chain();
        tree.Write(Key, Material.Two.KeyPem).Order("mail", "2", renewed, "created_at: 2026-05-31T00:00:00Z\n");
        Scan();

        Assert.Equal(Material.Two.KeyPem, Body("privatekeys"));
        Assert.Equal($"{Material.Two.KeyPem}\n{renewed}", Body("mail"));
        Assert.Equal($"{Material.One.KeyPem}\n{chain}", Body("web"));
    }

    [Fact]
    public void A_key_without_an_order_is_replaced_at_once()
    {
        tree.Key("spare", TempTree.KeyYaml, Material.One.KeyPem);
        Scan();
        tree.Write("privatekeys/spare/privkey.pem", Material.Two.KeyPem);
        Assert.Empty(Scan());

        Assert.Equal(Material.Two.KeyPem, TempTree.Body(served!.PrivateKey("spare")!.Download.At(now)));
    }

    [Theory]
    [InlineData("chain")]
    [InlineData("order")]
    [InlineData("orders")]
    [InlineData("certificate")]
    [InlineData("key file")]
    [InlineData("key")]
    public void Deleted_means_gone(string what)
    {
        var path = tree[what switch
        {
            "chain" => Chain,
            "order" => "certificates/web/orders/2026",
            "orders" => "certificates/web/orders",
            "certificate" => "certificates/web",
            "key file" => Key,
            _ => "privatekeys/web",
        }];
        if (what is "chain" or "key file")
        {
            File.Delete(path);
        }
        else
        {
            Directory.Delete(path, recursive: true);
        }

        Scan();

        var order = served!.Certificate("web")?.NewestValidOrder.At(now);
        Assert.Equal(what is "key file" or "key", order is not null);
        Assert.Null(order?.PrivateCertificate);
        Assert.Equal(what is not ("key file" or "key"), served.PrivateKey("web")?.Download.At(now) is not null);
        Assert.Equal(what != "certificate", served.Certificate("web") is not null);
        Assert.Equal(what != "key", served.PrivateKey("web") is not null);
    }

    [Theory]
    [InlineData("broken chain, key file deleted")]
    [InlineData("broken chain, key item deleted")]
    [InlineData("broken chain, key beside deleted")]
    [InlineData("mismatch, key beside deleted")]
    public void A_deleted_key_is_gone_though_its_order_is_kept(string what)
    {
        if (what.Contains("beside", StringComparison.Ordinal))
        {
            tree.Write("certificates/web/orders/2026/privkey.pem", Material.One.KeyPem).Write(Key, Material.Two.KeyPem);
            Assert.Empty(Scan());
            File.Delete(tree["certificates/web/orders/2026/privkey.pem"]);
        }

        if (what.StartsWith("broken", StringComparison.Ordinal))
        {
            tree.Write(Chain, chain[..100]);
        }

        if (what.Contains("file", StringComparison.Ordinal))
        {
            File.Delete(tree[Key]);
        }
        else if (what.Contains("item", StringComparison.Ordinal))
        {
            Directory.Delete(tree["privatekeys/web"], recursive: true);
        }

        for (var i = 0; i < 2; i++)
        {
            Scan();
            Assert.Equal(chain, Body("certificates"));
            Assert.Null(served!.Certificate("web")!.NewestValidOrder.At(now)!.PrivateCertificate);
        }

        // Not with another owner either.
        tree.Key("web", "api_key: another-owner-0123456789\n", Material.Two.KeyPem);
        Scan();
        Assert.Null(served!.Certificate("web")!.NewestValidOrder.At(now)?.PrivateCertificate);
    }

    [Theory]
    [InlineData("broken key")]
    [InlineData("other key")]
    [InlineData("broken chain")]
    public void Nobody_gets_a_kept_key_who_could_not_get_it_before(string what)
    {
        tree.Write("privatekeys/web/key.yaml", "api_key: another-owner-0123456789\n");
        _ = what switch
        {
            "broken key" => tree.Write(Key, "version https://git-lfs.github.com/spec/v1\n"),
            "other key" => tree.Write(Key, Material.Two.KeyPem),
            _ => tree.Write(Chain, chain[..100]).Write(Key, Material.Two.KeyPem),
        };

        for (var i = 0; i < 2; i++)
        {
            Scan();
            Assert.NotEqual(Material.One.KeyPem, Body("privatekeys"));
            Assert.Null(served!.Certificate("web")!.NewestValidOrder.At(now)!.PrivateCertificate);
        }
    }

    [Fact]
    public void An_API_key_that_is_being_changed_is_the_same_owners()
    {
        tree.Write("privatekeys/web/key.yaml", $"api_key: {TempTree.ApiKey}\napi_key_new: new-key-0123456789abcdef\nupdated_at: 2026-01-01T08:00:00Z\n").Write(Key, "");
        Scan();
        AssertPair(Material.One, chain);

        tree.Write("privatekeys/web/key.yaml", "api_key: new-key-0123456789abcdef\nupdated_at: 2026-01-01T08:00:00Z\n");
        Scan();
        AssertPair(Material.One, chain);
    }

    [Fact]
    public void A_key_whose_order_is_not_valid_yet_waits_for_it()
    {
        var begins = TempTree.Now.AddHours(1);
        var renewed = Material.Two.Chain(begins, begins.AddDays(60));
        tree.Write(Key, Material.Two.KeyPem).Order("web", "2027", renewed, "created_at: 2026-05-31T00:00:00Z\n");
        Scan();
        AssertPair(Material.One, chain);
        Assert.Equal(begins, served!.ReviewAt);
        Assert.Same(served, source.Scan(now, served));

        now = begins;
        Scan();
        AssertPair(Material.Two, renewed);
        Assert.Null(served.ReviewAt);
    }

    [Fact]
    public void A_key_that_is_put_back_is_served_with_its_order()
    {
        var renewed = Material.Two.Chain();
        tree.Write(Key, Material.Two.KeyPem).Order("web", "2027", renewed, "created_at: 2026-05-31T00:00:00Z\n");
        Scan();
        AssertPair(Material.Two, renewed);
        tree.Write(Key, Material.One.KeyPem);
        Scan();
        AssertPair(Material.Two, renewed);

        Directory.Delete(tree["certificates/web/orders/2027"], recursive: true);
        Scan();
        AssertPair(Material.One, chain);
    }

    [Theory]
    [InlineData("a", "z")]
    [InlineData("z", "a")]
    public void A_key_that_two_certificates_need_in_two_versions_is_not_replaced_by_a_third(string first, string second)
    {
        tree.Certificate(first, TempTree.CertificateYaml + "private_key: web\n").Order(first, "1", chain);
        Scan();
        tree.Certificate(second, TempTree.CertificateYaml + "private_key: web\n").Order(second, "1", Material.Two.Chain()).Write(Key, Material.Two.KeyPem);
        Scan();
        Assert.Equal(Material.Two.KeyPem, Body("privatekeys"));
        tree.Write(Key, Material.Make().KeyPem);
        Scan();

        Assert.Equal(Material.Two.KeyPem, Body("privatekeys"));
        Assert.StartsWith(Material.One.KeyPem, Body(first), StringComparison.Ordinal);
        Assert.StartsWith(Material.Two.KeyPem, Body(second), StringComparison.Ordinal);
    }

    /// <summary>Whatever breaks in whatever order: a served pair matches, on the combined route and across the two, and nothing deleted is served.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_breaks_a_pair_matches(int seed)
    {
        var random = new Random(seed);
        Material[] materials = [Material.One, Material.Two, Material.Rsa];
        var served = 0;
        for (var round = 0; round < 120; round++)
        {
            var material = materials[random.Next(3)];
            var order = $"certificates/web/orders/{2026 + random.Next(2)}";
            switch (random.Next(9))
            {
                case 0 or 1:
                    tree.Write(Key, material.KeyPem);
                    break;
                case 2:
                    tree.Write(Key, material.KeyPem[..^30]);
                    break;
                case 3 or 4:
                    tree.Write($"{order}/fullchain.pem", material.Chain());
                    break;
                case 5:
                    tree.Write($"{order}/fullchain.pem", "");
                    break;
                case 6:
                    tree.Write($"{order}/privkey.pem", material.KeyPem);
                    break;
                case 7:
                    File.Delete(random.Next(2) == 0 ? tree[Key] : tree[$"{order}/privkey.pem"]);
                    break;
                default:
                    tree.Write($"{order}/order.yaml", $"created_at: 2026-05-{10 + random.Next(20)}T00:00:00Z\n");
                    break;
            }

            Scan();
            served += AssertMatches() ? 1 : 0;
        }

        Assert.InRange(served, 30, 120);
    }

    /// <summary>Whether a pair is served.</summary>
    private bool AssertMatches()
    {
        if (served!.Certificate("web")!.NewestValidOrder.At(now) is not { PrivateCertificateChain: { } combined } order)
        {
            return false;
        }

        var parts = TempTree.Body(combined).Split("\n\n");
        var key = PrivateKey.Parse("key", Material.Bytes(parts[0] + "\n"), [])!;
        var leaf = CertificateChain.Parse("chain", Material.Bytes(parts[1]), [])!;
        Assert.Equal(KeyMatch.Matches, key.Match(leaf));
        Assert.Equal(TempTree.Body(order.Certificate), parts[1]);

        // By itself the item serves the same key, but not if there is none of its own or the order brought one.
        var record = served.Certificate("web")!.Record.Orders.First(record => record.HoldsAt(now));
        if (record.KeyBeside is null)
        {
            Assert.True(File.Exists(tree[Key]));
            Assert.Equal(parts[0] + "\n", Body("privatekeys"));
        }
        else
        {
            Assert.True(File.Exists(tree[$"certificates/web/orders/{record.DirectoryName}/privkey.pem"]));
        }

        return true;
    }

    [Fact]
    public void Broken_metadata_closes_the_item()
    {
        tree.Write("certificates/web/certificate.yaml", "api_key: [").Write("privatekeys/web/key.yaml", "api_kye: x\n");
        Assert.Equal(3, Scan().Length);

        Assert.Null(served!.Certificate("web"));
        Assert.Null(served.PrivateKey("web"));

        // The PEM is still there, so it opens again.
        tree.Write("certificates/web/certificate.yaml", TempTree.CertificateYaml).Write("privatekeys/web/key.yaml", TempTree.KeyYaml);
        Assert.Empty(Scan());
        AssertPair(Material.One, chain);
    }

    [Theory]
    [InlineData("known_revoked: true\n")]
    [InlineData("status: invalid\n")]
    [InlineData("nonsense: 1\n")]
    public void An_order_that_is_withdrawn_is_not_kept_though_its_files_are_broken(string yaml)
    {
        tree.Write(Chain, chain[..100]).Write("certificates/web/orders/2026/order.yaml", yaml);
        Scan();

        Assert.Null(served!.Certificate("web")!.NewestValidOrder.At(now));
    }

    [Fact]
    public void An_older_order_does_not_take_the_place_of_a_broken_one()
    {
        var renewed = Material.One.Chain();
        tree.Order("web", "2027", renewed, "created_at: 2026-05-31T00:00:00Z\n");
        Scan();
        tree.Write("certificates/web/orders/2027/fullchain.pem", "");
        Scan();
        AssertPair(Material.One, renewed);

        // A newer one does, and then the broken one is let go.
        var third = Material.One.Chain();
        tree.Order("web", "2028", third, "created_at: 2026-06-01T00:00:00Z\n");
        Scan();
        AssertPair(Material.One, third);
        Assert.Equal(2, served!.Certificate("web")!.Record.Orders.Length);
    }

    [Fact]
    public void Orders_that_cannot_be_listed_are_served_as_they_were()
    {
        Directory.Move(tree["certificates/web/orders"], tree["../orders"]);
        tree.Write("certificates/web/orders", "");

        Assert.Equal(
            [
                "certificates/web/orders:1:1: error: this is not a directory; make it one, or remove it",
                $"certificates/web/orders/2026:1:1: warning: until the orders can be read, {Kept}",
            ],
            Scan());
        AssertPair(Material.One, chain);
    }

    [Fact]
    public void An_order_behind_a_link_that_broke_is_served_as_it_was()
    {
        Directory.Move(tree["certificates/web/orders/2026"], tree["../order"]);
        tree.Link("certificates/web/orders/2026", "../nowhere");

        Assert.Equal(
            [
                "certificates/web/orders/2026:1:1: error: this link leads nowhere; make what it points to, or remove it",
                $"certificates/web/orders/2026:1:1: warning: until this order is mended, {Kept}",
            ],
            Scan());
        AssertPair(Material.One, chain);
    }

    private string[] Scan()
    {
        ChangeTime.WaitForNext(tree);
        served = source.Scan(now, served);
        return tree.Problems(served);
    }

    private void Damage(string path, string damage, string other)
    {
        var good = File.ReadAllText(tree[path]);
        File.Delete(tree[path]);
        _ = damage switch
        {
            "truncated" => tree.Write(path, good[..(good.Length - 40)]),
            "empty" => tree.Write(path, ""),
            "a key in it" => tree.Write(path, good + Material.Two.KeyPem),
            "FIFO" => tree.Fifo(path),
            "dangling link" => tree.Link(path, "nowhere"),
            "both conventions" => tree.Write(path, good).Write($"{Path.GetDirectoryName(path)}/{other}", good),
            "too large" => tree.Write(path, new string(' ', 300_000)),
            _ => tree.Write(path, "not PEM"),
        };
    }

    private void Mend(string path, string text, string other)
    {
        File.Delete(tree[path]);
        File.Delete(tree[$"{Path.GetDirectoryName(path)}/{other}"]);
        tree.Write(path, text);
    }

    private void AssertPair(Material key, string expected)
    {
        Assert.Equal(expected, Body("certificates"));
        Assert.Equal(key.KeyPem, Body("privatekeys"));
        Assert.Equal($"{key.KeyPem}\n{expected}", Body("web"));
    }

    /// <summary>A download: of a private key, a certificate, or by a certificate's name of both.</summary>
    private string Body(string what) => TempTree.Body(what switch
    {
        "privatekeys" => served!.PrivateKey("web")!.Download.At(now),
        "certificates" => served!.Certificate("web")!.NewestValidOrder.At(now)!.Certificate,
        _ => served!.Certificate(what)!.NewestValidOrder.At(now)!.PrivateCertificateChain,
    });
}
