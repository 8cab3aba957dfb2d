using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace LeGo.Lite.Files;

/// <summary>
/// One walk of the data tree. Every step opens relative to a directory that is already open and
/// follows no link by itself, so what is found lies inside the tree or a permitted directory even
/// if somebody swaps directories for links meanwhile (SPEC 2). What can't be looked at is a
/// <see cref="TreeFault"/> in its place: nothing that was listed is lost silently.
/// </summary>
internal sealed class TreeWalk : IDisposable
{
    // A few links to one large directory, and in it the same again, would make any number of it.
    private const int MaxDirectoriesBehindLinks = 20_000;

    private readonly List<Root> roots = [];
    private readonly byte[] buffer = new byte[32 * 1024];
    private int directoriesBehindLinks;

    private TreeWalk()
    {
    }

    private sealed record Root(string Location, SafeFileHandle Handle);

    /// <summary>An entry that the layout asks for.</summary>
    /// <param name="Parent">The directory it stands in.</param>
    /// <param name="Name">Its name there.</param>
    /// <param name="IsFile">A file is wanted.</param>
    /// <param name="IsNamed">A directory of just this name is wanted.</param>
    /// <param name="Below">How the layout goes on in it.</param>
    /// <param name="BehindLink">A link to a directory led here.</param>
    private readonly record struct Wanted(Place Parent, string Name, bool IsFile, bool IsNamed, Layout? Below, bool BehindLink);

    /// <param name="path">The data directory, which may be a link.</param>
    /// <param name="layout">What to look at.</param>
    /// <param name="linkTargets">Directories outside the tree into which links may lead; a missing one is none.</param>
    /// <exception cref="IOException">The tree as a whole can't be read; the message says why.</exception>
    public static TreeDirectory Walk(string path, Layout layout, IEnumerable<string> linkTargets)
    {
        using var walk = new TreeWalk();
        var location = walk.AddRoot(path, out var error);
        using var root = location is null ? null : Posix.OpenDirectory(null, location, out error);
        if (location is null || root is null)
        {
            throw new IOException(error switch
            {
                Posix.ENOENT => "there is no such directory",
                Posix.ENOTDIR => "this is not a directory",
                _ => $"can't open the directory: {Posix.Describe(error)}",
            });
        }

        var faults = new List<TreeEntry>();
        foreach (var target in linkTargets)
        {
            if (walk.AddRoot(target, out error) is null && error != Posix.ENOENT)
            {
                var parent = Path.GetDirectoryName(target) ?? "";
                faults.Add(new TreeFault(
                    Path.GetFileName(target), new(parent, parent), error == Posix.ENOTDIR
                        ? "this entry of data_links is not a directory"
                        : $"can't open this directory of data_links: {Posix.Describe(error)}"));
            }
        }

        var place = new Place(path, location);
        return walk.Entries(place, root, layout, behindLink: false, out error) is { } entries
            ? new(path, place, [.. entries, .. faults])
            : throw new IOException($"can't read the directory: {Posix.Describe(error)}");
    }

    public void Dispose() => roots.ForEach(root => root.Handle.Dispose());

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

    private ImmutableArray<TreeEntry>? Entries(Place place, SafeFileHandle directory, Layout layout, bool behindLink, out int error)
    {
        if (Posix.Entries(directory, buffer, out error) is not { } names)
        {
            return null;
        }

        names.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));

        var entries = ImmutableArray.CreateBuilder<TreeEntry>();
        foreach (var (name, kind) in names)
        {
            if (Entry(place, directory, name, kind, layout, behindLink) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries.DrainToImmutable();
    }

    private TreeEntry? Entry(Place place, SafeFileHandle directory, string name, EntryKind kind, Layout layout, bool behindLink)
    {
        if (name[0] == '.')
        {
            return null;
        }

        if (kind == EntryKind.Unnameable)
        {
            return layout.Others is null ? null : new TreeFault(name, place, "this name is not UTF-8; rename it");
        }

        var isFile = layout.Files.TryGetValue(name, out var known);
        var wanted = new Wanted(place, known ?? name, isFile, layout.Named.ContainsKey(name), isFile ? null : layout.Below(name), behindLink);
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
        EntryKind.File when wanted.IsFile => new TreeFile(wanted.Name, wanted.Parent, target, status.Stamp),
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

        using var handle = Posix.OpenDirectory(directory, realName, out var error);
        if (handle is null)
        {
            return Fault(wanted, error);
        }

        var place = new Place($"{wanted.Parent.Path}/{wanted.Name}", target ?? $"{wanted.Parent.Location}/{wanted.Name}");
        return Entries(place, handle, wanted.Below!, behindLink, out error) is { } entries
            ? new TreeDirectory(wanted.Name, place, entries) { Stamp = Posix.Status(handle, out _)?.Stamp ?? default }
            : Fault(wanted, error);
    }

    private TreeEntry? Linked(in Wanted wanted)
    {
        if (Posix.RealPath($"{wanted.Parent.Location}/{wanted.Name}", out var error) is not { } target)
        {
            return new TreeFault(wanted.Name, wanted.Parent, error is Posix.ENOENT or Posix.ENOTDIR
                ? "this link leads nowhere; make what it points to, or remove it"
                : error == Posix.ELOOP ? "this link leads back to itself; remove it"
                : $"can't follow this link: {Posix.Describe(error)}");
        }

        var root = roots.Find(root => target == root.Location || IsBelow(root.Location, target));
        if (root is null)
        {
            return new TreeFault(
                wanted.Name,
                wanted.Parent,
                "this link leads out of the tree and is not followed; name the directory it ends in under data_links of the config to permit it");
        }

        using var parent = OpenParent(root, target, out var last, out error);
        return parent is not null && Posix.Status(parent, last, out error) is { } status
            ? status.Kind == EntryKind.Link ? Moved(wanted) : Found(wanted, parent, last, target, status)
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

    private static bool IsBelow(string directory, string path) =>
        directory == "/" || (path.StartsWith(directory, StringComparison.Ordinal) && path.AsSpan(directory.Length) is ['/', ..]);

    private static TreeFault Fault(in Wanted wanted, int error) => Posix.IsMoved(error)
        ? Moved(wanted)
        : new(wanted.Name, wanted.Parent, $"can't look at this: {Posix.Describe(error)}");

    private static TreeFault Moved(in Wanted wanted) =>
        new(wanted.Name, wanted.Parent, FileContent.Changing, Unsettled: true);
}
