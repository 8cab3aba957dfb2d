using CsCheck;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

/// <summary>SPEC 4, from files to the order that is served at a moment.</summary>
public sealed class NewestValidOrderTests : IDisposable
{
    private static readonly DateTimeOffset Now = TempTree.Now;

    // Chains are dear to make: one for each window, in days from now.
    private static readonly (int From, int Until)[] Windows = [(-30, 60), (-10, 60), (-10, 5), (-30, -1), (3, 60), (-1, 1)];
    private static readonly string[] Chains = [.. Windows.Select(window => Material.One.Chain(Now.AddDays(window.From), Now.AddDays(window.Until)))];

    private readonly TempTree tree = new TempTree().Key("web", TempTree.KeyYaml, Material.One.KeyPem).Certificate("web");

    public void Dispose() => tree.Dispose();

    [Fact]
    public void The_latest_created_wins_not_the_latest_directory_or_leaf()
    {
        tree.Order("web", "1", Chain(-30, 10), "created_at: 2026-05-20T00:00:00Z\n").Order("web", "2", Chain(-5, 90), "created_at: 2026-05-10T00:00:00Z\n");

        AssertServed("1", Now);
    }

    [Fact]
    public void Without_metadata_an_order_is_created_when_its_leaf_begins()
    {
        tree.Order("web", "1", Chain(-5, 90)).Order("web", "2", Chain(-30, 90)).Order("web", "3", Chain(-40, 2), "created_at: 2026-05-30T00:00:00Z\n");

        AssertServed("3", Now);
        AssertServed("1", Now.AddDays(2));
    }

    [Theory]
    [InlineData("status: pending")]
    [InlineData("status: ready")]
    [InlineData("status: processing")]
    [InlineData("status: invalid")]
    [InlineData("known_revoked: true")]
    [InlineData("status: valid\nknown_revoked: true")]
    [InlineData("status: broken")]
    public void Any_but_a_valid_order_that_is_not_revoked_is_never_served(string yaml)
    {
        tree.Order("web", "1", Chain(-30, 90), "created_at: 2026-01-01T00:00:00Z\n").Order("web", "2", Chain(-5, 90), yaml + "\n");

        AssertServed("1", Now);
    }

    [Fact]
    public void Explicitly_valid_is_served()
    {
        tree.Order("web", "1", Chain(-30, 90), "status: valid\nknown_revoked: false\n");

        AssertServed("1", Now);
    }

    [Fact]
    public void A_leaf_is_valid_from_its_first_moment_up_to_but_not_its_last()
    {
        tree.Order("web", "1", Chain(-1, 1));
        var snapshot = tree.Scan(Now.AddDays(-10));

        Assert.Null(At(Now.AddDays(-1).AddTicks(-1)));
        Assert.Equal("1", At(Now.AddDays(-1)));
        Assert.Equal("1", At(Now.AddDays(1).AddTicks(-1)));
        Assert.Null(At(Now.AddDays(1)));

        string? At(DateTimeOffset time) => snapshot.Certificate("web")!.NewestValidOrder.At(time)?.DirectoryName;
    }

    [Fact]
    public void An_order_that_expires_gives_way_to_the_next_and_a_new_one_comes_without_a_scan()
    {
        tree.Order("web", "old", Chain(-30, 90)).Order("web", "short", Chain(-2, 2)).Order("web", "next", Chain(5, 90));
        var orders = tree.Scan().Certificate("web")!.NewestValidOrder;

        (int Days, string? Order)[] expected = [(0, "short"), (1, "short"), (2, "old"), (4, "old"), (5, "next"), (89, "next"), (90, null)];
        Assert.All(expected, moment => Assert.Equal(moment.Order, orders.At(Now.AddDays(moment.Days))?.DirectoryName));
    }

    [Fact]
    public void Of_two_created_at_once_the_later_to_end_wins_then_the_greater_directory_name()
    {
        const string Created = "created_at: 2026-05-20T00:00:00Z\n";
        tree.Order("web", "a", Chain(-30, 30), Created).Order("web", "b", Chain(-30, 20), Created);
        AssertServed("a", Now);

        tree.Order("web", "Z", Chain(-30, 30), Created);
        AssertServed("a", Now);

        tree.Order("web", "a-1", Chain(-30, 30), Created).Order("web", "10", Chain(-30, 30), Created);
        AssertServed("a-1", Now);

        // The same moment, written with another offset.
        tree.Order("web", "é", Chain(-30, 30), "created_at: 2026-05-20T02:00:00+02:00\n");
        AssertServed("é", Now);
    }

    [Fact]
    public void Expired_orders_and_those_never_first_are_let_go()
    {
        tree.Order("web", "expired", Chain(-30, -1)).Order("web", "hidden", Chain(-20, 5)).Order("web", "best", Chain(-10, 5)).Order("web", "later", Chain(1, 5));

        var made = new HashSet<string>();
        _ = tree.Scan().Certificate("web")!.NewestValidOrder.Select(order => made.Add(order.DirectoryName) ? order : order);

        Assert.Equal(["best", "later"], made.Order());
    }

