using System.Globalization;
using LeGo.Lite.Files;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Files;

public sealed class TreeWatcherTests : IDisposable
{
    private const UnixFileMode None = UnixFileMode.None;
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Only against hanging.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Layout Deeper = new() { Files = ["f", "g"], Others = new() { Files = ["f", "g"], Others = new() { Files = ["f", "g"] } } };
    private static readonly Layout Layout = new() { Files = ["f", "g"], Others = Deeper };

    private readonly TempTree tree = new();
    private readonly SemaphoreSlim announced = new(0);

    public void Dispose()
    {
        tree.Dispose();
        announced.Dispose();
    }

    [Theory]
    [InlineData("a new file")]
    [InlineData("a write")]
    [InlineData("a write that leaves size and time")]
    [InlineData("a truncated file")]
    [InlineData("a removed file")]
    [InlineData("a renamed file")]
    [InlineData("a file put in place of another")]
    [InlineData("a file moved in")]
    [InlineData("a file moved out")]
    [InlineData("a mode")]
    [InlineData("a time")]
    [InlineData("a new directory")]
    [InlineData("a removed directory")]
    [InlineData("a renamed directory")]
    [InlineData("a directory's mode")]
    [InlineData("a new link")]
    [InlineData("a swapped link")]
    [InlineData("the root's mode")]
    public async Task A_change_is_announced(string change)
    {
        tree.Write("d/f", "text").Write("d/..data/g", "text").Make("d/e").Link("d/..l", "..data").Link("d/g", "..l/g").Write("../f", "text");
        var modified = File.GetLastWriteTimeUtc(tree["d/f"]);
        using var watcher = Watching();

        switch (change)
        {
            case "a new file":
                tree.Write("d/h", "");
                break;
            case "a write":
                await File.AppendAllTextAsync(tree["d/..data/g"], "more", TestContext.Current.CancellationToken);
                break;
            case "a write that leaves size and time":
                using (var file = File.OpenHandle(tree["d/f"], FileMode.Open, FileAccess.Write))
                {
                    RandomAccess.Write(file, "TEXT"u8, 0);
                    File.SetLastWriteTimeUtc(file, modified);
                }

                break;
            case "a truncated file":
                using (var file = File.OpenHandle(tree["d/f"], FileMode.Truncate, FileAccess.Write))
                {
                }

                break;
            case "a removed file":
                File.Delete(tree["d/f"]);
                break;
            case "a renamed file":
                File.Move(tree["d/f"], tree["d/other"]);
                break;
            case "a file put in place of another":
                File.Move(tree["d/..data/g"], tree["d/f"], overwrite: true);
                break;
            case "a file moved in":
                File.Move(tree["../f"], tree["d/f"], overwrite: true);
                break;
            case "a file moved out":
                File.Move(tree["d/f"], tree["../f"], overwrite: true);
                break;
            case "a mode":
                File.SetUnixFileMode(tree["d/f"], None);
                break;
            case "a time":
                File.SetLastWriteTimeUtc(tree["d/f"], DateTime.UnixEpoch);
                break;
            case "a new directory":
                tree.Make("d/h");
                break;
            case "a removed directory":
                Directory.Delete(tree["d/e"]);
                break;
            case "a renamed directory":
                Directory.Move(tree["d/..data"], tree["d/..new"]);
                break;
            case "a directory's mode":
                File.SetUnixFileMode(tree["d/e"], Mine);
                break;
            case "a new link":
                tree.Link("d/l", "f");
                break;
            case "a swapped link":
                tree.Link("d/new", "e").Rename("d/new", "d/..l");
                break;
            default:
                File.SetUnixFileMode(tree.Data, Mine);
                break;
        }

        await Announced();
    }

    [Fact]
    public async Task Looking_and_reading_are_not_announced()
    {
        tree.Write("d/f", "text");
        using var watcher = Watching();

        var root = Walk();
        Assert.NotNull(FileContent.Read((TreeFile)((TreeDirectory)root["d"]!)["f"]!, 2048).Bytes);
        Assert.Null(watcher.Watch(root, again: false));

        File.SetUnixFileMode(tree["d/f"], Mine);
        await AnnouncedOnce();
    }

    [Fact]
    public async Task What_is_watched_already_is_not_announced()
    {
        tree.Write("d/f", "text").Link("l", "d").Link("e/g", "missing");
        using var watcher = Watching();

        Assert.Null(watcher.Watch(Walk(), again: false));
        Assert.Null(watcher.Watch(Walk(), again: true));
        Assert.Null(watcher.Watch(null, again: false));

        File.SetUnixFileMode(tree["d/f"], Mine);
        await AnnouncedOnce();
    }

    [Fact]
    public async Task What_stands_beside_the_root_is_not_announced()
    {
        tree.Write("../f", "").Write("../data2", "");
        using var watcher = Watching();

        tree.Write("../f", "text").Write("../dat", "text").Write("../data2", "text");

        File.SetUnixFileMode(tree["../f"], Mine);
        tree.Make("d");
        await AnnouncedOnce();
    }

