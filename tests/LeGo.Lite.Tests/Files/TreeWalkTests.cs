using System.Collections.Frozen;
using LeGo.Lite.Files;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Files;

public sealed class TreeWalkTests : IDisposable
{
    private const string NotRegular = "this is not a regular file, so it is never opened; put a plain file here";
    private const string NotUtf8 = "this name is not UTF-8; rename it";

    private readonly TempTree tree = new();

    public void Dispose() => tree.Dispose();

    [Fact]
    public void Looks_only_at_what_the_layout_asks_for()
    {
        tree.Write("top", "").Write("other", "").Write("named/inner", "").Write("named/wanted", "").Write("named/deep/wanted", "")
            .Write("free/wanted", "").Write("free/inner", "").Write("free/deep/wanted", "");

        Assert.Equal(
            ["free/", "  wanted", "named/", "  inner", "top"],
            Walk(new()
            {
                Files = ["top", "missing"],
                Named = new Dictionary<string, Layout> { ["named"] = new() { Files = ["inner"] } }.ToFrozenDictionary(),
                Others = new() { Files = ["wanted"] },
            }));
    }

    [Fact]
    public void Skips_names_that_start_with_a_dot_even_wanted_ones()
    {
        tree.Write("f", "").Write(".f", "").Write("..f", "").Write(".d/f", "").Write("..data/f", "").Link(".link", "nowhere").Write("d/f", "");

        Assert.Equal(["d/", "  f", "f"], Walk(new() { Files = ["f", ".f", "..f"], Others = new() { Files = ["f"] } }));
    }

    [Fact]
    public void Entries_come_in_ordinal_order()
    {
        tree.Make("b").Make("B").Make("a-").Make("a.").Make("a").Make("10").Make("9").Make("é");

        Assert.Equal(["10/", "9/", "B/", "a/", "a-/", "a./", "b/", "é/"], Walk(new() { Files = [], Others = new() { Files = [] } }));
    }

    [Fact]
    public void Goes_as_deep_as_the_layout_and_no_deeper()
    {
        tree.Write("a/a/a/a/f", "").Write("a/a/f", "");

        Assert.Equal(["a/", "  a/", "    f"], Walk(new() { Files = ["f"], Others = new() { Files = ["f"], Others = new() { Files = ["f"] } } }));
    }

    [Fact]
    public void What_is_no_regular_file_in_a_files_place_is_a_fault()
    {
        tree.Make("a").Fifo("b").Socket("c").Write("d", "");

        Assert.Equal(
            [$"a! {NotRegular}", $"b! {NotRegular}", $"c! {NotRegular}", "d"],
            Walk(new() { Files = ["a", "b", "c", "d"], Others = new() { Files = ["a"] } }));
    }

    [Fact]
    public void What_is_no_directory_in_a_directorys_place_is_ignored()
    {
        tree.Write("a", "").Fifo("b").Socket("c").Make("d");

        Assert.Equal(["d/"], Walk(new() { Files = [], Others = new() { Files = [] } }));
    }

