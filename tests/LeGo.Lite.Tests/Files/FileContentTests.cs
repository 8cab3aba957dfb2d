using System.Text;
using LeGo.Lite.Files;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Files;

public sealed class FileContentTests : IDisposable
{
    private const string Moved = "it was changing while it was read; it is read again shortly";

    private readonly TempTree tree = new();

    public void Dispose() => tree.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2048)]
    public void A_file_up_to_the_limit_is_read_whole(int size)
    {
        var bytes = Enumerable.Range(0, size).Select(i => (byte)i).ToArray();
        tree.Write("f", bytes);

        var content = FileContent.Read(Look(), 2048);

        Assert.Equal(bytes, content.Bytes);
        Assert.Equal((null, false), (content.Fault, content.Unsettled));
    }

    [Fact]
    public void A_file_over_the_limit_is_refused_unread()
    {
        tree.Write("f", new byte[2049]);

        AssertFault(FileContent.Read(Look(), 2048), "it is larger than 2 KiB", unsettled: false);
        AssertFault(FileContent.Read(tree["f"], 2048), "it is larger than 2 KiB", unsettled: false);
    }

    [Fact]
    public void A_file_behind_a_link_is_read()
    {
        tree.Write("real", "text").Link("f", "real");

        Assert.Equal("text"u8.ToArray(), FileContent.Read(Look(), 2048).Bytes);
    }

    [Fact]
    public void Another_file_in_its_place_is_not_taken_for_it()
    {
        tree.Write("f", "text").Write("g", "text");
        var seen = Look();
        File.SetLastWriteTimeUtc(tree["g"], File.GetLastWriteTimeUtc(tree["f"]));
        File.Move(tree["g"], tree["f"], overwrite: true);

        AssertFault(FileContent.Read(seen, 2048), Moved, unsettled: true);
    }

    [Fact]
    public void A_file_that_grew_is_unsettled()
    {
        tree.Write("f", "text");
        var seen = Look();
        File.AppendAllText(tree["f"], "more");

        AssertFault(FileContent.Read(seen, 2048), Moved, unsettled: true);
    }

    [Fact]
    public void A_file_rewritten_with_its_size_and_time_put_back_is_unsettled()
    {
        tree.Write("f", "text");
        var (seen, modified) = (Look(), File.GetLastWriteTimeUtc(tree["f"]));
        ChangeTime.WaitForNext(tree);
        tree.Write("f", "TEXT");
        File.SetLastWriteTimeUtc(tree["f"], modified);

        AssertFault(FileContent.Read(seen, 2048), Moved, unsettled: true);
    }

    [Fact]
    public void A_file_that_vanished_is_unsettled()
    {
        tree.Write("d/f", "text");
        var seen = Look("d");

        File.Delete(tree["d/f"]);
        AssertFault(FileContent.Read(seen, 2048), Moved, unsettled: true);

        Directory.Delete(tree["d"]);
        AssertFault(FileContent.Read(seen, 2048), Moved, unsettled: true);

        tree.Write("d", "a file now");
        AssertFault(FileContent.Read(seen, 2048), Moved, unsettled: true);
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("socket")]
    [InlineData("directory")]
    [InlineData("link")]
    [InlineData("link to itself")]
    public void What_took_its_place_is_not_taken_for_it(string kind)
    {
        tree.Write("f", "text").Write("same", "text");
        var seen = Look();
        File.Delete(tree["f"]);
        _ = kind switch
        {
            "fifo" => tree.Fifo("f"),
            "socket" => tree.Socket("f"),
            "directory" => tree.Make("f"),
            "link" => tree.Link("f", "same"),
            _ => tree.Link("f", "f"),
        };

        AssertFault(FileContent.Read(seen, 2048), Moved, unsettled: true);
    }

    [Fact]
    public void By_path_links_are_followed_anywhere()
    {
        Directory.CreateDirectory(tree.Outside);
        File.WriteAllText($"{tree.Outside}/secret", "text");
        tree.Link("d", tree.Outside).Link("f", "d/secret");

        Assert.Equal("text", Encoding.UTF8.GetString(FileContent.Read(tree["f"], 2048).Bytes!));
    }

    [Theory]
    [InlineData("fifo", "it is not a regular file")]
    [InlineData("socket", "it is not a regular file")]
    [InlineData("link to fifo", "it is not a regular file")]
    [InlineData("directory", "it is not a regular file")]
    [InlineData("/dev/zero", "it is not a regular file")]
    [InlineData("missing", "there is no such file")]
    [InlineData("dangling", "there is no such file")]
    [InlineData("plain/below", "there is no such file")]
    [InlineData("plain\0", "there is no such file")]
    [InlineData("loop", "its link leads back to itself")]
    public void By_path_only_a_regular_file_is_opened(string path, string fault)
    {
        tree.Write("plain", "text").Fifo("fifo").Socket("socket").Link("link to fifo", "fifo").Make("directory")
            .Link("dangling", "nowhere").Link("loop", "loop");

        AssertFault(FileContent.Read(Path.Combine(tree.Data, path), 2048), fault, unsettled: false);
    }

    [Fact]
    public void By_path_a_file_that_is_shorter_than_it_says_is_a_fault()
    {
        const string Path = "/sys/devices/system/cpu/online";
        Assert.SkipUnless(File.Exists(Path), "this machine has no such file");

        AssertFault(FileContent.Read(Path, 64 * 1024), "it is shorter than it says", unsettled: false);
    }

    [Fact]
    public void By_path_a_name_too_long_for_the_system_is_a_fault() =>
        AssertFault(FileContent.Read(tree[new string('x', 300)], 2048), "its path is too long", unsettled: false);

    private TreeFile Look(params string[] directories)
    {
        var root = TreeWalk.Walk(tree.Data, new() { Files = ["f"], Others = new() { Files = ["f"] } }, []).Root;
        return Assert.IsType<TreeFile>(directories.Aggregate(root, (directory, name) => (TreeDirectory)directory[name]!)["f"]);
    }

    private static void AssertFault(FileContent content, string fault, bool unsettled)
    {
        Assert.Null(content.Bytes);
        Assert.Equal((fault, unsettled), (content.Fault, content.Unsettled));
    }
}