    [Fact]
    public async Task A_directory_that_is_new_to_the_walk_is_announced_and_then_watched()
    {
        using var watcher = Watching();
        tree.Write("d/e/f", "text");
        await Announced();
        Again(watcher);

        File.SetUnixFileMode(tree["d/e/f"], Mine);
        await AnnouncedOnce();
    }

    [Fact]
    public async Task A_directory_moved_out_added_to_and_moved_back_is_watched_whole()
    {
        tree.Make("d");
        using var watcher = Watching();
        Directory.Move(tree["d"], tree["../d"]);
        tree.Write("../d/new/f", "text");
        Directory.Move(tree["../d"], tree["d"]);
        await Announced();
        Assert.Null(watcher.Watch(Walk(), again: false));
        await AssertWatched("d/new/f");
    }

    [Fact]
    public async Task Moves_one_right_after_the_other_do_not_silence_it()
    {
        tree.Write("d/f", "1").Write("../new/f", "2");
        using var watcher = Watching();
        for (var i = 0; i < 20; i++)
        {
            Directory.Move(tree["d"], tree["../old"]);
            Directory.Move(tree["../new"], tree["d"]);
            Directory.Move(tree["../old"], tree["../new"]);
        }

        await Announced();
        Assert.Null(watcher.Watch(Walk(), again: false));
        await AssertWatched("d/f");
    }

    [Theory]
    [InlineData("a/root")]
    [InlineData("a/b/root")]
    public async Task A_root_replaced_is_announced_and_the_new_one_watched(string root)
    {
        var top = tree["a"];
        tree.Write($"{root}/f", "1").Write($"../other/{root}/f", "2");
        using var watcher = Watching(root);

        // By itself, and a directory above it: nothing happens in either root.
        Directory.Move(top, tree["../old"]);
        Directory.Move(tree["../other/a"], top);

        // Two for the first move, one for the second.
        await Announced(3);
        Again(watcher, root);

        File.SetUnixFileMode(tree[$"{root}/f"], Mine);
        await AnnouncedOnce();
    }

    [Fact]
    public async Task A_root_removed_and_made_again_is_watched()
    {
        using var watcher = Watching("root");
        Directory.Delete(tree["root"]);
        await Announced();
        Assert.Null(watcher.Watch(null, again: false));

        tree.Write("root/f", "");
        await Announced();
        Assert.Null(watcher.Watch(Walk("root"), again: false));
        await AssertWatched("root/f");
    }

    [Theory]
    [InlineData("root", "v1", "v2")]
    [InlineData("root/sub", "v1", "v2")]
    [InlineData("x/../root//./sub/", "../data/v1", "../data/v2")]
    [InlineData("hop/sub", "v1", "v2")]
    public async Task A_link_swapped_on_the_way_is_announced_and_what_it_leads_to_is_watched(string path, string before, string after)
    {
        tree.Write("v1/sub/f", "1").Write("v2/sub/f", "2").Make("x").Link("root", before).Link("hop", tree["x/hop"]).Link("x/hop", "../root");
        using var watcher = Watching(path);

        tree.Link("new", after).Rename("new", "root");
        await Announced();
        Again(watcher, path);

        File.SetUnixFileMode(tree["v2/sub/f"], Mine);
        await AnnouncedOnce();
    }

    [Fact]
    public async Task A_missing_root_is_announced_and_watched_when_it_appears()
    {
        using var watcher = new TreeWatcher(tree["a/b/root"], () => announced.Release());
        Assert.Null(watcher.Watch(null, again: false));
        await AnnouncedOnce();
        foreach (var step in (string[])["a", "a/b", "a/b/root"])
        {
            Directory.CreateDirectory(tree[step]);
            await AnnouncedOnce();
            Assert.Null(watcher.Watch(step == "a/b/root" ? Walk(step) : null, again: false));
            await AnnouncedOnce();
        }

        tree.Make("a/b/root/d");
        await AnnouncedOnce();
    }

    [Theory]
    [InlineData("a link to a file", "../outside/archive/f2")]
    [InlineData("a link to a link to a file", "../outside/archive/f2")]
    [InlineData("the link in between", null)]
    [InlineData("a link to a directory", "../outside/archive/f")]
    public async Task What_links_lead_to_is_watched(string what, string? written)
    {
        tree.Write("../outside/archive/f2", "2").Write("../outside/archive/f", "").Write("../outside/archive/other", "").Link("../outside/live/f", "../archive/f2");
        _ = what switch
        {
            "a link to a file" => tree.Link("d/f", "../../outside/archive/f2"),
            "a link to a directory" => tree.Link("d", "../outside/archive"),
            _ => tree.Link("d/f", "../../outside/live/f"),
        };
        using var watcher = Watching();
        tree.Write("../outside/elsewhere", "");

        if (written is null)
        {
            tree.Link("../outside/live/new", "../archive/other").Rename("../outside/live/new", "../outside/live/f");
            await Announced();
        }
        else
        {
            File.SetUnixFileMode(tree[written], Mine);
            await AnnouncedOnce();
        }
    }

