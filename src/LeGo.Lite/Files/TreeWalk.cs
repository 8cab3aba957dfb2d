using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace LeGo.Lite.Files;

/// <summary>
/// One walk of the data tree. Every step opens relative to a directory that is already open and
/// follows no link by itself, so what is found lies inside the tree or a permitted directory even
/// if somebody swaps directories for links meanwhile (SPEC 2). What can't be looked at is a
/// <see cref="TreeFault"/> in its place: nothing that was listed is lost silently. What is as it was at
/// the walk before is the same object: nothing that was made of it has to be made again.
/// </summary>
internal sealed class TreeWalk : IDisposable
{
    // A few links to one large directory, and in it the same again, would make any number of it.
    private const int MaxDirectoriesBehindLinks = 20_000;

    private readonly List<Root> roots = [];
    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
    private readonly Freshness freshness;
    private IReadOnlySet<TreeDirectory> changed = FrozenSet<TreeDirectory>.Empty;
    private int directoriesBehindLinks;

    private TreeWalk(Freshness freshness) => this.freshness = freshness;

    private sealed record Root(string Location, SafeFileHandle Handle);

    /// <summary>An entry that the layout asks for.</summary>
    /// <param name="Parent">The directory it stands in.</param>
    /// <param name="Name">Its name there.</param>
    /// <param name="IsFile">A file is wanted.</param>
    /// <param name="IsNamed">A directory of just this name is wanted.</param>
    /// <param name="Below">How the layout goes on in it.</param>
    /// <param name="BehindLink">A link to a directory led here.</param>
    /// <param name="Known">The directory that stood here at the walk before.</param>
    private readonly record struct Wanted(
        Place Parent, string Name, bool IsFile, bool IsNamed, Layout? Below, bool BehindLink, TreeDirectory? Known);

    /// <param name="path">The data directory, which may be a link.</param>
    /// <param name="layout">What to look at.</param>
    /// <param name="linkTargets">Directories outside the tree into which links may lead; a missing one is none.</param>
    /// <param name="freshness">When a stamp is to be believed.</param>
    /// <param name="known">What the walk before gave, of the same path, layout and targets.</param>
    /// <exception cref="IOException">The tree as a whole can't be read; the message says why.</exception>
    public static TreeLook Walk(
        string path, Layout layout, IEnumerable<string> linkTargets, Freshness freshness = default, TreeLook? known = null)
    {
        using var walk = new TreeWalk(freshness);
        var location = walk.AddRoot(path, out var error);
        using var root = location is null ? null : Posix.OpenDirectory(null, location, out error);
        if (location is null || root is null || Posix.Status(root, out error) is not { Stamp: var stamp })
        {
            throw new IOException(error switch
            {
                Posix.ENOENT => "there is no such directory",
                Posix.ENOTDIR => "this is not a directory",
                _ => $"can't open the directory: {Posix.Describe(error)}",
            });
        }

        var faults = ImmutableArray.CreateBuilder<Problem>();
        foreach (var target in linkTargets)
        {
            if (walk.AddRoot(target, out error) is null && error != Posix.ENOENT)
            {
                faults.Add(Problem.Error(target, Position.Start, error == Posix.ENOTDIR
                    ? "this entry of data_links is not a directory"
                    : $"can't open this directory of data_links: {Posix.Describe(error)}"));
            }
        }

        // The same stamps in other places: which links may be followed is to be decided again.
        var roots = walk.roots.Select(root => root.Location).ToImmutableArray();
        var before = known is not null && known.Roots.SequenceEqual(roots) && known.LinkFaults.SequenceEqual(faults) ? known : null;
        if (before is not null)
        {
            walk.changed = TreeSweep.Changed(before.Root, root);
            if (walk.changed.Count == 0)
            {
                return before;
            }
        }

        var place = before?.Root.Place ?? new Place(path, location);
        if (walk.Entries(place, root, stamp, layout, before?.Root, behindLink: false, out error) is not { } entries)
        {
            throw new IOException($"can't read the directory: {Posix.Describe(error)}");
        }

        var tree = walk.Directory(path, place, stamp, entries, behindLink: false, before?.Root);
        return before is not null && ReferenceEquals(tree, before.Root) ? before : new(tree, roots, faults.ToImmutable());
    }

    /// <summary>Whether a place is a directory or lies below it; both absolute and without links.</summary>
    public static bool Holds(string directory, string location) =>
        directory == "/" || (location.StartsWith(directory, StringComparison.Ordinal) && location.AsSpan(directory.Length) is [] or ['/', ..]);

