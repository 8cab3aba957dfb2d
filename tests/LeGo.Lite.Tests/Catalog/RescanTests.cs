using System.Globalization;
using LeGo.Lite.Catalog;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

/// <summary>A scan after another: what did not change is neither read nor made again.</summary>
public sealed class RescanTests : IDisposable
{
    private readonly TempTree tree = new();
    private readonly CatalogSource source;
    private DateTimeOffset now = TempTree.Now;

    public RescanTests() => source = new(tree.Data, [tree.Outside]);

    public void Dispose() => tree.Dispose();

    [Fact]
    public void A_scan_that_finds_nothing_new_gives_the_same_snapshot_and_allocates_next_to_nothing()
    {
        for (var i = 0; i < 100; i++)
        {
            tree.Good($"web{i}");
        }

        tree.Key("broken", "api_key: [").Link("certificates/web0/orders/link", "nowhere").Key("mounted", "api_key_file: ../../secret\n").Write("secret", "api-key-0123456789abcdef");
        var first = Scan();
        Assert.Same(first, source.Scan(now, first));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Same(first, source.Scan(now, first));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
    }

    [Fact]
    public void An_item_that_changed_is_made_anew_and_no_other()
    {
        tree.Good("web").Good("mail").Key("spare", TempTree.KeyYaml, Material.Two.KeyPem);
        var first = Scan();
        tree.Write("privatekeys/spare/key.yaml", "api_key: another-key-0123456789\n");
        var second = Scan(first);

        Assert.Equal((0, 1, 0), second.Since(first));
        Assert.NotSame(first.PrivateKey("spare"), second.PrivateKey("spare"));
        foreach (var name in new[] { "web", "mail" })
        {
            Assert.Same(first.PrivateKey(name), second.PrivateKey(name));
            Assert.Same(first.Certificate(name), second.Certificate(name));
        }
    }

    [Fact]
    public void Items_that_come_and_go_are_counted()
    {
        tree.Good("a").Good("b").Good("c");
        var first = Scan();
        Directory.Delete(tree["certificates/a"], recursive: true);
        tree.Good("d").Key("e").Order("b", "2027", Material.One.Chain(), "created_at: 2026-05-31T00:00:00Z\n");
        File.Delete(tree["privatekeys/c/privkey.pem"]);

        // The key of c changed, and so did its certificate, which is served without it from now on.
        Assert.Equal((3, 3, 1), Scan(first).Since(first));
    }

    [Theory]
    [InlineData("certificates/web/certificate.yaml", "# A comment.\n" + TempTree.CertificateYaml)]
    [InlineData("privatekeys/web/key.yaml", TempTree.KeyYaml + "description: web\n")]
    [InlineData("certificates/web/orders/2026/order.yaml", "status: valid\n")]
    [InlineData("certificates/web/orders/2026/fullchain.pem", null)]
    [InlineData("privatekeys/web/privkey.pem", null)]
    [InlineData("privatekeys/web/other", "")]
    public void A_change_that_means_the_same_changes_nothing(string path, string? text)
    {
        tree.Good("web");
        var first = Scan();
        tree.Write(path, text ?? "Read by people only\n" + File.ReadAllText(tree[path]).Replace("\n", "\r\n", StringComparison.Ordinal));
        var second = Scan(first);

        Assert.NotSame(first, second);
        Assert.Equal((0, 0, 0), second.Since(first));
    }

    [Fact]
    public void A_file_that_metadata_names_is_part_of_the_item()
    {
        tree.Key("web", "api_key_file: ../../secret\n");
        var missing = Scan();
        Assert.Null(missing.PrivateKey("web"));

        tree.Write("secret", "api-key-0123456789abcdef");
        var first = Scan(missing);
        Assert.NotNull(first.PrivateKey("web"));

        tree.Write("secret", "new-key-0123456789abcdef");
        var second = Scan(first);
        Assert.Equal((0, 1, 0), second.Since(first));
        Assert.True(second.PrivateKey("web")!.Credentials.Accept(ApiKeyDigest.Of("new-key-0123456789abcdef"u8)));

        File.Delete(tree["secret"]);
        Assert.Null(Scan(second).PrivateKey("web"));
    }

