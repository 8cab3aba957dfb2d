using LeGo.Lite.Catalog;
using LeGo.Lite.Tests.Support;
using LeGo.Lite.Yaml;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

/// <summary>What every user of the machine can read, at first and when it changes while the rest of the tree is not read again.</summary>
public sealed class ExposureTests : IDisposable
{
    private const string First = "privatekeys/web/key.yaml";
    private const string Order = "certificates/web/orders/2026";
    private const string Owner = "and the user that runs lego-lite must then be owner or in the group";

    private readonly TempTree tree = TempTree.Reachable();
    private CatalogSource source;
    private CatalogSnapshot? served;

    public ExposureTests()
    {
        source = new(tree.Data, [tree.Outside]);
        tree.Good("web").Order("web", "2026", null, "status: valid\n", Material.One.KeyPem);
        foreach (var path in Directory.EnumerateFileSystemEntries(tree[".."], "*", SearchOption.AllDirectories).Prepend(tree[".."]))
        {
            Chmod(path, Directory.Exists(path) ? "711" : "600");
        }
    }

    public void Dispose() => tree.Dispose();

    [Fact]
    public void Of_all_such_files_there_is_one_warning()
    {
        foreach (var path in Directory.EnumerateFiles(tree.Data, "*", SearchOption.AllDirectories))
        {
            Chmod(path, "644");
        }

        Assert.Equal([$"{First}:1:1: warning: every user of this machine can read this file and 4 more with private keys or API keys; chmod o-rwx on {tree.Data} closes them all, {Owner}"], Scan());

        Chmod(First, "640");
        Assert.Equal([$"privatekeys/web/privkey.pem:1:1: warning: every user of this machine can read this file and 3 more with private keys or API keys; chmod o-rwx on {tree.Data} closes them all, {Owner}"], Scan());

        Chmod("", "700");
        Assert.Empty(Scan());
    }

    [Theory]
    [InlineData(First)]
    [InlineData("privatekeys/web/privkey.pem")]
    [InlineData("certificates/web/certificate.yaml")]
    [InlineData($"{Order}/order.yaml")]
    [InlineData($"{Order}/privkey.pem")]
    public void Each_file_with_a_secret_counts_as_long_as_others_may_read_it(string file)
    {
        Assert.Empty(Scan());

        Chmod(file, "604");
        Assert.Equal([Warning(file)], Scan());

        Chmod(file, "673");
        Assert.Empty(Scan());
    }

    [Fact]
    public void Kubernetes_names_count_and_chains_do_not()
    {
        File.Move(tree["privatekeys/web/privkey.pem"], tree["privatekeys/web/tls.key"]);
        Chmod($"{Order}/fullchain.pem", "644");
        Assert.Empty(Scan());

        File.Move(tree[$"{Order}/fullchain.pem"], tree[$"{Order}/tls.crt"]);
        Assert.Empty(Scan());

        Chmod("privatekeys/web/tls.key", "644");
        Assert.Equal([Warning("privatekeys/web/tls.key")], Scan());
    }

