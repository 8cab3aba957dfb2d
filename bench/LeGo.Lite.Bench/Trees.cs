using System.Globalization;

namespace LeGo.Lite.Bench;

/// <summary>Data trees in the system's temporary directory (TMPDIR): made when first asked for, gone at the end.</summary>
internal sealed class Trees : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("lego-lite-bench-").FullName;
    private readonly Dictionary<int, Tree> trees = [];

    private Trees(string fileSystem) => FileSystem = fileSystem;

    public string FileSystem { get; }

    /// <param name="sizes">Pairs of each tree that will be asked for.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="IOException">They would not fit.</exception>
    public static async Task<Trees> OfAsync(IEnumerable<int> sizes, CancellationToken stop)
    {
        var df = await Command.OutputAsync("df", ["-B4096", "--output=fstype,avail,iavail", Path.GetTempPath()], stop);
        var (fileSystem, blocks, inodes) = df.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [.., var type, var free, var freeInodes]
            ? (type, free, freeInodes)
            : throw new IOException($"df says nothing of {Path.GetTempPath()}");

        // Each entry takes a block and an inode. A file system without a limit on inodes says 0 or "-".
        var entries = sizes.Sum(pairs => (long)pairs * (Tree.DirectoriesPerPair + Tree.FilesPerPair));
        return IsLess(blocks) || (inodes is not ("0" or "-") && IsLess(inodes))
            ? throw new IOException($"{Path.GetTempPath()} has {blocks} blocks of 4 KiB and {inodes} inodes free, and {entries} of each are needed; set TMPDIR to another directory, or SIZES to less")
            : new(fileSystem);

        bool IsLess(string free) => long.TryParse(free, CultureInfo.InvariantCulture, out var number) && number < entries;
    }

    public async Task<Tree> GetAsync(int pairs, CancellationToken stop)
    {
        if (!trees.TryGetValue(pairs, out var tree))
        {
            tree = new(Path.Combine(home, $"{pairs}"), pairs);
            await tree.MakeAsync(stop);
            trees.Add(pairs, tree);
        }

        return tree;
    }

    /// <summary>An empty directory.</summary>
    public string NewDirectory(string name) => Directory.CreateDirectory(Path.Combine(home, name)).FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);
}