    [Fact]
    public async Task What_a_dangling_link_leads_to_is_announced_when_it_appears()
    {
        tree.Link("d/f", "../../outside/a/f");
        using var watcher = Watching();
        foreach (var step in (string[])["../outside", "../outside/a"])
        {
            tree.Make(step);
            await AnnouncedOnce();
            Again(watcher);
        }

        tree.Make("../outside/a/f");
        await AnnouncedOnce();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("file")]
    [InlineData("file/below")]
    [InlineData("loop")]
    [InlineData("loop/below")]
    [InlineData("..")]
    [InlineData("../../../../../..")]
    public void No_path_is_too_odd(string path)
    {
        tree.Write("file", "").Link("loop", "loop");
        using var watcher = new TreeWatcher(path.Length == 0 ? path : tree[path], () => announced.Release());

        Assert.Null(watcher.Watch(null, again: false));
    }

    [Fact]
    public async Task That_more_happened_than_the_kernel_keeps_is_told_once()
    {
        var limit = int.Parse(await File.ReadAllTextAsync("/proc/sys/fs/inotify/max_queued_events", TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        Assert.SkipUnless(limit < 200_000, "this machine keeps very many events");
        tree.Write("f", "").Write("g", "");
        using var held = new SemaphoreSlim(0);
        using var done = new SemaphoreSlim(0);
        using var watcher = new TreeWatcher(tree.Data, () =>
        {
            held.Wait(Patience);
            done.Release();
        });
        held.Release();
        var root = Walk();
        watcher.Watch(root, again: false);

        // Equal events in a row count once. The first few thousand may have been fetched already.
        var count = limit + 5000;
        for (var i = 0; i < count; i++)
        {
            File.SetLastWriteTimeUtc(tree[i % 2 == 0 ? "f" : "g"], DateTime.UnixEpoch);
        }

        held.Release(int.MaxValue / 2);
        string? fault = null;
        while ((fault ??= watcher.Watch(root, again: false)) is null)
        {
            Assert.True(await done.WaitAsync(Patience, TestContext.Current.CancellationToken), "nothing was lost");
        }

        Assert.Equal("more changed at once than the kernel keeps; raise the sysctl fs.inotify.max_queued_events", fault);
        Assert.Null(watcher.Watch(root, again: false));
    }

    [Fact]
    public async Task Nothing_is_announced_once_disposed()
    {
        var count = 0;
        var disposed = new TreeWatcher(tree.Data, () => Interlocked.Increment(ref count));
        disposed.Watch(Walk(), again: false);
        using var watcher = Watching();
        disposed.Dispose();
        tree.Make("d");
        await Announced();

        var before = count;
        for (var i = 0; i < 100; i++)
        {
            File.SetUnixFileMode(tree.Data, i % 2 == 0 ? Mine : Mine | UnixFileMode.OtherRead);
            await Announced();
        }

        // What was on its way may still have come.
        Assert.InRange(count, before, before + 1);
    }

    private TreeDirectory Walk(string path = "") =>
        TreeWalk.Walk(path.Length == 0 ? tree.Data : tree[path], Layout, Directory.Exists(tree.Outside) ? [tree.Outside] : []).Root;

    /// <summary>On what stands at a path below the data directory.</summary>
    private TreeWatcher Watching(string path = "")
    {
        tree.Make(path);
        var watcher = new TreeWatcher(path.Length == 0 ? tree.Data : tree[path], () => announced.Release());
        Again(watcher, path);
        return watcher;
    }

    /// <summary>Watches what is there now: what is new in it is announced within the call, once.</summary>
    private void Again(TreeWatcher watcher, string path = "")
    {
        Assert.Null(watcher.Watch(Walk(path), again: false));
        Assert.True(announced.Wait(0), "nothing new is watched");
    }

    private async Task Announced(int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.True(await announced.WaitAsync(Patience, TestContext.Current.CancellationToken), "nothing was announced");
        }
    }

    private async Task AnnouncedOnce()
    {
        await Announced();
        Assert.Equal(0, announced.CurrentCount);
    }

    /// <summary>More often than anything else was announced before. Two kinds of change by turns: equal events in a row count once.</summary>
    private async Task AssertWatched(string file)
    {
        for (var i = 0; i < 300; i++)
        {
            File.SetUnixFileMode(tree[file], Mine);
            await Announced();
            await File.AppendAllTextAsync(tree[file], "x", TestContext.Current.CancellationToken);
            await Announced();
        }
    }
}
