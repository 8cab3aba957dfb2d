using System.Collections.Frozen;
using System.Globalization;
using LeGo.Lite.Files;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Files;

/// <summary>A second walk gives the same objects where nothing changed, and what a first walk would give where something did.</summary>
public sealed class TreeWalkAgainTests : IDisposable
{
    private static readonly Layout Below = new() { Files = ["f", "g"] };

    private static readonly Layout Layout = new()
    {
        Files = ["f"],
        Named = new Dictionary<string, Layout> { ["named"] = new() { Others = Below } }.ToFrozenDictionary(),
        Others = new() { Files = ["f", "g"], Others = Below },
    };

    private readonly TempTree tree = new();

    public void Dispose() => tree.Dispose();

    [Fact]
    public void A_tree_that_did_not_change_is_the_same_object()
    {
        tree.Write("f", "1").Write("a/f", "1").Write("a/b/f", "1").Write("named/x/f", "1").Write("target/f", "1").Link("link", "target").Link("a/g", "../f");
        var known = Walk();

        Assert.Same(known, Walk(known));
    }

    [Fact]
    public void Looking_at_a_tree_that_did_not_change_allocates_next_to_nothing()
    {
        for (var i = 0; i < 300; i++)
        {
            tree.Write($"d{i}/b/f", "1").Link($"d{i}/f", "b/f");
        }

        var known = Walk();
        _ = Walk(known);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Same(known, Walk(known));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024);
    }

    /// <summary>Every kind of change, and what of a/, b/ and c/ it touches.</summary>
    public static TheoryData<string, string> Changes() => new()
    {
        { "write in place", "a" },
        { "write the same length and set the time back", "a" },
        { "rename over", "a" },
        { "new file", "a" },
        { "delete a file", "a" },
        { "chmod", "a" },
        { "new directory", "a" },
        { "delete a directory", "a" },
        { "write deeper", "a" },
        { "replace a directory by one like it", "a" },
        { "write behind a link to a file", "b" },
        { "write behind a link to a directory", "b" },
        { "new file behind a link to a directory", "b" },
        { "another target for a link to a file", "b" },
        { "another target for a link to a directory", "b" },
        { "a target for a dangling link", "c" },
        { "a file in the place of a FIFO", "c" },
        { "a directory where a link led to a file", "c" },
        { "the target of a link to a directory elsewhere", "b" },
        { "the target of a link to a file elsewhere", "b" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_shows_and_the_rest_is_the_same_object(string change, string where)
    {
        tree.Write("a/f", "1").Write("a/d/f", "1").Write("a/d/g", "1")
            .Link("b/f", "../store/f").Link("b/d", "../store/d").Write(".store/f", "1").Write(".store/other", "1").Write(".store/d/f", "1").Write(".store/e/f", "1").Link("store", ".store")
            .Link("c/f", "nowhere").Fifo("c/g").Link("c/stray", "../.stray").Write(".stray", "");
        var known = Walk();
        ChangeTime.WaitForNext(tree);
        Change(change);

        var again = Walk(known);

        Assert.NotSame(known, again);
        Assert.Equal(Show(Walk()), Show(again));
        Assert.NotEqual(Show(known), Show(again));
        foreach (var name in new[] { "a", "b" })
        {
            Assert.Equal(name != where, ReferenceEquals(known.Root[name], again.Root[name]));
        }

        Assert.Same(again, Walk(again));
    }

    [Fact]
    public void Faults_that_stay_are_the_same_objects()
    {
        tree.Link("a/f", "nowhere").Fifo("a/g").Link("named", "/").Write("b/f", "1");
        var known = Walk();

        Assert.Same(known, Walk(known));
    }

    [Fact]
    public void What_was_changed_a_moment_ago_is_looked_at_again()
    {
        tree.Write("a/f", "1").Write("b/f", "1");
        var changed = File.GetLastWriteTimeUtc(tree["b/f"]);
        var moment = new Freshness(changed.AddMilliseconds(5), default);
        var known = Walk(null, moment);

        // Nothing changed, but a write within the same tick of the clock would look just like this.
        Assert.NotSame(known.Root["b"], Walk(known, moment).Root["b"]);

        var later = Walk(known, new(changed.AddSeconds(3), default));
        Assert.Same(later, Walk(later, new(changed.AddSeconds(6), default)));
    }

    [Fact]
    public void A_time_of_whole_seconds_is_believed_later()
    {
        var second = 1_800_000_000L * TimeSpan.TicksPerSecond;
        var at = DateTimeOffset.UnixEpoch.AddTicks(second);

        Assert.True(new Freshness(at.AddSeconds(1), default).IsRacy(new(1, 2, 3, second, second)));
        Assert.False(new Freshness(at.AddSeconds(1), default).IsRacy(new(1, 2, 3, second, second + 1)));
        Assert.True(new Freshness(at.AddMilliseconds(10), default).IsRacy(new(1, 2, 3, second, second + 1)));
        Assert.False(new Freshness(at.AddSeconds(2), default).IsRacy(new(1, 2, 3, second, second)));
        Assert.False(default(Freshness).IsRacy(new(1, 2, 3, second, second)));
    }

    [Fact]
    public void A_root_that_is_another_is_walked_anew()
    {
        tree.Write("v1/a/f", "1").Write("v1/b/f", "1").Write("v2/a/f", "2").Write("v2/b/f", "2").Link("root", "v1");
        var known = Walk(tree["root"]);
        ChangeTime.WaitForNext(tree);
        File.Delete(tree["root"]);
        tree.Link("root", "v2");

        var again = TreeWalk.Walk(tree["root"], Layout, [], default, known);

        var file = Assert.IsType<TreeFile>(Assert.IsType<TreeDirectory>(again.Root["a"])["f"]);
        Assert.Equal(tree["v2/a/f"], file.Location);
        Assert.Equal("2"u8.ToArray(), FileContent.Read(file, 10).Bytes);
    }

    [Fact]
    public void A_root_that_was_moved_away_and_made_anew_is_walked_anew()
    {
        tree.Write("root/a/f", "1").Write("root/b/f", "1");
        var known = Walk(tree["root"]);
        Directory.Move(tree["root"], tree["old"]);
        tree.Write("root/a/f", "2");

        Assert.Equal(["a/", "  f 1"], Show(TreeWalk.Walk(tree["root"], Layout, [], default, known)).Select(line => line.Split('@')[0]));
        Directory.Delete(tree["root"], recursive: true);
        Assert.Throws<IOException>(() => TreeWalk.Walk(tree["root"], Layout, [], default, known));
    }

    [Fact]
    public void What_was_known_behind_links_counts_to_their_limit()
    {
        for (var i = 0; i < 150; i++)
        {
            tree.Write($"named/x{i}/f", "1");
        }

        for (var i = 0; i < 133; i++)
        {
            tree.Link($"l{i}", "named");
        }

        // 133 links to 150 directories each: 133 + 19,950 are too many.
        Assert.NotEmpty(Faults(Walk().Root));
        File.Delete(tree["l0"]);
        var known = Walk();
        Assert.Empty(Faults(known.Root));
        tree.Link("z", "named");

        Assert.NotEmpty(Faults(Walk(known).Root));

        // Also if what is new comes first.
        File.Delete(tree["z"]);
        tree.Link("a", "named");
        Assert.NotEmpty(Faults(Walk(known).Root));

        static IEnumerable<TreeFault> Faults(TreeDirectory directory) => directory.Faults.Concat(directory.Directories.SelectMany(Faults));
    }

    /// <summary>Whatever is done in whatever order: the same as a walk that knows nothing.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_changes_show(int seed)
    {
        var random = new Random(seed);
        TreeLook? known = null;
        for (var round = 0; round < 150; round++)
        {
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                Mutate(random);
            }

            known = TreeWalk.Walk(tree.Data, Layout, [], new(DateTimeOffset.UtcNow, default), known);
            Assert.Equal(Show(Walk()), Show(known));
        }
    }

    private void Mutate(Random random)
    {
        string[] places = ["f", "a/f", "a/g", "a/b/f", "a/b/g", "named/x/f", "named/y/g", "c/b/f", "c/f"];
        var file = tree[places[random.Next(places.Length)]];
        var directory = Path.GetDirectoryName(file)!;
        try
        {
            switch (random.Next(10))
            {
                case 0 or 1 or 2:
                    Directory.CreateDirectory(directory);
                    File.WriteAllText(file, random.Next(100).ToString(CultureInfo.InvariantCulture));
                    break;
                case 3:
                    File.Delete(file);
                    break;
                case 4 when directory != tree.Data:
                    Directory.Delete(directory, recursive: true);
                    break;
                case 5:
                    Directory.CreateDirectory(directory);
                    File.WriteAllText(file + ".new", "renamed");
                    File.Move(file + ".new", file, overwrite: true);
                    break;
                case 6:
                    File.Delete(file);
                    File.CreateSymbolicLink(file, tree[places[random.Next(places.Length)]]);
                    break;
                case 7 when directory != tree.Data:
                    Directory.Delete(directory, recursive: true);
                    File.CreateSymbolicLink(directory, tree[new[] { "a", "a/b", "named", "nowhere" }[random.Next(4)]]);
                    break;
                case 8:
                    var from = tree[new[] { "a", "a/b", "named", "named/x", "c" }[random.Next(5)]];
                    var to = tree[new[] { "a", "a/b", "named", "named/x", "c" }[random.Next(5)]];
                    Directory.Move(from, to);
                    if (random.Next(2) == 0)
                    {
                        File.CreateSymbolicLink(from, to);
                    }

                    break;
                default:
                    File.SetUnixFileMode(file, random.Next(2) == 0 ? UnixFileMode.UserRead | UnixFileMode.UserWrite : UnixFileMode.UserRead);
                    break;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Not every change can be made of every tree.
        }
    }

    private void Change(string change)
    {
        switch (change)
        {
            case "write in place":
                File.WriteAllText(tree["a/f"], "22");
                break;
            case "write the same length and set the time back":
                var time = File.GetLastWriteTimeUtc(tree["a/f"]);
                File.WriteAllText(tree["a/f"], "2");
                File.SetLastWriteTimeUtc(tree["a/f"], time);
                break;
            case "rename over":
                tree.Write("../new", "2");
                File.Move(tree["../new"], tree["a/f"], overwrite: true);
                break;
            case "new file":
                tree.Write("a/g", "2");
                break;
            case "delete a file":
                File.Delete(tree["a/f"]);
                break;
            case "chmod":
                File.SetUnixFileMode(tree["a/f"], UnixFileMode.UserRead);
                break;
            case "new directory":
                tree.Write("a/new/f", "2");
                break;
            case "delete a directory":
                Directory.Delete(tree["a/d"], recursive: true);
                break;
            case "write deeper":
                File.WriteAllText(tree["a/d/f"], "22");
                break;
            case "replace a directory by one like it":
                Directory.Move(tree["a"], tree["../old"]);
                tree.Write("a/f", "1").Write("a/d/f", "1").Write("a/d/g", "1");
                break;
            case "write behind a link to a file":
                File.WriteAllText(tree[".store/f"], "22");
                break;
            case "write behind a link to a directory":
                File.WriteAllText(tree[".store/d/f"], "22");
                break;
            case "new file behind a link to a directory":
                File.WriteAllText(tree[".store/d/g"], "2");
                break;
            case "another target for a link to a file":
                File.Delete(tree["b/f"]);
                tree.Link("b/f", "../store/other");
                break;
            case "another target for a link to a directory":
                File.Delete(tree["b/d"]);
                tree.Link("b/d", "../store/e");
                break;
            case "a target for a dangling link":
                tree.Write("c/nowhere", "2");
                break;
            case "a file in the place of a FIFO":
                File.Delete(tree["c/g"]);
                tree.Write("c/g", "2");
                break;
            case "a directory where a link led to a file":
                File.Delete(tree[".stray"]);
                tree.Write(".stray/f", "2");
                break;
            case "the target of a link to a directory elsewhere":
                Directory.Move(tree[".store/d"], tree[".store/moved"]);
                tree.Link(".store/d", "moved");
                break;
            case "the target of a link to a file elsewhere":
                File.Move(tree[".store/f"], tree[".store/moved"]);
                tree.Link(".store/f", "moved");
                break;
            default:
                Assert.Fail(change);
                break;
        }
    }

    private TreeLook Walk(TreeLook? known = null, Freshness quiet = default) => TreeWalk.Walk(tree.Data, Layout, [], quiet, known);

    private static TreeLook Walk(string path) => TreeWalk.Walk(path, Layout, []);

    private static List<string> Show(TreeLook look)
    {
        var lines = new List<string>();
        Add(look.Root, "");
        return lines;

        void Add(TreeDirectory directory, string indent)
        {
            foreach (var entry in directory.Entries)
            {
                lines.Add(indent + entry switch
                {
                    TreeFile file => $"{file.Name} {file.Stamp.Size}@{file.Location} {file.Path} {file.Stamp}",
                    TreeFault fault => $"{fault.Name}! {fault.Text}",
                    TreeDirectory below => $"{below.Name}/@{below.Place.Location} {below.Path} {below.Stamp} {below.LinkedDirectories}",
                    _ => $"{entry.Name}?",
                });
                if (entry is TreeDirectory next)
                {
                    Add(next, indent + "  ");
                }
            }
        }
    }
}