    [Fact]
    public void A_key_item_without_a_file_serves_the_one_beside_the_newest_valid_order_that_names_it()
    {
        tree.Key("acme").Certificate("a", TempTree.CertificateYaml + "private_key: acme\n").Certificate("b").Certificate("acme")
            .Order("a", "1", Material.One.Chain(Now.AddDays(-20), Now.AddDays(3)), null, Material.One.KeyPem)
            .Order("b", "1", Material.Two.Chain(Now.AddDays(-10), Now.AddDays(1)), "private_key: ACME\n", Material.Two.KeyPem)
            .Order("acme", "1", Material.Rsa.Chain(Now.AddDays(-30), Now.AddDays(5)), null, Material.Rsa.KeyPem)
            .Order("acme", "2", Material.Two.Chain(Now.AddDays(-1), Now.AddDays(9)), "status: pending\n", Material.Two.KeyPem);

        // The newest by creation is b's for a day, then a's for two, then acme's own.
        AssertKey("acme", Material.Two, Now);
        AssertKey("acme", Material.Two, Now.AddDays(1).AddTicks(-1));
        AssertKey("acme", Material.One, Now.AddDays(1));
        AssertKey("acme", Material.Rsa, Now.AddDays(3));
        AssertKey("acme", null, Now.AddDays(5));
    }

    [Fact]
    public void If_the_newest_valid_order_has_no_key_beside_it_nothing_is_served()
    {
        tree.Key("acme").Certificate("acme")
            .Order("acme", "1", Chain(-20, 30), null, Material.One.KeyPem)
            .Order("acme", "2", Chain(-10, 2));

        AssertKey("acme", null, Now);
        AssertKey("acme", Material.One, Now.AddDays(2));
    }

    [Fact]
    public void A_key_item_with_its_own_file_never_serves_another()
    {
        tree.Order("web", "1", Material.Two.Chain(), null, Material.Two.KeyPem);

        AssertKey("web", Material.One, Now);
    }

    [Fact]
    public void Any_set_of_orders_serves_what_SPEC_4_says()
    {
        var order = Gen.Select(Gen.Int[0, Windows.Length - 1], Gen.Int[-1, 3], Gen.Int[0, 9], Gen.Int[0, 9]);
        Gen.Select(order.Array[0, 6], Gen.Int[-12, 12]).Sample(
            (orders, days) =>
            {
                using var data = new TempTree();
                data.Key("web", TempTree.KeyYaml, Material.One.KeyPem).Certificate("web");
                var model = new List<(DateTimeOffset Created, DateTimeOffset Until, string Name)>();
                var time = Now.AddDays(days);
                for (var i = 0; i < orders.Length; i++)
                {
                    var (window, created, state, key) = orders[i];
                    var name = $"{(char)('a' + (i * 7 % 5))}{i}";
                    var yaml = (created < 0 ? "" : $"created_at: 2026-05-0{created + 1}T00:00:00Z\n")
                        + (state == 0 ? "status: pending\n" : state == 1 ? "known_revoked: true\n" : "");
                    data.Order("web", name, Chains[window], yaml, key == 0 ? Material.Two.KeyPem : null);
                    var (from, until) = (Now.AddDays(Windows[window].From), Now.AddDays(Windows[window].Until));
                    if (state > 1 && key != 0 && from <= time && time < until)
                    {
                        model.Add((created < 0 ? from : new DateTimeOffset(2026, 5, created + 1, 0, 0, 0, TimeSpan.Zero), until, name));
                    }
                }

                model.Sort((a, b) => (a.Created, a.Until).CompareTo((b.Created, b.Until)) is not 0 and var byTime ? byTime : string.CompareOrdinal(a.Name, b.Name));
                Assert.Equal(
                    model is [.., var newest] ? newest.Name : null,
                    data.Scan(Now.AddDays(-12)).Certificate("web")!.NewestValidOrder.At(time)?.DirectoryName);
            },
            iter: 80);
    }

    private static string Chain(int from, int until) => Material.One.Chain(Now.AddDays(from), Now.AddDays(until));

    private void AssertServed(string? order, DateTimeOffset time) =>
        Assert.Equal(order, tree.Scan(time).Certificate("web")!.NewestValidOrder.At(time)?.DirectoryName);

    private void AssertKey(string name, Material? expected, DateTimeOffset time)
    {
        Assert.Equal(expected?.KeyPem ?? "", TempTree.Body(tree.Scan().PrivateKey(name)!.Download.At(time)));
        Assert.Equal(expected?.KeyPem ?? "", TempTree.Body(tree.Scan(time).PrivateKey(name)!.Download.At(time)));
    }
}
