using System.Security.Cryptography;
using LeGo.Lite.Catalog;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

public sealed class RepresentationTests : IDisposable
{
    private readonly TempTree tree = new();

    public void Dispose() => tree.Dispose();

    [Fact]
    public void The_five_bodies_are_key_leaf_and_chain_in_their_order()
    {
        var key = Material.One.KeyPem;
        var chain = Material.One.Chain();
        var leaf = chain[..(chain.IndexOf("-----END CERTIFICATE-----\n", StringComparison.Ordinal) + 26)];
        tree.Key("web", TempTree.KeyYaml, key).Certificate("web").Order("web", "1", chain);

        var (item, order) = Read("web");

        AssertServes(key, "web.key.pem", item.Download.At(TempTree.Now));
        AssertServes(chain, "web.cert.pem", order.Certificate);
        AssertServes(chain[leaf.Length..], "web.chain.pem", order.Issuers);
        AssertServes($"{key}\n{leaf}", "web.certkey.pem", order.PrivateCertificate);
        AssertServes($"{key}\n{chain}", "web.certchainkey.pem", order.PrivateCertificateChain);
    }

    [Fact]
    public void Without_chain_or_key_only_what_can_be_made_is_there()
    {
        var leaf = Material.One.Leaf(TempTree.Now, TempTree.Now.AddDays(1));
        tree.Key("web").Certificate("web").Order("web", "1", leaf);

        var (item, order) = Read("web");

        Assert.Null(item.Download.At(TempTree.Now));
        AssertServes(leaf, "web.cert.pem", order.Certificate);
        Assert.Equal((null, null, null), (order.Issuers, order.PrivateCertificate, order.PrivateCertificateChain));
    }

    [Fact]
    public void Files_that_mean_the_same_give_the_same_bytes_and_tag()
    {
        var chain = Material.One.Chain();
        tree.Key("web", TempTree.KeyYaml, $"a comment\r\n{Material.One.KeyPem.Replace("\n", "\r\n", StringComparison.Ordinal)}")
            .Certificate("web").Order("web", "1", $"subject=leaf\n{chain.TrimEnd()}");

        var (item, order) = Read("web");

        AssertServes(Material.One.KeyPem, "web.key.pem", item.Download.At(TempTree.Now));
        AssertServes(chain, "web.cert.pem", order.Certificate);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("WEB")]
    [InlineData("wEb")]
    public void Names_are_looked_up_without_regard_to_case_and_shown_as_the_directory_spells_them(string name)
    {
        tree.Good("wEb");
        var snapshot = tree.Scan();

        Assert.Equal("wEb", snapshot.PrivateKey(name)!.Name);
        Assert.Equal("attachment; filename=\"wEb.cert.pem\"", snapshot.Certificate(name)!.NewestValidOrder.At(TempTree.Now)!.Certificate.ContentDisposition);
    }

