using LeGo.Lite.Files;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Files;

public sealed class TreeWalkLinkTests : IDisposable
{
    private const string LeadsOut =
        "this link leads out of the tree and is not followed; name the directory it ends in under data_links of the config to permit it";

    private const string LeadsNowhere = "this link leads nowhere; make what it points to, or remove it";
    private const string LeadsBack = "this link leads back to itself; remove it";

    private static readonly Layout OneDeep = new() { Files = ["f"], Others = new() { Files = ["f"] } };

    private readonly TempTree tree = new();

    public void Dispose() => tree.Dispose();

    [Theory]
    [InlineData("store/file")]
    [InlineData("./store/file")]
    [InlineData("store/../store/file")]
    [InlineData("../data/store/file")]
    [InlineData("hop")]
    [InlineData("store/hop")]
    public void A_link_to_a_file_of_the_tree_is_followed(string target)
    {
        tree.Write("store/file", "1").Link("hop", "store/hop").Link("store/hop", "file").Link("f", target);

        var file = File("f");

        Assert.Equal(tree["store/file"], file.Location);
        Assert.Equal(tree["f"], file.Path);
        Assert.Equal(1, file.Stamp.Size);
    }

    [Fact]
    public void An_absolute_link_into_the_tree_is_followed()
    {
        tree.Write("store/file", "1").Link("f", tree["store/file"]);

        Assert.Equal(tree["store/file"], File("f").Location);
    }

    [Fact]
    public void A_link_to_a_directory_of_the_tree_is_followed()
    {
        tree.Write("store/f", "1").Link("d", "store");

        var file = File("d", "f");

        Assert.Equal((tree["d/f"], tree["store/f"]), (file.Path, file.Location));
    }

    [Fact]
    public void Kubernetes_data_links_are_followed()
    {
        tree.Write("d/..2026_01/f", "1").Link("d/..data", "..2026_01").Link("d/f", "..data/f");

        Assert.Equal(tree["d/..2026_01/f"], File("d", "f").Location);
    }

    [Fact]
    public void Certbots_links_are_followed_into_a_permitted_directory_only()
    {
        Directory.CreateDirectory($"{tree.Outside}/archive/web");
        Directory.CreateDirectory($"{tree.Outside}/live/web");
        System.IO.File.WriteAllText($"{tree.Outside}/archive/web/f7", "1");
        System.IO.File.CreateSymbolicLink($"{tree.Outside}/live/web/f", "../../archive/web/f7");
        tree.Link("d", $"{tree.Outside}/live/web");

        Assert.Equal(LeadsOut, Fault(Walk()["d"]));
        Assert.Equal($"{tree.Outside}/archive/web/f7", File(Walk(tree.Outside), "d", "f").Location);

        // The file must end in a permitted directory, not only the directory it was reached by.
        Assert.Equal(LeadsOut, Fault(((TreeDirectory)Walk($"{tree.Outside}/live")["d"]!)["f"]));
    }

    [Fact]
    public void A_permitted_directory_may_itself_be_a_link_or_missing()
    {
        Directory.CreateDirectory($"{tree.Outside}/real");
        System.IO.File.WriteAllText($"{tree.Outside}/real/f", "1");
        System.IO.File.CreateSymbolicLink($"{tree.Outside}/alias", "real");
        tree.Link("f", $"{tree.Outside}/alias/f");

        Assert.Equal($"{tree.Outside}/real/f", File(Walk($"{tree.Outside}/missing", $"{tree.Outside}/alias"), "f").Location);
        Assert.Equal(LeadsOut, Fault(Walk($"{tree.Outside}/missing")["f"]));
    }

