using LeGo.Lite.Catalog;
using LeGo.Lite.Files;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

public sealed class TreeReaderTests : IDisposable
{
    private const string Mismatch =
        "the private key is not the one this certificate was issued for, so this order is not served; put the right key beside it, or name it with private_key";

    private const string Unchecked = "keys of this kind can't be compared with their certificate here: the pair is served unchecked";
    private const string NoName = "this is no name of an item; rename the directory with letters, digits and . _ ~ - only";
    private const string Twin = "another item's name differs from this one only in case, so neither is served; rename one";

    private readonly TempTree tree = new();

    public void Dispose() => tree.Dispose();

    [Fact]
    public void A_good_tree_has_no_problem()
    {
        tree.Good("web").Good("mail", Material.Rsa).Key("spare", TempTree.KeyYaml, Material.Two.KeyPem);

        var snapshot = tree.Scan();

        Assert.Empty(tree.Problems(snapshot));
        Assert.Equal((3, 2), (snapshot.PrivateKeyCount, snapshot.CertificateCount));
        Assert.Empty(snapshot.Unsettled);
    }

    [Fact]
    public void The_sample_tree_has_no_problem()
    {
        var snapshot = tree.AddSample().Scan();

        Assert.Empty(snapshot.Problems);
        Assert.Equal((12, 13), (snapshot.PrivateKeyCount, snapshot.CertificateCount));
    }

    [Fact]
    public void An_empty_directory_is_hardly_the_data_directory()
    {
        AssertProblems($"{tree.Data}:1:1: error: neither privatekeys/ nor certificates/ is in here; is this the data directory?");
        Assert.Equal((0, 0), (tree.Scan().PrivateKeyCount, tree.Scan().CertificateCount));
    }

    [Theory]
    [InlineData("privatekeys")]
    [InlineData("certificates")]
    public void One_of_the_two_directories_is_enough(string section)
    {
        tree.Make(section);

        AssertProblems();
    }

    [Theory]
    [InlineData("privatekeys")]
    [InlineData("certificates")]
    public void A_section_that_is_a_broken_link_fails_the_scan_as_a_whole(string section)
    {
        tree.Good("web");
        Directory.Delete(tree[section], recursive: true);
        tree.Link(section, "nowhere");

        Assert.Equal(
            $"{tree[section]}: this link leads nowhere; make what it points to, or remove it",
            Assert.Throws<IOException>(() => tree.Scan()).Message);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("web.example.com")]
    [InlineData("A-Z_0~9.")]
    [InlineData("-")]
    [InlineData("~")]
    [InlineData("_.example.com")]
    [InlineData("con")]
    public void A_good_name_is_served(string name)
    {
        tree.Good(name);

        AssertProblems();
        Assert.NotNull(tree.Scan().PrivateKey(name));
        Assert.NotNull(tree.Scan().Certificate(name));
    }

