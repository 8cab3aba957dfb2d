using LeGo.Lite.Catalog;
using LeGo.Lite.Files;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

/// <summary>When a reading of the tree says that something was changing meanwhile.</summary>
public sealed class UnsettledTests : IDisposable
{
    private readonly TempTree tree = new();

    public void Dispose() => tree.Dispose();

    [Fact]
    public void What_vanished_after_it_was_listed_makes_the_snapshot_unsettled()
    {
        var place = new Place("data", "/data");
        TreeLook Root(params TreeEntry[] entries) => new(new("data", place, [.. entries]), [], []);
        var gone = new TreeFault("web", new("data/privatekeys", "/data/privatekeys"), "gone", Unsettled: true);

        Assert.NotEmpty(new TreeReader().Read(Root(new TreeDirectory("privatekeys", gone.Parent, [gone]))).Unsettled);
        Assert.Throws<IOException>(() => new TreeReader().Read(Root(new TreeFault("privatekeys", place, "gone", Unsettled: true))));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(250, true)]
    public void A_file_written_to_within_the_debounce_makes_the_snapshot_unsettled(int debounce, bool expected)
    {
        tree.Good("web");
        var written = File.GetLastWriteTimeUtc(tree["certificates/web/orders/2026/fullchain.pem"]);
        var source = new CatalogSource(tree.Data, []) { Debounce = TimeSpan.FromMilliseconds(debounce) };

        Assert.Equal(expected, source.Scan(written.AddMilliseconds(100)).Unsettled.Count > 0);
        Assert.Empty(source.Scan(written.AddSeconds(60)).Unsettled);
        Assert.Empty(source.Scan(written.AddMinutes(-2)).Unsettled);
    }

    [Fact]
    public void A_directory_or_a_file_of_an_API_key_changed_within_the_debounce_makes_the_snapshot_unsettled()
    {
        tree.Key("web", "api_key_file: ../../api-key\n").Write("api-key", "api-key-0123456789abcdef");
        ChangeTime.WaitForNext(tree);
        File.AppendAllText(tree["api-key"], "\n");
        AssertUnsettledUntil(File.GetLastWriteTimeUtc(tree["api-key"]));

        ChangeTime.WaitForNext(tree);
        tree.Write("privatekeys/web/other", "");
        AssertUnsettledUntil(Directory.GetLastWriteTimeUtc(tree["privatekeys/web"]));

        void AssertUnsettledUntil(DateTime changed)
        {
            var source = new CatalogSource(tree.Data, []) { Debounce = TimeSpan.FromTicks(1) };
            Assert.NotEmpty(source.Scan(changed).Unsettled);
            Assert.Empty(source.Scan(changed.AddMilliseconds(1)).Unsettled);
        }
    }
}