    [Theory]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("certificates")]
    [InlineData("certificates/web")]
    [InlineData("certificates/web/orders")]
    [InlineData(Order)]
    public void One_closed_directory_on_the_way_is_enough(string directory)
    {
        Chmod($"{Order}/privkey.pem", "644");
        Assert.Equal([Warning($"{Order}/privkey.pem")], Scan());
        var open = served!;

        // To list it is not to go through it.
        Chmod(directory, "774");
        Assert.Empty(Scan());
        Assert.Equal((0, 0, 0), served!.Since(open));

        Chmod(directory, "711");
        Assert.Equal([Warning($"{Order}/privkey.pem")], Scan());
    }

    [Fact]
    public void A_scan_that_finds_nothing_new_gives_the_same_snapshot()
    {
        Chmod(First, "644");
        Link("certificates/web/certificate.yaml", "644");
        Assert.Single(Scan());
        var before = served!;

        Assert.Single(Scan());
        Assert.Same(before, served);
    }

    [Theory]
    [InlineData("privatekeys/web/..2026")]
    [InlineData("privatekeys/web")]
    [InlineData("")]
    public void A_file_behind_a_link_is_where_it_really_is(string directory)
    {
        // As Kubernetes mounts a secret.
        tree.Make("privatekeys/web/..2026").Link("privatekeys/web/..data", "..2026");
        foreach (var file in new[] { "key.yaml", "privkey.pem" })
        {
            File.Move(tree[$"privatekeys/web/{file}"], tree[$"privatekeys/web/..2026/{file}"]);
            tree.Link($"privatekeys/web/{file}", $"..data/{file}");
        }

        Chmod("privatekeys/web/..2026", "711");
        Chmod("privatekeys/web/..2026/key.yaml", "644");
        Assert.Equal([Warning(First)], Scan());

        Chmod(directory, "700");
        Assert.Empty(Scan());

        Chmod(directory, "711");
        Assert.Equal([Warning(First)], Scan());
    }

    [Fact]
    public void A_file_outside_the_tree_is_closed_where_it_is()
    {
        Chmod("", "700");
        Link(First, "644");
        Assert.Equal([Warning(First, tree.Outside)], Scan());

        Chmod("../outside", "700");
        Assert.Empty(Scan());

        // In the tree and outside it.
        Chmod("../outside", "711");
        Chmod("", "711");
        Chmod("certificates/web/certificate.yaml", "644");
        Assert.Equal(
            [$"{First}:1:1: warning: every user of this machine can read this file and 1 more with private keys or API keys; chmod o-rwx on {tree.Outside} and {tree.Data} closes them all, {Owner}"],
            Scan());
    }

    [Fact]
    public void A_directory_outside_the_tree_is_closed_where_it_is()
    {
        Chmod("", "700");
        Directory.CreateDirectory($"{tree.Outside}/live");
        Directory.Move(tree[Order], $"{tree.Outside}/live/web");
        tree.Link(Order, $"{tree.Outside}/live/web");
        Chmod("../outside", "711");
        Chmod("../outside/live", "711");
        Chmod("../outside/live/web/privkey.pem", "644");
        Assert.Equal([Warning($"{Order}/privkey.pem", tree.Outside)], Scan());

        foreach (var directory in new[] { "../outside", "../outside/live", "../outside/live/web" })
        {
            Chmod(directory, "700");
            Assert.Empty(Scan());
            Chmod(directory, "711");
            Assert.Single(Scan());
        }
    }

    [Fact]
    public void So_does_the_private_key_of_the_servers_own_pair()
    {
        tree.Write("../outside/fullchain.pem", Material.One.Chain()).Write("../outside/live/privkey.pem", Material.One.KeyPem).Link("../outside/privkey.pem", "live/privkey.pem");
        var mark = new Mark("lego-lite.yaml", new(7, 12));
        source = new(tree.Data, [], new(null, new($"{tree.Outside}/fullchain.pem", mark), new($"{tree.Outside}/privkey.pem", mark), null));
        string[] expected = ["lego-lite.yaml:7:12: warning: every user of this machine can read the private key named here: chmod o-rwx the file, and let the user that runs lego-lite own it or be in its group"];
        foreach (var directory in new[] { "..", "../outside", "../outside/live" })
        {
            Chmod(directory, "711");
        }

        Chmod("../outside/live/privkey.pem", "644");
        Assert.Equal(expected, Scan());

        foreach (var (path, open, closed) in new[] { ("../outside/live/privkey.pem", "644", "640"), ("../outside/live", "711", "700"), ("..", "711", "700") })
        {
            Chmod(path, closed);
            Assert.Empty(Scan());
            Chmod(path, open);
            Assert.Equal(expected, Scan());
        }
    }

    [Fact]
    public void A_data_directory_that_is_a_link_is_called_as_the_user_does()
    {
        Chmod(First, "644");
        tree.Link("../current", "data");
        var current = tree["../current"];

        Assert.Contains($"chmod o-rwx on {current} closes it", Assert.Single(new CatalogSource(current, []).Scan(TempTree.Now).Problems).Text, StringComparison.Ordinal);
    }

    private string Warning(string file, string? directory = null) =>
        $"{file}:1:1: warning: every user of this machine can read this file; chmod o-rwx on {directory ?? tree.Data} closes it, {Owner}";

    /// <summary>Moves a file out of the tree and links to it.</summary>
    private void Link(string file, string mode)
    {
        Directory.CreateDirectory(tree.Outside);
        var target = $"{tree.Outside}/{Path.GetFileName(file)}";
        File.Move(tree[file], target);
        tree.Link(file, target);
        Chmod(tree.Outside, "711");
        Chmod(target, mode);
    }

    /// <param name="path">Absolute, or relative to the data directory.</param>
    /// <param name="mode">Octal digits.</param>
    private void Chmod(string path, string mode) => File.SetUnixFileMode(Path.Combine(tree.Data, path), (UnixFileMode)Convert.ToInt32(mode, 8));

    private string[] Scan()
    {
        served = source.Scan(TempTree.Now, served);
        return tree.Problems(served);
    }
}