    [Fact]
    public void A_link_to_a_FIFO_in_a_files_place_is_a_fault()
    {
        tree.Fifo("pipe").Link("f", "pipe");

        Assert.Equal([$"f! {NotRegular}"], Walk(new() { Files = ["f"] }));
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_a_fault_and_the_rest_is_found()
    {
        tree.MakeNamed("", [0xff, (byte)'x']).MakeNamed("", [0xc3]).Make("good");

        Assert.Equal(
            ["good/", $"\uFFFD! {NotUtf8}", $"\uFFFDx! {NotUtf8}"],
            Walk(new() { Files = [], Others = new() { Files = [] } }));
    }

    [Fact]
    public void A_long_name_that_is_not_UTF8_is_a_fault_too()
    {
        tree.MakeNamed("", Enumerable.Repeat((byte)0xff, 255).ToArray()).Make("good");

        Assert.Equal(
            ["good/", $"{new string('\uFFFD', 255)}! {NotUtf8}"],
            Walk(new() { Files = [], Others = new() { Files = [] } }));
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_ignored_where_nothing_is_asked_for()
    {
        tree.MakeNamed("", [0xff]);

        Assert.Empty(Walk(new() { Files = [] }));
    }

    [Fact]
    public void Names_with_control_characters_are_found_as_they_are()
    {
        tree.Make("a\nb").Make("\u001b[31m");

        Assert.Equal(["\u001b[31m/", "a\nb/"], Walk(new() { Files = [], Others = new() { Files = [] } }));
    }

    [Theory]
    [InlineData("missing", "there is no such directory")]
    [InlineData("f", "this is not a directory")]
    [InlineData("f/below", "this is not a directory")]
    [InlineData("pipe", "this is not a directory")]
    [InlineData("loop", "can't open the directory: ")]
    [InlineData("dangling", "there is no such directory")]
    [InlineData("nul\0", "there is no such directory")]
    public void A_root_that_is_no_directory_fails_the_walk(string path, string message)
    {
        tree.Write("f", "").Fifo("pipe").Link("loop", "loop").Link("dangling", "nowhere");

        var failure = Assert.Throws<IOException>(() => TreeWalk.Walk(tree[path], new() { Files = [] }, []).Root);
        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_are_the_users_and_locations_are_real()
    {
        tree.Write("real/d/f", "").Link("root", "real");

        var root = TreeWalk.Walk(tree["root"], new() { Files = [], Others = new() { Files = ["f"] } }, []).Root;

        var directory = Assert.IsType<TreeDirectory>(root["d"]);
        var file = Assert.IsType<TreeFile>(directory["f"]);
        Assert.Equal((tree["root"], tree["real"]), (root.Path, root.Place.Location));
        Assert.Equal((tree["root/d"], tree["real/d"]), (directory.Path, directory.Place.Location));
        Assert.Equal((tree["root/d/f"], tree["real/d/f"]), (file.Path, file.Location));
    }

    [Fact]
    public void A_stamp_is_the_files_own_and_tells_its_time()
    {
        tree.Write("real", "12345").Link("f", "real");
        File.SetLastWriteTimeUtc(tree["real"], new DateTime(2026, 3, 1, 8, 0, 0, DateTimeKind.Utc).AddTicks(1234567));

        var stamp = Assert.IsType<TreeFile>(TreeWalk.Walk(tree.Data, new() { Files = ["f"] }, []).Root["f"]).Stamp;

        Assert.Equal(5, stamp.Size);
        Assert.Equal(File.GetLastWriteTimeUtc(tree["real"]), stamp.ModifiedAt.UtcDateTime);
        Assert.Equal(1234567, stamp.ModifiedAt.Ticks % TimeSpan.TicksPerSecond);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(long.MinValue, 0)]
    [InlineData(10_000_000, 10_000_000)]
    [InlineData(long.MaxValue, 2534023007999999999 /* the last moment of the year 9999 */)]
    public void Times_beyond_NETs_are_clamped(long modified, long expected)
    {
        var stamp = new FileStamp(1, 2, 3, modified, 5);

        Assert.InRange((stamp.ModifiedAt - DateTimeOffset.UnixEpoch).Ticks - expected, 0, expected == 0 ? 0 : long.MaxValue);
        Assert.InRange(stamp.ModifiedAt.UtcTicks, DateTimeOffset.UnixEpoch.Ticks, DateTimeOffset.MaxValue.Ticks);
    }

    [Fact]
    public void Every_change_of_a_file_changes_its_stamp()
    {
        tree.Write("f", "one");
        var modified = File.GetLastWriteTimeUtc(tree["f"]);
        var stamps = new HashSet<FileStamp> { Stamp() };

        // Same size, and the modification time put back.
        ChangeTime.WaitForNext(tree);
        tree.Write("f", "two");
        File.SetLastWriteTimeUtc(tree["f"], modified);
        Assert.True(stamps.Add(Stamp()));

        // Another file renamed over it.
        tree.Write("g", "two");
        File.SetLastWriteTimeUtc(tree["g"], modified);
        File.Move(tree["g"], tree["f"], overwrite: true);
        Assert.True(stamps.Add(Stamp()));

        FileStamp Stamp() => Assert.IsType<TreeFile>(TreeWalk.Walk(tree.Data, new() { Files = ["f"] }, []).Root["f"]).Stamp;
    }

    private List<string> Walk(Layout layout)
    {
        var lines = new List<string>();
        Show(TreeWalk.Walk(tree.Data, layout, []).Root, "");
        return lines;

        void Show(TreeDirectory directory, string indent)
        {
            foreach (var entry in directory.Entries)
            {
                lines.Add(entry switch
                {
                    TreeDirectory => $"{indent}{entry.Name}/",
                    TreeFault fault => $"{indent}{entry.Name}! {fault.Text}",
                    _ => indent + entry.Name,
                });
                Assert.Equal($"{directory.Path}/{entry.Name}", entry.Path);
                if (entry is TreeDirectory below)
                {
                    Show(below, indent + "  ");
                }
            }
        }
    }
}