    public void Dispose()
    {
        roots.ForEach(root => root.Handle.Dispose());
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>A directory that links may lead into. Returns where it really is.</summary>
    private string? AddRoot(string path, out int error)
    {
        if (Posix.RealPath(path, out error) is not { } location)
        {
            return null;
        }

#pragma warning disable CA2000 // It lives in the list until the walk is disposed.
        var handle = Posix.OpenToPass(null, location, out error);
#pragma warning restore CA2000
        if (handle is null)
        {
            return null;
        }

        roots.Add(new(location, handle));
        return location;
    }

    private ImmutableArray<TreeEntry>? Entries(
        Place place, SafeFileHandle directory, in FileStamp stamp, Layout layout, TreeDirectory? known, bool behindLink, out int error)
    {
        if (known is { IsRacy: false } && known.Stamp == stamp && !known.Entries.Any(entry => entry is TreeFault or TreeStray))
        {
            error = 0;
            return EntriesAgain(place, directory, layout, known, behindLink);
        }

        if (Posix.Entries(directory, buffer, out error) is not { } names)
        {
            return null;
        }

        names.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));

        var entries = ImmutableArray.CreateBuilder<TreeEntry>();
        var knownEntries = new EntryCursor(known);
        foreach (var (name, kind) in names)
        {
            var knownEntry = knownEntries.Find(name);
            if (Entry(place, directory, name, kind, layout, knownEntry, behindLink) is { } entry)
            {
                entries.Add(Keep(entry, knownEntry));
            }
        }