    /// <summary>Nothing about the certificate itself changes.</summary>
    [Theory]
    [InlineData("named by a certificate that has no orders")]
    [InlineData("of a private key beside an order that names it")]
    [InlineData("of a private key beside an order of its name")]
    public void An_item_that_goes_is_a_problem_where_it_is_needed_until_it_is_back(string what)
    {
        tree.Key("web").Key("spare");
        _ = what switch
        {
            "named by a certificate that has no orders" => tree.Certificate("web", TempTree.CertificateYaml + "private_key: spare\n"),
            "of a private key beside an order that names it" =>
                tree.Certificate("web").Order("web", "1", Material.One.Chain(), "private_key: spare\n", Material.One.KeyPem),
            _ => tree.Certificate("spare").Order("spare", "1", Material.One.Chain(), key: Material.One.KeyPem),
        };
        var whole = Scan();
        Assert.Empty(tree.Problems(whole));
        Directory.Move(tree["privatekeys/spare"], tree["spare"]);

        var without = Scan(whole);
        Assert.NotEmpty(tree.Problems(without));
        Assert.Equal(tree.Problems(tree.Scan()), tree.Problems(without));

        Directory.Move(tree["spare"], tree["privatekeys/spare"]);
        Assert.Empty(tree.Problems(Scan(without)));
    }

    /// <summary>The certificate's own directory stays as it is.</summary>
    [Fact]
    public void A_certificate_is_proven_again_when_its_key_or_the_time_is_another_and_only_then()
    {
        tree.Key("web").Certificate("web").Key("mail")
            .Order("web", "old", Material.One.Chain(now.AddDays(-80), now.AddDays(-1)))
            .Order("web", "now", Material.One.Chain(now.AddDays(-10), now.AddDays(10)))
            .Order("web", "next", Material.One.Chain(now.AddDays(5), now.AddDays(90)));
        var first = Scan();
        tree.Write("privatekeys/mail/key.yaml", "api_key: another-key-0123456789\n");
        var last = Scan(first);
        Assert.Same(first.Certificate("web")!.Record, last.Certificate("web")!.Record);

        foreach (var key in new[] { Material.One.KeyPem, Material.Two.KeyPem, "no key", Material.One.KeyPem })
        {
            tree.Write("privatekeys/web/privkey.pem", key);
            last = Scan(last);
            Assert.Equal(key == Material.One.KeyPem, tree.Problems(last) is []);
        }

        foreach (var (days, order) in new[] { (6, "next"), (11, "next"), (-20, "old"), (0, "now") })
        {
            now = TempTree.Now.AddDays(days);
            last = Scan(last);
            Assert.Equal(order, last.Certificate("web")!.NewestValidOrder.At(now)!.DirectoryName);
        }
    }

    [Fact]
    public void A_private_key_without_a_file_follows_the_orders()
    {
        tree.Key("web").Certificate("web").Order("web", "1", Material.One.Chain(), "created_at: 2026-01-01T00:00:00Z\n", Material.One.KeyPem);
        var first = Scan();
        tree.Order("web", "2", Material.Two.Chain(), "created_at: 2026-02-01T00:00:00Z\n", Material.Two.KeyPem);
        var second = Scan(first);

        Assert.Equal((0, 2, 0), second.Since(first));
        Assert.Equal(Material.Two.KeyPem, TempTree.Body(second.PrivateKey("web")!.Download.At(now)));
    }

    [Fact]
    public void A_clock_that_goes_back_finds_the_orders_that_were_let_go()
    {
        tree.Good("web");
        now = TempTree.Now.AddDays(100);
        var expired = Scan();
        Assert.Null(expired.Certificate("web")!.NewestValidOrder.At(TempTree.Now));

        now = TempTree.Now;
        Assert.NotNull(Scan(expired).Certificate("web")!.NewestValidOrder.At(TempTree.Now));
    }