    [Theory]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("with space", "with space")]
    [InlineData("a\nb", "a\\u000ab")]
    [InlineData("\u001b[31m", "\\u001b[31m")]
    [InlineData("\u009b31m", "\\u009b31m")]
    [InlineData("é", "é")]
    [InlineData("web%41", "web%41")]
    [InlineData("a\"b", "a\"b")]
    [InlineData("a\\b", "a\\b")]
    [InlineData("ａ", "ａ")]
    public void A_bad_name_is_a_problem_and_not_served(string name, string shown)
    {
        tree.Good(name).Good("good");

        AssertProblems(
            $"privatekeys/{shown}:1:1: error: {NoName}",
            $"certificates/{shown}:1:1: error: {NoName}");
        Assert.Equal((1, 1), (tree.Scan().PrivateKeyCount, tree.Scan().CertificateCount));
    }

    [Fact]
    public void A_name_that_starts_with_a_dot_is_skipped()
    {
        tree.Good("good").Good(".git").Good("..data").Order("good", ".2027", "broken");

        AssertProblems();
        Assert.Equal((1, 1), (tree.Scan().PrivateKeyCount, tree.Scan().CertificateCount));
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_a_problem_wherever_an_item_or_order_is_expected()
    {
        byte[] name = [.. Enumerable.Repeat((byte)0xfe, 200)];
        tree.Good("good").MakeNamed("privatekeys", name).MakeNamed("certificates", name).MakeNamed("certificates/good/orders", name);

        var problems = tree.Problems();

        Assert.Equal(3, problems.Length);
        Assert.All(problems, problem => Assert.EndsWith(":1:1: error: this name is not UTF-8; rename it", problem, StringComparison.Ordinal));
        AssertServed("good", "2026");
    }

    [Fact]
    public void Twins_that_differ_only_in_case_are_not_served()
    {
        tree.Key("Web", TempTree.KeyYaml, Material.One.KeyPem).Key("web", TempTree.KeyYaml, Material.One.KeyPem).Key("WEB2")
            .Certificate("mail").Certificate("MAIL").Certificate("mAil");

        AssertProblems(
            $"privatekeys/Web:1:1: error: {Twin}",
            $"privatekeys/web:1:1: error: {Twin}",
            $"certificates/MAIL:1:1: error: {Twin}",
            $"certificates/mAil:1:1: error: {Twin}",
            $"certificates/mail:1:1: error: {Twin}");
        Assert.Null(tree.Scan().PrivateKey("web"));
        Assert.NotNull(tree.Scan().PrivateKey("web2"));
        Assert.Null(tree.Scan().Certificate("mail"));
    }

    [Theory]
    [InlineData("\u017fhop")] // long s, an S in upper case
    [InlineData("\u0131")]
    [InlineData("\u212a")] // the Kelvin sign, a k in lower case
    public void A_bad_name_is_no_twin_of_a_good_one(string bad)
    {
        tree.Key("shop").Key("i").Key("k").Key(bad);

        AssertProblems($"privatekeys/{bad}:1:1: error: {NoName}");
        Assert.Equal(3, tree.Scan().PrivateKeyCount);
    }

    [Fact]
    public void A_directory_without_metadata_is_a_problem()
    {
        tree.Make("privatekeys/a").Write("privatekeys/b/privkey.pem", Material.One.KeyPem).Order("c", "1", Material.One.Chain());

        AssertProblems(
            "privatekeys/a:1:1: error: there is no key.yaml in this directory; make one, or remove the directory",
            "privatekeys/b:1:1: error: there is no key.yaml in this directory; make one, or remove the directory",
            "certificates/c:1:1: error: there is no certificate.yaml in this directory; make one, or remove the directory");
        Assert.Equal((0, 0), (tree.Scan().PrivateKeyCount, tree.Scan().CertificateCount));
    }

    [Fact]
    public void Unknown_files_and_deeper_directories_are_ignored()
    {
        tree.Good("web").Write("README", "\0").Write("privatekeys/notes.txt", "").Write("privatekeys/web/key.yaml~", "{").Write("privatekeys/web/old/privkey.pem", "x")
            .Write("certificates/web/fullchain.pem", "x").Write("certificates/web/orders/notes", "x").Write("certificates/web/orders/2026/cert.pem", "x")
            .Write("certificates/web/other/x/fullchain.pem", "x").Fifo("privatekeys/web/pipe").Make("backup/privatekeys/x");

        AssertProblems();
    }

    [Fact]
    public void Both_conventions_at_once_are_a_problem()
    {
        tree.Good("web").Write("privatekeys/web/tls.key", Material.One.KeyPem)
            .Good("mail").Write("certificates/mail/orders/2026/tls.crt", Material.One.Chain())
            .Good("acme").Order("acme", "2026", null, null, Material.One.KeyPem).Write("certificates/acme/orders/2026/tls.key", Material.One.KeyPem);

        AssertProblems(
            "privatekeys/web/privkey.pem:1:1: error: both privkey.pem and tls.key are here; remove one of them",
            "certificates/acme/orders/2026/privkey.pem:1:1: error: both privkey.pem and tls.key are here; remove one of them",
            "certificates/mail/orders/2026/fullchain.pem:1:1: error: both fullchain.pem and tls.crt are here; remove one of them");
        AssertServed("web", null);
        AssertServed("mail", null);
        AssertServed("acme", null);
        Assert.Null(tree.Scan().PrivateKey("web")!.Download.At(TempTree.Now));
    }

    [Fact]
    public void Kubernetes_names_are_read()
    {
        var chain = Material.One.Chain();
        tree.Key("web").Write("privatekeys/web/tls.key", Material.One.KeyPem).Certificate("web").Write("certificates/web/orders/1/tls.crt", chain)
            .Write("certificates/web/orders/1/tls.key", Material.One.KeyPem);

        AssertProblems();
        Assert.Equal(chain, TempTree.Body(Order("web")!.Certificate));
        Assert.Equal(Material.One.KeyPem, TempTree.Body(tree.Scan().PrivateKey("web")!.Download.At(TempTree.Now)));
    }

    [Fact]
    public void A_key_without_PEM_and_a_certificate_without_orders_are_fine()
    {
        tree.Key("web").Certificate("web").Certificate("mail").Make("certificates/mail/orders");

        AssertProblems();
        AssertServed("web", null);
        Assert.NotNull(tree.Scan().Certificate("web")!.PrivateKey);
        Assert.Null(tree.Scan().Certificate("mail")!.PrivateKey);
    }

    [Fact]
    public void A_valid_order_without_a_chain_is_a_problem_another_is_not()
    {
        tree.Certificate("web").Order("web", "1", null).Order("web", "2", null, "status: pending\n").Order("web", "3", null, "known_revoked: true\n");

        AssertProblems(
            "certificates/web/orders/1:1:1: error: this order is valid but has no fullchain.pem or tls.crt; put the chain here, or set its status in order.yaml");
    }

    [Theory]
    [InlineData("half", ":28:")]
    [InlineData("key in chain", ":1:1: error: nothing of this file is served, it holds a private key")]
    [InlineData("empty", ":1:1: error: no CERTIFICATE block is in this file")]
    [InlineData("large", ":1:1: error: can't read this file: it is larger than 256 KiB")]
    [InlineData("NUL", ":1:")]
    [InlineData("FIFO", ":1:1: error: this is not a regular file")]
    public void A_broken_chain_is_a_problem_with_its_place_and_the_older_order_is_served(string kind, string problem)
    {
        var chain = Material.Rsa.Chain();
        tree.Key("web", TempTree.KeyYaml, Material.Rsa.KeyPem).Certificate("web").Order("web", "1", chain, "created_at: 2026-01-01T00:00:00Z\n")
            .Order("web", "2", null, "created_at: 2026-02-01T00:00:00Z\n");
        var place = "certificates/web/orders/2/fullchain.pem";
        _ = kind switch
        {
            "half" => tree.Write(place, chain[..(chain.Length - 100)]),
            "key in chain" => tree.Write(place, Material.Rsa.KeyPem + chain),
            "empty" => tree.Write(place, ""),
            "large" => tree.Write(place, new byte[(256 * 1024) + 1]),
            "NUL" => tree.Write(place, "\0" + chain),
            _ => tree.Fifo(place),
        };

        var line = Assert.Single(tree.Problems());
        Assert.StartsWith(place + (kind == "half" ? ":" : problem), line, StringComparison.Ordinal);
        AssertServed("web", "1");
    }

    [Fact]
    public void A_broken_key_file_is_not_an_absent_one()
    {
        tree.Good("web").Write("privatekeys/web/privkey.pem", "not a key");

        Assert.StartsWith("privatekeys/web/privkey.pem:", Assert.Single(tree.Problems()), StringComparison.Ordinal);
        AssertServed("web", null);
        Assert.Null(tree.Scan().PrivateKey("web")!.Download.At(TempTree.Now));
        Assert.NotNull(tree.Scan().PrivateKey("web"));
    }

    [Fact]
    public void A_broken_key_file_excludes_only_the_orders_that_need_it()
    {
        tree.Key("web", TempTree.KeyYaml, "not a key").Certificate("web")
            .Order("web", "1", Material.One.Chain(), "created_at: 2026-01-01T00:00:00Z\n", Material.One.KeyPem)
            .Order("web", "2", Material.One.Chain(), "created_at: 2026-02-01T00:00:00Z\n");

        Assert.Single(tree.Problems());
        AssertServed("web", "1");

        // The item's own file is there, if broken: the key beside the order does not take its place.
        Assert.Null(tree.Scan().PrivateKey("web")!.Download.At(TempTree.Now));
    }

    [Fact]
    public void A_broken_key_beside_an_order_excludes_it_even_if_the_items_key_fits()
    {
        tree.Good("web").Order("web", "2026", null, null, "not a key");

        Assert.StartsWith("certificates/web/orders/2026/privkey.pem:", Assert.Single(tree.Problems()), StringComparison.Ordinal);
        AssertServed("web", null);
    }

    [Fact]
    public void The_key_beside_an_order_comes_before_the_items()
    {
        tree.Key("web", TempTree.KeyYaml, Material.One.KeyPem).Certificate("web").Order("web", "1", Material.Two.Chain(), null, Material.Two.KeyPem);

        AssertProblems();
        Assert.StartsWith(Material.Two.KeyPem, TempTree.Body(Order("web")!.PrivateCertificate), StringComparison.Ordinal);
        Assert.Equal(Material.One.KeyPem, TempTree.Body(tree.Scan().PrivateKey("web")!.Download.At(TempTree.Now)));
    }

    [Fact]
    public void A_key_beside_an_order_without_an_item_is_a_problem_and_the_certificate_is_served()
    {
        tree.Certificate("web").Order("web", "1", Material.One.Chain(), null, Material.One.KeyPem);

        AssertProblems(
            "certificates/web/orders/1:1:1: error: the private key beside this order has no item in privatekeys/, so nobody can download it; make one with a key.yaml");
        AssertServed("web", "1");
        Assert.Null(Order("web")!.PrivateKey);
    }

    [Fact]
    public void An_order_may_name_another_key_than_its_certificate()
    {
        tree.Key("one", TempTree.KeyYaml, Material.One.KeyPem).Key("two", TempTree.KeyYaml, Material.Two.KeyPem)
            .Certificate("web", TempTree.CertificateYaml + "private_key: ONE\n")
            .Order("web", "1", Material.One.Chain(), "created_at: 2026-01-01T00:00:00Z\n")
            .Order("web", "2", Material.Two.Chain(), "created_at: 2026-02-01T00:00:00Z\nprivate_key: two\n");

        AssertProblems();
        AssertServed("web", "2");
        Assert.Equal("two", Order("web")!.PrivateKey!.Name);
        Assert.Equal("one", tree.Scan().Certificate("web")!.PrivateKey!.Name);
        Assert.StartsWith(Material.Two.KeyPem, TempTree.Body(Order("web")!.PrivateCertificate), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mismatched_key_is_an_error_and_the_order_not_served()
    {
        tree.Good("web").Write("privatekeys/web/privkey.pem", Material.Two.KeyPem).Good("mail").Order("mail", "2026", null, null, Material.Rsa.KeyPem);

        AssertProblems(
            $"certificates/mail/orders/2026/fullchain.pem:1:1: error: {Mismatch}",
            $"certificates/web/orders/2026/fullchain.pem:1:1: error: {Mismatch}");
        AssertServed("web", null);
        AssertServed("mail", null);
    }

    [Fact]
    public void A_mismatch_of_an_order_with_a_newer_one_is_a_warning()
    {
        tree.Key("web", TempTree.KeyYaml, Material.Two.KeyPem).Certificate("web")
            .Order("web", "1", Material.One.Chain(), "created_at: 2026-01-01T00:00:00Z\n")
            .Order("web", "2", Material.Two.Chain(), "created_at: 2026-02-01T00:00:00Z\n")
            .Order("web", "3", Material.One.Chain(), "created_at: 2026-03-01T00:00:00Z\n");

        AssertProblems(
            $"certificates/web/orders/1/fullchain.pem:1:1: warning: {Mismatch}",
            $"certificates/web/orders/3/fullchain.pem:1:1: error: {Mismatch}");
        AssertServed("web", "2");
    }

    [Fact]
    public void A_pair_of_a_kind_that_cannot_be_compared_is_served_with_a_warning()
    {
        tree.Key("web").Write("privatekeys/web/privkey.pem", PemVector.Named("key-ed25519").Body)
            .Certificate("web").Write("certificates/web/orders/1/fullchain.pem", PemVector.Named("chain-ed25519").Body);

        var order = new TreeReader().Read(TreeWalk.Walk(tree.Data, DataTree.Layout, [])).Certificates.Single().Orders.Single();
        var snapshot = tree.Scan(order.Chain.NotBefore);

        Assert.Equal([$"certificates/web/orders/1/fullchain.pem:1:1: warning: {Unchecked}"], tree.Problems(snapshot));
        Assert.NotNull(snapshot.Certificate("web")!.NewestValidOrder.At(order.Chain.NotBefore)!.PrivateCertificate);
    }

    [Fact]
    public void An_Ed25519_key_for_another_kind_of_leaf_is_a_mismatch()
    {
        tree.Good("web").Write("privatekeys/web/privkey.pem", PemVector.Named("key-ed25519").Body);

        AssertProblems($"certificates/web/orders/2026/fullchain.pem:1:1: error: {Mismatch}");
    }

    [Fact]
    public void Broken_metadata_closes_the_item_and_a_certificate_is_served_without_its_key()
    {
        tree.Good("web").Write("privatekeys/web/key.yaml", "api_key: [").Good("mail").Write("certificates/mail/certificate.yaml", "");

        var problems = tree.Problems();

        Assert.Equal(2, problems.Length);
        Assert.StartsWith("privatekeys/web/key.yaml:1:", problems[0], StringComparison.Ordinal);
        Assert.StartsWith("certificates/mail/certificate.yaml:1:1: error: an api_key is missing", problems[1], StringComparison.Ordinal);
        Assert.Null(tree.Scan().PrivateKey("web"));
        Assert.Null(tree.Scan().Certificate("mail"));
        Assert.Null(Order("web")!.PrivateKey);
        Assert.Null(Order("web")!.PrivateCertificate);
    }

    [Fact]
    public void A_file_that_changes_between_the_walk_and_the_reading_unsettles_the_scan()
    {
        tree.Good("web").Good("mail");
        var seen = TreeWalk.Walk(tree.Data, DataTree.Layout, []);
        File.AppendAllText(tree["privatekeys/web/privkey.pem"], "\n");

        var records = new TreeReader().Read(seen);

        Assert.Equal([tree["privatekeys/web"]], records.Unsettled);
        Assert.Equal(records.Unsettled, CatalogSnapshot.Make(records, TempTree.Now).Unsettled);
        Assert.Equal(
            $"{tree["privatekeys/web/privkey.pem"]}:1:1: error: can't read this file: it was changing while it was read; it is read again shortly",
            Assert.Single(records.Problems).ToString());
        Assert.Empty(tree.Scan().Unsettled);
    }

    [Fact]
    public void A_tree_of_links_into_a_permitted_directory_is_served()
    {
        // As certbot lays it out.
        Directory.CreateDirectory($"{tree.Outside}/archive/web");
        Directory.CreateDirectory($"{tree.Outside}/live/web");
        File.WriteAllText($"{tree.Outside}/archive/web/fullchain3.pem", Material.One.Chain());
        File.WriteAllText($"{tree.Outside}/archive/web/privkey3.pem", Material.One.KeyPem);
        File.CreateSymbolicLink($"{tree.Outside}/live/web/fullchain.pem", "../../archive/web/fullchain3.pem");
        File.CreateSymbolicLink($"{tree.Outside}/live/web/privkey.pem", "../../archive/web/privkey3.pem");
        tree.Key("web").Certificate("web").Link("certificates/web/orders/live", $"{tree.Outside}/live/web");

        Assert.Empty(tree.Problems(tree.Outside));
        Assert.NotNull(tree.Scan(null, tree.Outside).Certificate("web")!.NewestValidOrder.At(TempTree.Now)!.PrivateCertificate);
        Assert.StartsWith("certificates/web/orders/live:1:1: error: this link leads out of the tree", Assert.Single(tree.Problems()), StringComparison.Ordinal);
        AssertServed("web", null);
    }

    [Theory]
    [InlineData("api_kye: x\n")]
    [InlineData(null)]
    public void The_key_of_a_closed_item_still_decides_which_orders_are_valid(string? yaml)
    {
        tree.Key("web", yaml, Material.One.KeyPem).Certificate("web")
            .Order("web", "1", Material.One.Chain(), "created_at: 2026-01-01T00:00:00Z\n")
            .Order("web", "2", Material.Two.Chain(), "created_at: 2026-02-01T00:00:00Z\n");

        Assert.Equal("1", Order("web")!.DirectoryName);
        Assert.Null(Order("web")!.PrivateCertificate);
    }

    [Fact]
    public void The_key_of_case_twins_matches_nothing()
    {
        tree.Key("web", pem: Material.One.KeyPem).Key("WEB", pem: Material.One.KeyPem).Certificate("web").Order("web", "1", Material.One.Chain());

        Assert.Null(Order("web"));
    }

    [Fact]
    public void A_bad_entry_of_data_links_is_no_section_of_the_tree()
    {
        Directory.CreateDirectory(tree.Outside);
        File.WriteAllText($"{tree.Outside}/certificates", "");

        Assert.NotNull(tree.Good("web").Scan(null, $"{tree.Outside}/certificates").Certificate("web"));
        Assert.Equal([$"{tree.Outside}/certificates:1:1: error: this entry of data_links is not a directory"], tree.Problems($"{tree.Outside}/certificates"));
    }

    [Fact]
    public void What_is_no_directory_where_one_of_this_name_is_wanted_is_told()
    {
        tree.Good("good").Certificate("web").Write("certificates/web/orders", "");
        Assert.Equal(["certificates/web/orders:1:1: error: this is not a directory; make it one, or remove it"], tree.Problems());

        Directory.Delete(tree["privatekeys"], recursive: true);
        tree.Write("privatekeys", "");
        Assert.Throws<IOException>(() => tree.Scan());
    }

    [Fact]
    public void A_broken_link_that_differs_in_case_does_not_close_a_sound_item()
    {
        tree.Good("web").Link("privatekeys/WEB", "nowhere");

        Assert.NotNull(Order("web")!.PrivateCertificate);
    }

    [Fact]
    public void Links_to_directories_cannot_multiply_the_tree_without_end()
    {
        tree.Good("c0");
        for (var i = 1; i < 160; i++)
        {
            tree.Link($"certificates/c{i}", "c0").Link($"certificates/c0/orders/{i}", "2026");
        }

        var snapshot = tree.Scan();

        Assert.NotNull(snapshot.Certificate("c0")!.NewestValidOrder.At(TempTree.Now));
        Assert.Contains(snapshot.Problems, problem => problem.Text.StartsWith("links lead to more than 20000 directories", StringComparison.Ordinal));
    }

    private OrderItem? Order(string certificate) => tree.Scan().Certificate(certificate)!.NewestValidOrder.At(TempTree.Now);

    private void AssertServed(string certificate, string? order) => Assert.Equal(order, Order(certificate)?.DirectoryName);

    private void AssertProblems(params string[] expected) => Assert.Equal(expected, tree.Problems());
}