        return entries.DrainToImmutable();
    }

    /// <summary>Of a directory in which nothing came or went: what is known to be as it was need not be looked at.</summary>
    private ImmutableArray<TreeEntry> EntriesAgain(Place place, SafeFileHandle directory, Layout layout, TreeDirectory known, bool behindLink)
    {
        var entries = ImmutableArray.CreateBuilder<TreeEntry>(known.Entries.Length);
        foreach (var entry in known.Entries)
        {
            if (entry is TreeDirectory { LinkedDirectories: 0 } below && !changed.Contains(below))
            {
                entries.Add(below);
            }
            else if (Entry(place, directory, entry.Name, EntryKind.Unknown, layout, entry, behindLink) is { } found)
            {
                entries.Add(Keep(found, entry));
            }
        }

        return entries.DrainToImmutable();
    }

    /// <summary>What was known, if it says the same.</summary>
    private static TreeEntry Keep(TreeEntry entry, TreeEntry? known) => (entry, known) switch
    {
        (TreeFile file, TreeFile { IsRacy: false } same) when same.Stamp == file.Stamp && same.Target == file.Target => same,
        (TreeFault { Unsettled: false } fault, TreeFault same) when same.Text == fault.Text => same,
        (TreeStray, TreeStray) => known,
        _ => entry,
    };

    /// <summary>The directory, or the known one if it says the same.</summary>
    private TreeDirectory Directory(
        string name, Place place, in FileStamp stamp, ImmutableArray<TreeEntry> entries, bool behindLink, TreeDirectory? known) =>
        known is { IsRacy: false } && known.Stamp == stamp && entries.SequenceEqual(known.Entries, ReferenceEquals)
            ? known
            : new(name, place, entries)
            {
                Stamp = stamp,
                IsRacy = freshness.IsRacy(stamp),
                LinkedDirectories = (behindLink ? 1 : 0) + entries.OfType<TreeDirectory>().Sum(below => below.LinkedDirectories),
            };

    private TreeEntry? Entry(
        Place place, SafeFileHandle directory, string name, EntryKind kind, Layout layout, TreeEntry? known, bool behindLink)
    {
        if (kind == EntryKind.Unnameable)
        {
            return layout.Others is null ? null : new TreeFault(name, place, "this name is not UTF-8; rename it");
        }

        var knownDirectory = known as TreeDirectory;
        if (knownDirectory is not null && !changed.Contains(knownDirectory)
            && directoriesBehindLinks + knownDirectory.LinkedDirectories <= MaxDirectoriesBehindLinks
            && Posix.TargetStatus(directory, name) == new FileStatus(EntryKind.Directory, knownDirectory.Stamp))
        {
            directoriesBehindLinks += knownDirectory.LinkedDirectories;
            return knownDirectory;
        }

        var isFile = layout.Files.TryGetValue(name, out var constant);
        var wanted = new Wanted(place, constant ?? name, isFile, layout.Named.ContainsKey(name), isFile ? null : layout.Below(name), behindLink, knownDirectory);
        if (kind == EntryKind.Directory && wanted.Below is not null)
        {
            return Enter(wanted, directory, name, target: null);
        }

        if (!isFile && !wanted.IsNamed && kind is not (EntryKind.Link or EntryKind.Unknown))
        {
            return null;
        }

        return Posix.Status(directory, name, out var error) is { } status
            ? status.Kind == EntryKind.Link ? Linked(wanted) : Found(wanted, directory, name, target: null, status)
            : Fault(wanted, error);
    }

    /// <param name="wanted">What the layout asks for.</param>
    /// <param name="directory">The open directory that really holds it.</param>
    /// <param name="realName">Its name in there.</param>
    /// <param name="target">Where it really is, if a link led here.</param>
    /// <param name="status">What it is.</param>
    private TreeEntry? Found(in Wanted wanted, SafeFileHandle directory, string realName, string? target, in FileStatus status) => status.Kind switch
    {
        EntryKind.File when wanted.IsFile => new TreeFile(wanted.Name, wanted.Parent, target, status.Stamp) { IsRacy = freshness.IsRacy(status.Stamp) },
        EntryKind.Directory when wanted.Below is not null => Enter(wanted, directory, realName, target),
        _ => wanted.IsFile ? new TreeFault(wanted.Name, wanted.Parent, "this is not a regular file, so it is never opened; put a plain file here")
            : wanted.IsNamed ? new TreeFault(wanted.Name, wanted.Parent, "this is not a directory; make it one, or remove it")
            : null,
    };

    private TreeEntry Enter(in Wanted wanted, SafeFileHandle directory, string realName, string? target)
    {
        var behindLink = wanted.BehindLink || target is not null;
        if (behindLink && ++directoriesBehindLinks > MaxDirectoriesBehindLinks)
        {
            return new TreeFault(
                wanted.Name, wanted.Parent, $"links lead to more than {MaxDirectoriesBehindLinks} directories, so this one is left out; link to fewer");
        }

        // The stamp is taken before the listing: what comes in between shows at the next walk.
        using var handle = Posix.OpenDirectory(directory, realName, out var error);
        if (handle is null || Posix.Status(handle, out error) is not { Stamp: var stamp })
        {
            return Fault(wanted, error);
        }

        var known = wanted.Known;
        if (known?.Place.Target != target)
        {
            known = null;
        }

        var place = known?.Place ?? new Place(wanted.Parent, wanted.Name, target);
        return Entries(place, handle, stamp, wanted.Below!, known, behindLink, out error) is { } entries
            ? Directory(wanted.Name, place, stamp, entries, behindLink, known)
            : Fault(wanted, error);
    }

    private TreeEntry Linked(in Wanted wanted)
    {
        if (Posix.RealPath(wanted.Parent.LocationOf(wanted.Name), out var error) is not { } target)
        {
            return new TreeFault(wanted.Name, wanted.Parent, error is Posix.ENOENT or Posix.ENOTDIR
                ? "this link leads nowhere; make what it points to, or remove it"
                : error == Posix.ELOOP ? "this link leads back to itself; remove it"
                : $"can't follow this link: {Posix.Describe(error)}");
        }

        var root = roots.Find(root => Holds(root.Location, target));
        if (root is null)
        {
            return new TreeFault(
                wanted.Name,
                wanted.Parent,
                "this link leads out of the tree and is not followed; name the directory it ends in under data_links of the config to permit it");
        }

        using var parent = OpenParent(root, target, out var last, out error);
        return parent is not null && Posix.Status(parent, last, out error) is { } status
            ? status.Kind == EntryKind.Link ? Moved(wanted)
                : Found(wanted, parent, last, target, status) ?? new TreeStray(wanted.Name, wanted.Parent)
            : Fault(wanted, error);
    }

    /// <summary>Goes down from the root name by name, so that no link can have come into the way since the path was resolved.</summary>
    private static SafeFileHandle? OpenParent(Root root, string target, out string last, out int error)
    {
        var names = target[root.Location.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        last = names is [.., var name] ? name : ".";
        var directory = Posix.OpenToPass(root.Handle, ".", out error);
        for (var i = 0; i < names.Length - 1 && directory is not null; i++)
        {
            using var above = directory;
            directory = Posix.OpenToPass(above, names[i], out error);
        }

        return directory;
    }

    private static TreeFault Fault(in Wanted wanted, int error) => Posix.IsMoved(error)
        ? Moved(wanted)
        : new(wanted.Name, wanted.Parent, $"can't look at this: {Posix.Describe(error)}");

    private static TreeFault Moved(in Wanted wanted) =>
        new(wanted.Name, wanted.Parent, FileContent.Changing, Unsettled: true);
}
