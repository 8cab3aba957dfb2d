using System.Globalization;
using LeGo.Lite.Files;

namespace LeGo.Lite.Catalog;

/// <summary>
/// Which files with secrets in them every user of this machine can read: others may read the file, and pass each directory
/// on the way to where it really is. One closed directory is enough, so a part of the tree says nothing by itself.
/// </summary>
internal sealed class Exposure
{
    private readonly TreeLook look;

    // Whether others may pass what is above the root, and above what links lead to.
    private readonly Dictionary<string, bool> above = [];

    private readonly List<string> gates = [];
    private TreeFile? first;
    private int count;

    public Exposure(TreeLook look)
    {
        this.look = look;

        var gate = Enter(look.Root, null);
        foreach (var section in new[] { look.Root[DataTree.PrivateKeys], look.Root[DataTree.Certificates] })
        {
            if (section is TreeDirectory directory)
            {
                Visit(directory, gate);
            }
        }
    }

    /// <summary>The same tree would give the same again.</summary>
    public bool IsUpToDate => above.All(directory => LetsOthersPass(FileStamp.Of(directory.Key)) == directory.Value);

    /// <summary>One for the whole tree: in a fresh clone each such file would have its own.</summary>
    public Problem? Problem => first is null ? null : Problem.Warning(first.Path, Position.Start, string.Create(
        CultureInfo.InvariantCulture,
        $"every user of this machine can read this file{(count > 1 ? $" and {count - 1} more with private keys or API keys" : "")}; chmod o-rwx on {string.Join(" and ", gates.Select(Problem.Printable))} closes {(count > 1 ? "them all" : "it")}, and the user that runs lego-lite must then be owner or in the group"));

    /// <summary>Whether every user of this machine can read a file that is named somewhere, in a tree or not; links are followed.</summary>
    public static bool Of(string path) =>
        Posix.RealPath(path, out _) is { } location && FileStamp.Of(location).Mode.HasFlag(UnixFileMode.OtherRead) && OthersReach(location, []);

    /// <summary>Whether others may pass each directory on the way to a place.</summary>
    /// <param name="location">Absolute and without links.</param>
    /// <param name="known">Of each directory that was looked at.</param>
    private static bool OthersReach(string location, Dictionary<string, bool> known)
    {
        var knownBySpan = known.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var end = 0; end >= 0; end = location.IndexOf('/', end + 1))
        {
            var directory = end == 0 ? "/" : location.AsSpan(0, end);
            if (!knownBySpan.TryGetValue(directory, out var isOpen))
            {
                knownBySpan[directory] = isOpen = LetsOthersPass(FileStamp.Of(directory.ToString()));
            }

            if (!isOpen)
            {
                return false;
            }
        }

        return true;
    }

    private static bool LetsOthersPass(in FileStamp directory) => directory.Mode.HasFlag(UnixFileMode.OtherExecute);

    private void Visit(TreeDirectory directory, string? gateAbove)
    {
        var gate = Enter(directory, gateAbove);
        foreach (var entry in directory.Entries)
        {
            if (entry is TreeDirectory below)
            {
                Visit(below, gate);
            }
            else if (entry is TreeFile file && file.Stamp.Mode.HasFlag(UnixFileMode.OtherRead) && DataTree.IsSecret(file.Name)
                && (file.Target is { } target ? GateTo(target) : gate) is { } open)
            {
                Add(file, open);
            }
        }
    }

    private void Add(TreeFile file, string gate)
    {
        first ??= file;
        count++;
        if (!gates.Contains(gate))
        {
            gates.Add(gate);
        }
    }

    /// <summary>The gate to what is in a directory.</summary>
    /// <param name="directory">The one that is entered.</param>
    /// <param name="gate">The one to the directory itself, if no link led here.</param>
    private string? Enter(TreeDirectory directory, string? gate) =>
        !LetsOthersPass(directory.Stamp) ? null
        : directory.Place.Target is { } target ? GateTo(target)
        : gate;

    /// <summary>The directory to close so that others don't get to a place; null if they don't as it is.</summary>
    /// <param name="location">Absolute and without links.</param>
    private string? GateTo(string location)
    {
        if (!OthersReach(location, above))
        {
            return null;
        }

        var root = look.Roots.First(root => TreeWalk.Holds(root, location));
        return root == look.Root.Place.Location ? look.Root.Path : root;
    }
}