    [Fact]
    public void An_order_that_expires_is_let_go_and_comes_back_with_the_clock()
    {
        tree.Good("web");
        var first = Scan();
        now = TempTree.Now.AddDays(100);
        tree.Key("other");
        var expired = Scan(first);
        Assert.Empty(expired.Certificate("web")!.Record.Orders);

        now = TempTree.Now;
        Assert.NotNull(Scan(expired).Certificate("web")!.NewestValidOrder.At(TempTree.Now));
    }

    [Fact]
    public void An_order_that_ended_after_the_clock_was_wrong_comes_back_with_it()
    {
        tree.Key("web", TempTree.KeyYaml, Material.One.KeyPem).Certificate("web")
            .Order("web", "1", Material.One.Chain(TempTree.Now.AddDays(-1), TempTree.Now.AddDays(2)), "created_at: 2026-05-01T00:00:00Z\n")
            .Order("web", "2", Material.One.Chain(TempTree.Now.AddDays(1), TempTree.Now.AddDays(90)), "created_at: 2026-05-31T00:00:00Z\n");
        var first = Scan();
        now = TempTree.Now.AddDays(1).AddHours(1);
        tree.Write("certificates/web/certificate.yaml", "api_key: another-key-0123456789\n");
        var later = Scan(first);
        Assert.Equal("2", later.Certificate("web")!.NewestValidOrder.At(now)!.DirectoryName);

        now = TempTree.Now;
        Assert.Equal("1", Scan(later).Certificate("web")!.NewestValidOrder.At(now)!.DirectoryName);
    }

    [Fact]
    public void The_way_to_the_data_may_change_while_all_in_it_stays()
    {
        tree.Write("a/data/privatekeys/web/key.yaml", "api_key_file: key.txt\n").Write("a/data/privatekeys/web/key.txt", "api-key-0123456789abcdef").Link("current", "a");
        var moving = new CatalogSource(tree["current/data"], []);
        var first = moving.Scan(now);
        Assert.NotNull(first.PrivateKey("web"));
        Directory.Move(tree["a"], tree["b"]);
        File.Delete(tree["current"]);
        tree.Link("current", "b");
        ChangeTime.WaitForNext(tree);

        var second = moving.Scan(now, first);
        Assert.Empty(second.Problems);
        Assert.NotNull(second.PrivateKey("web"));
    }