    [Fact]
    public void No_other_character_stands_for_an_ASCII_letter()
    {
        foreach (var letter in "abcdefghijklmnopqrstuvwxyz")
        {
            tree.Key($"{letter}");
        }

        var snapshot = tree.Scan();

        Assert.Equal(26, snapshot.PrivateKeyCount);
        Assert.All(
            Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c),
            c => Assert.Equal(char.IsAsciiLetter(c), snapshot.PrivateKey([c]) is not null));
    }

    [Fact]
    public void An_unknown_name_is_null()
    {
        tree.Good("web");

        Assert.All(["", "we", "webb", "web ", "web/"], name => Assert.Null(tree.Scan().PrivateKey(name)));
        Assert.All(["", "we", "webb", "web ", "web/"], name => Assert.Null(tree.Scan().Certificate(name)));
    }

    // Times of day on 2026-05-01; the leaf's notBefore is 01:00, both key files' time is 02:00.
    [Theory]
    [InlineData(null, null, null, "02:00", "01:00", "02:00")]
    [InlineData("00:30", null, null, "00:30", "01:00", "01:00")]
    [InlineData("05:00", null, null, "05:00", "01:00", "05:00")]
    [InlineData(null, "03:00", null, "02:00", "03:00", "03:00")]
    [InlineData(null, "00:10", null, "02:00", "00:10", "02:00")]
    [InlineData(null, null, "04:00", "02:00", "04:00", "04:00")]
    [InlineData(null, "03:00", "00:20", "02:00", "00:20", "02:00")]
    [InlineData("03:30", "03:00", "04:00", "03:30", "04:00", "04:00")]
    [InlineData("04:30", "03:00", "04:00", "04:30", "04:00", "04:30")]
    public void Last_modified(string? keyUpdated, string? created, string? updated, string key, string certificate, string combined)
    {
        WriteTimes(keyUpdated, created, updated, Material.One.KeyPem, null);

        var (item, order) = Read("web");

        AssertTime(key, item.Download.At(TempTree.Now));
        AssertTime(certificate, order.Certificate);
        AssertTime(certificate, order.Issuers);
        AssertTime(combined, order.PrivateCertificate);
        AssertTime(combined, order.PrivateCertificateChain);
    }

    [Theory]
    [InlineData(null, null, "02:00", "01:00", "02:00")]
    [InlineData("00:30", null, "02:00", "01:00", "02:00")]
    [InlineData("05:00", null, "05:00", "01:00", "02:00")]
    [InlineData(null, "04:00", "02:00", "04:00", "04:00")]
    public void Last_modified_of_a_key_beside_its_order(string? keyUpdated, string? updated, string key, string certificate, string combined)
    {
        WriteTimes(keyUpdated, null, updated, null, Material.One.KeyPem);

        var (item, order) = Read("web");

        AssertTime(key, item.Download.At(TempTree.Now));
        AssertTime(certificate, order.Certificate);
        AssertTime(combined, order.PrivateCertificate);
    }

    [Fact]
    public void Last_modified_is_a_whole_second_in_the_form_of_HTTP()
    {
        var representation = new Representation("n", ".pem", new DateTimeOffset(2026, 3, 1, 9, 0, 5, 999, TimeSpan.FromHours(1)), default, default);

        Assert.Equal(new DateTimeOffset(2026, 3, 1, 8, 0, 5, TimeSpan.Zero), representation.LastModified);
        Assert.Equal("Sun, 01 Mar 2026 08:00:05 GMT", HttpDate.Format(representation.LastModified));
    }

    private void WriteTimes(string? keyUpdated, string? created, string? updated, string? itemKey, string? orderKey)
    {
        tree.Key("web", $"api_key: {TempTree.ApiKey}\n{Line("updated_at", keyUpdated)}", itemKey)
            .Certificate("web")
            .Order("web", "1", Material.One.Chain(Time("01:00"), Time("01:00").AddDays(90)), Line("created_at", created) + Line("updated_at", updated), orderKey);
        foreach (var file in Directory.EnumerateFiles(tree.Data, "privkey.pem", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, Time("02:00").UtcDateTime);
        }

        static string Line(string key, string? time) => time is null ? "" : $"{key}: 2026-05-01T{time}:00Z\n";
    }

    private (PrivateKeyItem Key, OrderItem Order) Read(string name)
    {
        var snapshot = tree.Scan();
        Assert.Empty(tree.Problems(snapshot));
        return (snapshot.PrivateKey(name)!, snapshot.Certificate(name)!.NewestValidOrder.At(TempTree.Now)!);
    }

    private static DateTimeOffset Time(string time) =>
        DateTimeOffset.Parse($"2026-05-01T{time}:00Z", System.Globalization.CultureInfo.InvariantCulture);

    private static void AssertTime(string expected, Representation? representation) => Assert.Equal(Time(expected), representation!.LastModified);

    private static void AssertServes(string body, string fileName, Representation? representation)
    {
        Assert.Equal(body, TempTree.Body(representation));
        Assert.Equal(body.Length, representation!.Length);
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(Material.Bytes(body)))}\"", representation.EntityTag);
        Assert.Equal($"attachment; filename=\"{fileName}\"", representation.ContentDisposition);
    }
}
