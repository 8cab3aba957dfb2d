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
        tree.Write("d/f", "text").Write("d/..data/g", "text").Make("d/e").Link("d/..l", "..data").Link("d/new", "e").Write("../f", "text");
        var modified = File.GetLastWriteTimeUtc(tree["d/f"]);
        using var watcher = Armed();

        switch (change)
        {
            case "a new file":
                tree.Write("d/..data/h", "");
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
                tree.Make("d/g");
                break;
            case "a removed directory":
                Directory.Delete(tree["d/e"]);
                break;
            case "a renamed directory":
                Directory.Move(tree["d/..data"], tree["d/..new"]);
                break;
            case "a directory's mode":
                File.SetUnixFileMode(tree["d/..data"], Mine);
                break;
            case "a new link":
                tree.Link("d/l", "f");
                break;
            case "a swapped link":
                tree.Rename("d/new", "d/..l");
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
        using var watcher = Armed();

        var root = TreeWalk.Walk(tree.Data, new() { Others = new() { Files = ["f"] } }, []);
        Assert.NotNull(FileContent.Read((TreeFile)((TreeDirectory)root["d"]!)["f"]!, 2048).Bytes);
        Assert.False(watcher.Arm(anew: false));

        File.SetUnixFileMode(tree["d/f"], Mine);
        await Announced();
        Assert.Equal(0, announced.CurrentCount);
    }

    [Fact]
    public async Task What_stands_beside_the_root_is_not_announced()
    {
        tree.Write("../f", "").Write("../data2", "");
        using var watcher = Armed();

        tree.Write("../f", "text").Write("../dat", "text").Write("../data2", "text");

        File.SetUnixFileMode(tree.Data, Mine);
        await Announced();
        Assert.Equal(0, announced.CurrentCount);
    }

    [Fact]
    public async Task Nothing_is_armed_anew_while_the_paths_lead_to_the_same_directories()
    {
        tree.Write("d/f", "text");
        using var watcher = Armed(linkTargets: [$"{tree.Outside}/missing", tree["d"]]);
        Assert.False(watcher.Arm(anew: false));

        tree.Write("d/f", "other");
        await Announced();
        tree.Write("d/g", "new");
        await Announced();

        Assert.False(watcher.Arm(anew: false));
        Assert.True(watcher.Arm(anew: true));
        Assert.False(watcher.Arm(anew: false));
        Assert.Null(watcher.Fault);
    }

    [Fact]
    public async Task A_write_in_a_directory_made_after_arming_is_announced()
    {
        using var watcher = Armed();

        Directory.CreateDirectory(tree["d"]);
        await Announced();
        Directory.CreateDirectory(tree["d/e"]);
        await Announced();
        Assert.Equal(0, announced.CurrentCount);

        tree.Write("d/e/f", "text");
        await Announced();
    }

    [Fact]
    public async Task A_write_deep_in_a_directory_moved_in_is_announced()
    {
        tree.Write("../new/a/b/f", "text");
        using var watcher = Armed();

        Directory.Move(tree["../new"], tree["d"]);
        await Announced();
        Assert.Equal(0, announced.CurrentCount);

        File.SetUnixFileMode(tree["d/a/b/f"], Mine);
        await Announced();
    }

    [Fact]
    public async Task A_directory_that_was_added_to_outside_is_watched_whole_when_it_is_back()
    {
        tree.Make("d");
        using var watcher = Armed();
        Directory.Move(tree["d"], tree["../d"]);
        await Announced();
        tree.Write("../d/new/f", "text");
        Directory.Move(tree["../d"], tree["d"]);
        while (!watcher.Arm(anew: false))
        {
            await Announced();
        }

        Forget();
        File.SetUnixFileMode(tree["d/new/f"], Mine);

        await Announced();
    }

    [Fact]
    public async Task Renamed_directories_are_watched_anew()
    {
        tree.Make("d");
        using var watcher = Armed();

        Directory.Move(tree["d"], tree["e"]);
        await Announced();

        Assert.True(watcher.Arm(anew: false));
        Assert.False(watcher.Arm(anew: false));
    }

    [Fact]
    public async Task A_root_removed_and_made_again_is_watched()
    {
        using var watcher = Armed();

        Directory.Delete(tree.Data);
        await Announced();
        Assert.True(watcher.Arm(anew: false));
        Assert.False(watcher.Arm(anew: false));

        Forget();
        Directory.CreateDirectory(tree.Data);
        await Announced();
        Assert.True(watcher.Arm(anew: false));
        Assert.False(watcher.Arm(anew: false));

        Forget();
        tree.Write("f", "text");
        await Announced();
    }

    [Fact]
    public async Task A_new_root_of_the_same_name_is_watched_even_if_it_got_the_same_inode()
    {
        using var watcher = Armed();

        Directory.Delete(tree.Data);
        Directory.CreateDirectory(tree.Data);

        // One event for each.
        await Announced();
        await Announced();
        Assert.True(watcher.Arm(anew: false));

        Forget();
        tree.Write("f", "text");
        await Announced();
    }

    [Fact]
    public void A_new_root_is_seen_without_any_event()
    {
        tree.Make("a").Make("../other/a");
        using var watcher = Armed(tree["a"]);

        // Nobody watches the name of a plain directory further up.
        Directory.Move(tree.Data, tree["../old"]);
        Directory.Move(tree["../other"], tree.Data);

        Assert.True(watcher.Arm(anew: false));
    }

    [Theory]
    [InlineData("root", "v1", "v2")]
    [InlineData("root/sub", "v1", "v2")]
    [InlineData("x/../root//./sub/", "../data/v1", "../data/v2")]
    [InlineData("hop/sub", "v1", "v2")]
    public async Task A_link_swapped_on_the_way_is_announced_and_what_it_leads_to_is_watched(string path, string before, string after)
    {
        tree.Write("v1/sub/f", "1").Write("v2/sub/f", "2").Make("x").Link("root", before).Link("hop", tree["x/hop"]).Link("x/hop", "../root");
        using var watcher = Armed(tree[path]);

        tree.Link("new", after).Rename("new", "root");
        await Announced();
        Assert.True(watcher.Arm(anew: false));
        Assert.False(watcher.Arm(anew: false));

        Forget();
        File.SetUnixFileMode(tree["v2/sub/f"], Mine);
        await Announced();
        File.SetUnixFileMode(tree["v1/sub/f"], Mine);
        File.Delete(tree["root"]);
        await Announced();
        Assert.Equal(0, announced.CurrentCount);
    }

    [Fact]
    public async Task A_missing_root_is_announced_and_watched_when_it_appears()
    {
        using var watcher = Armed(tree["a/b/root"]);

        foreach (var step in (string[])["a", "a/b", "a/b/root"])
        {
            Assert.False(watcher.Arm(anew: false));
            Directory.CreateDirectory(tree[step]);
            await Announced();
            Assert.True(watcher.Arm(anew: false));
            Forget();
        }

        tree.Write("a/b/root/f", "text");
        await Announced();
    }

    [Fact]
    public async Task What_a_dangling_link_leads_to_is_announced_when_it_appears()
    {
        tree.Link("root", "v1/sub");
        using var watcher = Armed(tree["root"]);

        tree.Make("v1");
        await Announced();
        Assert.True(watcher.Arm(anew: false));

        Forget();
        tree.Make("v1/sub");
        await Announced();
    }

    [Fact]
    public async Task A_permitted_directory_is_watched_like_the_root()
    {
        tree.Write("../outside/v1/f", "").Write("../outside/v2/f", "").Link("../outside/live", "v1");
        using var watcher = Armed(linkTargets: [$"{tree.Outside}/missing", $"{tree.Outside}/live"]);

        File.SetUnixFileMode($"{tree.Outside}/v1/f", Mine);
        await Announced();

        Directory.CreateDirectory($"{tree.Outside}/missing");
        await Announced();
        Assert.True(watcher.Arm(anew: false));

        Forget();
        tree.Link("../outside/new", "v2").Rename("../outside/new", "../outside/live");
        await Announced();
        Assert.True(watcher.Arm(anew: false));

        Forget();
        File.SetUnixFileMode($"{tree.Outside}/v2/f", Mine);
        await Announced();
        tree.Write("f", "");
        await Announced();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("file")]
    [InlineData("file/below")]
    [InlineData("loop")]
    [InlineData("loop/below")]
    [InlineData("..")]
    public void No_path_is_too_odd(string path)
    {
        tree.Write("file", "").Link("loop", "loop");
        using var watcher = Armed(path.Length == 0 ? path : tree[path], [path]);

        Assert.False(watcher.Arm(anew: false));
        Assert.Null(watcher.Fault);
    }

    [Fact]
    public async Task When_more_happened_than_the_kernel_keeps_the_next_arming_begins_afresh()
    {
        var limit = int.Parse(await File.ReadAllTextAsync("/proc/sys/fs/inotify/max_queued_events", TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        Assert.SkipUnless(limit < 200_000, "this machine keeps very many events");
        tree.Write("f", "").Write("g", "");
        using var held = new SemaphoreSlim(0);
        using var watcher = new TreeWatcher(tree.Data, [], () =>
        {
            announced.Release();
            held.Wait(Patience);
        });
        watcher.Arm(anew: false);

        // Equal events in a row count once. The first few thousand may have been fetched already.
        for (var i = 0; i < limit + 5000; i++)
        {
            File.SetLastWriteTimeUtc(tree[i % 2 == 0 ? "f" : "g"], DateTime.UnixEpoch);
        }

        held.Release(int.MaxValue / 2);
        while (!watcher.Arm(anew: false))
        {
            await Announced();
        }

        Assert.Null(watcher.Fault);
        Forget();
        tree.Write("f", "text");
        await Announced();
    }

    [Fact]
    public async Task A_directory_that_may_not_be_listed_is_no_fault_and_watched_once_it_may()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may list everything");
        tree.Write("d/f", "text");
        File.SetUnixFileMode(tree["d"], None);
        using var watcher = Armed();
        Assert.Null(watcher.Fault);

        File.SetUnixFileMode(tree["d"], Mine);
        await Announced();
        Assert.True(watcher.Arm(anew: false));

        Forget();
        File.SetUnixFileMode(tree["d/f"], Mine);
        await Announced();
    }

    [Fact]
    public async Task A_link_in_a_directory_that_may_not_be_listed_is_a_fault()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may list everything");
        tree.Write("v1/f", "text").Link("d/root", "../v1");
        File.SetUnixFileMode(tree["d"], UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var watcher = Armed(tree["d/root"]);

        Assert.Equal($"the user that runs lego-lite may not list {tree["d"]}, so what is replaced there goes unnoticed; permit it", watcher.Fault);

        File.SetUnixFileMode(tree["v1/f"], Mine);
        await Announced();
        Assert.False(watcher.Arm(anew: false));

        File.SetUnixFileMode(tree["d"], Mine);
        Assert.True(watcher.Arm(anew: true));
        Assert.Null(watcher.Fault);
    }

    [Fact]
    public async Task Nothing_is_announced_once_disposed()
    {
        var count = 0;
        var disposed = new TreeWatcher(tree.Data, [], () => Interlocked.Increment(ref count));
        disposed.Arm(anew: false);
        using var watcher = Armed();
        tree.Make("d");
        await Announced();

        disposed.Dispose();
        var before = count;
        for (var i = 0; i < 100; i++)
        {
            tree.Make($"d/{i}");
            await Announced();
        }

        Assert.Equal(before, count);
        disposed.Dispose();
    }

    private TreeWatcher Armed(string? path = null, string[]? linkTargets = null)
    {
        var watcher = new TreeWatcher(path ?? tree.Data, linkTargets ?? [], () => announced.Release());
        Assert.True(watcher.Arm(anew: false));
        return watcher;
    }

    private async Task Announced() => Assert.True(await announced.WaitAsync(Patience, TestContext.Current.CancellationToken), "nothing was announced");

    /// <summary>Right after arming: what happened before is announced no more.</summary>
    private void Forget()
    {
        while (announced.Wait(0))
        {
        }
    }
}