    [Fact]
    public void A_link_is_followed_only_as_long_as_its_end_is_permitted()
    {
        Directory.CreateDirectory($"{tree.Outside}/in");
        tree.Good("web");
        Directory.Move(tree["certificates/web"], $"{tree.Outside}/in/web");
        tree.Link("certificates/web", $"{tree.Outside}/in/web");
        var inside = new CatalogSource(tree.Data, [$"{tree.Outside}/in"]);
        var first = inside.Scan(now);
        Assert.NotNull(first.Certificate("web"));

        // The very same directory, in another place.
        Directory.Move($"{tree.Outside}/in", $"{tree.Outside}/out");
        Directory.CreateDirectory($"{tree.Outside}/in");
        Directory.CreateSymbolicLink($"{tree.Outside}/in/web", "../out/web");
        ChangeTime.WaitForNext(tree);

        var second = inside.Scan(now, first);
        Assert.Null(second.Certificate("web"));
        Assert.Contains("leads out of the tree", Assert.Single(second.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_warning_stays_with_the_file_that_has_it_though_another_name_of_it_goes()
    {
        var chain = Material.One.Chain();
        var end = chain.IndexOf("-----END CERTIFICATE-----\n", StringComparison.Ordinal) + "-----END CERTIFICATE-----\n".Length;
        tree.Certificate("a").Certificate("b").Write("shared.pem", chain[..end] + chain[..end])
            .Link("certificates/a/orders/1/fullchain.pem", "../../../../shared.pem").Link("certificates/b/orders/1/fullchain.pem", "../../../../shared.pem");
        var first = Scan();
        Assert.Equal(2, first.Problems.Count);
        Directory.Delete(tree["certificates/a"], recursive: true);

        Assert.StartsWith("certificates/b/orders/1/fullchain.pem:", Assert.Single(tree.Problems(Scan(first))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_scan_that_failed_forgets_nothing()
    {
        tree.Good("web");
        var first = Scan();
        Directory.Move(tree.Data, tree.Outside);
        Assert.Throws<IOException>(() => source.Scan(now, first));
        Directory.Move(tree.Outside, tree.Data);

        Assert.Equal((0, 0, 0), source.Scan(now, first).Since(first));
    }

    /// <summary>Whatever is done in whatever order, as long as no file breaks: the same as a scan that knows nothing.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_changes_show(int seed)
    {
        var random = new Random(seed);
        CatalogSnapshot? served = null;
        for (var round = 0; round < 60; round++)
        {
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                Mutate(random);
            }

            served = Scan(served);
            Assert.Equal(Show(new CatalogSource(tree.Data, []).Scan(now)), Show(served));
        }
    }

    /// <summary>Keys and orders always fit: what does not is another test's matter.</summary>
    private void Mutate(Random random)
    {
        var name = "abcAB"[random.Next(5)].ToString();
        var order = $"{1 + random.Next(3)}";
        var material = random.Next(2) == 0 ? Material.One : Material.Two;
        switch (random.Next(8))
        {
            case 0:
                tree.Key(name, $"api_key: {name}-key-0123456789-{random.Next(3)}\n");
                break;
            case 1:
                tree.Certificate(name, $"api_key: {name}-certificate-01234-{random.Next(3)}\nprivate_key: {"abc"[random.Next(3)]}\n");
                break;
            case 2 or 3:
                tree.Order(name, order, material.Chain(), $"created_at: 2026-05-0{1 + random.Next(9)}T00:00:00Z\n", material.KeyPem);
                break;
            case 4:
                Delete($"privatekeys/{name}");
                break;
            case 5:
                Delete($"certificates/{name}/orders/{order}");
                break;
            case 6:
                Delete($"certificates/{name}");
                break;
            default:
                tree.Write($"certificates/{name}/certificate.yaml", "api_key: [");
                break;
        }

        void Delete(string path)
        {
            if (Directory.Exists(tree[path]))
            {
                Directory.Delete(tree[path], recursive: true);
            }
        }
    }

    private List<string> Show(CatalogSnapshot snapshot)
    {
        var lines = new List<string>(tree.Problems(snapshot));
        foreach (var name in "abc".Select(c => c.ToString()))
        {
            var order = snapshot.Certificate(name)?.NewestValidOrder.At(now);
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{snapshot.PrivateKey(name)?.Name} {snapshot.PrivateKey(name)?.Download.At(now)?.EntityTag} {snapshot.Certificate(name)?.Name} {snapshot.Certificate(name)?.PrivateKey?.Name} {order?.DirectoryName} {order?.PrivateKey?.Name} {order?.PrivateCertificateChain?.EntityTag} {order?.PrivateCertificateChain?.LastModified}"));
            for (var i = 0; i < 3; i++)
            {
                lines.Add($"{snapshot.PrivateKey(name)?.Credentials.Accept(ApiKeyDigest.Of(Material.Bytes($"{name}-key-0123456789-{i}")))} {snapshot.Certificate(name)?.Credentials.Accept(ApiKeyDigest.Of(Material.Bytes($"{name}-certificate-01234-{i}")))}");
            }
        }

        return lines;
    }

    private CatalogSnapshot Scan(CatalogSnapshot? served = null)
    {
        ChangeTime.WaitForNext(tree);
        return source.Scan(now, served);
    }
}