    [Fact]
    public void A_directory_whose_name_only_begins_like_a_permitted_one_is_not_permitted()
    {
        Directory.CreateDirectory($"{tree.Data}-more");
        System.IO.File.WriteAllText($"{tree.Data}-more/f", "1");
        tree.Link("f", $"{tree.Data}-more/f");

        Assert.Equal(LeadsOut, Fault(Walk()["f"]));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside/f")]
    [InlineData("d/../../outside/f")]
    [InlineData("../../../../../../../../../../etc/passwd")]
    [InlineData("d/hop")]
    [InlineData("/dev/zero")]
    public void A_link_out_of_the_tree_is_a_fault(string target)
    {
        Directory.CreateDirectory(tree.Outside);
        System.IO.File.WriteAllText($"{tree.Outside}/f", "1");
        tree.Link("d/hop", "../../outside/f").Link("f", target);

        Assert.Equal(LeadsOut, Fault(Walk()["f"]));
    }

    [Fact]
    public void A_directory_link_out_of_the_tree_is_a_fault_and_not_entered()
    {
        tree.Link("d", "/etc");

        Assert.Equal(LeadsOut, Fault(Walk()["d"]));
    }

    [Fact]
    public void A_link_to_the_directory_above_the_root_is_a_fault()
    {
        tree.Link("d", "..");

        Assert.Equal(LeadsOut, Fault(Walk()["d"]));
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("/nowhere/at/all")]
    [InlineData("plain/below")]
    public void A_dangling_link_is_a_fault(string target)
    {
        tree.Write("plain", "").Link("f", target).Link("d", target);

        Assert.Equal(LeadsNowhere, Fault(Walk()["f"]));
        Assert.Equal(LeadsNowhere, Fault(Walk()["d"]));
    }

    [Fact]
    public void Links_in_a_circle_are_faults()
    {
        tree.Link("f", "f").Link("a", "b").Link("b", "a");

        Assert.All([Walk()["f"], Walk()["a"], Walk()["b"]], entry => Assert.Equal(LeadsBack, Fault(entry)));
    }

    [Fact]
    public void A_link_whose_target_has_too_long_a_name_is_a_fault()
    {
        tree.Link("f", new string('x', 300));

        Assert.StartsWith("can't follow this link: ", Fault(Walk()["f"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("../d")]
    [InlineData("..")]
    public void A_directory_link_to_its_own_parent_ends(string target)
    {
        tree.Write("d/f", "1").Link("d/d", target).Link("d/e", target);
        var depth = 0;
        var layout = new Layout { Files = ["f"] };
        while (depth++ < 6)
        {
            layout = new() { Files = ["f"], Others = layout };
        }

        var count = Count(TreeWalk.Walk(tree.Data, layout, []).Root);

        Assert.InRange(count, 6, 500);

        static int Count(TreeDirectory directory) => 1 + directory.Directories.Sum(Count);
    }

    [Fact]
    public void A_link_to_the_root_of_the_tree_is_followed()
    {
        tree.Write("f", "1").Link("d", ".");

        Assert.Equal(tree["f"], File("d", "f").Location);
    }

    [Fact]
    public void The_root_may_be_a_link_that_is_swapped()
    {
        tree.Write("v1/f", "1").Write("v2/f", "22").Link("root", "v1");
        Assert.Equal(1, File(TreeWalk.Walk(tree["root"], OneDeep, []).Root, "f").Stamp.Size);

        System.IO.File.Delete(tree["root"]);
        tree.Link("root", "v2");

        Assert.Equal(2, File(TreeWalk.Walk(tree["root"], OneDeep, []).Root, "f").Stamp.Size);
    }

    [Fact]
    public void Below_a_root_that_is_a_link_a_link_may_lead_to_the_real_tree_only()
    {
        tree.Write("v1/real", "1").Write("v2/f", "22").Link("v1/f", "../root/real").Link("v1/d", "../v2").Link("root", "v1");

        var root = TreeWalk.Walk(tree["root"], OneDeep, []).Root;

        Assert.Equal(tree["v1/real"], File(root, "f").Location);
        Assert.Equal(LeadsOut, Fault(root["d"]));
    }

    [Fact]
    public void A_link_that_leaves_the_tree_and_comes_back_ends_inside()
    {
        Directory.CreateDirectory(tree.Outside);
        System.IO.File.CreateSymbolicLink($"{tree.Outside}/back", tree.Data);
        tree.Write("store/file", "1").Link("hop", tree.Outside).Link("f", "hop/back/store/file");

        Assert.Equal(tree["store/file"], File("f").Location);
    }

    [Fact]
    public void A_link_by_an_unknown_name_is_checked_like_any_other()
    {
        tree.Link("README", "nowhere").Link("notes", "/etc/passwd").Write("f", "1").Link("fine", "f");

        Assert.Equal(LeadsNowhere, Fault(Walk()["README"]));
        Assert.Equal(LeadsOut, Fault(Walk()["notes"]));
        Assert.IsType<TreeStray>(Walk()["fine"]);
    }

    private TreeDirectory Walk(params string[] linkTargets) => TreeWalk.Walk(tree.Data, OneDeep, linkTargets).Root;

    private TreeFile File(params string[] names) => File(Walk(), names);

    private static TreeFile File(TreeDirectory root, params string[] names) =>
        Assert.IsType<TreeFile>(names.Aggregate((TreeEntry?)root, (entry, name) => Assert.IsType<TreeDirectory>(entry)[name]));

    private static string Fault(TreeEntry? entry) => Assert.IsType<TreeFault>(entry).Text;
}
