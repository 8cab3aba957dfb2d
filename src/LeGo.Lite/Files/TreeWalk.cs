using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace LeGo.Lite.Files;

/// <summary>
/// One walk of the data tree. Every step opens relative to a directory that is already open and
/// follows no link by itself, so what is found lies inside the tree or a permitted directory even
/// if somebody swaps directories for links meanwhile (SPEC 2).
/// </summary>
internal sealed class TreeWalk : IDisposable
{
    private readonly List<Root> roots = [];

    private TreeWalk()
    {
    }

    private sealed record Root(string Location, SafeFileHandle Handle);

    /// <param name="path">The data directory, which may be a link.</param>
    /// <param name="layout">What to look at.</param>
    /// <param name="linkTargets">Directories outside the tree into which links may lead; a missing one is none.</param>
    /// <exception cref="IOException">The tree as a whole can't be read; the message says why.</exception>
    public static TreeDirectory Walk(string path, Layout layout, IEnumerable<string> linkTargets)
    {
        using var walk = new TreeWalk();
        var root = walk.Open(path, out var error)
            ?? throw new IOException(error switch
            {
                Posix.ENOENT => "there is no such directory",
                Posix.ENOTDIR => "this is not a directory",
                _ => $"can't open the directory: {Posix.Describe(error)}",
            });

        foreach (var target in linkTargets)
        {
            _ = walk.Open(target, out _);
        }

        return new TreeDirectory(path, new(path, root.Location), walk.Entries(new(path, root.Location), root.Handle, layout));
    }

    public void Dispose() => roots.ForEach(root => root.Handle.Dispose());

    private Root? Open(string path, out int error)
    {
        if (Posix.RealPath(path, out error) is not { } location)
        {
            return null;
        }

#pragma warning disable CA2000 // It lives in the list below until the walk is disposed.
        var handle = Posix.OpenDirectory(null, location, out error);
#pragma warning restore CA2000
        if (handle is null)
        {
            return null;
        }

        var root = new Root(location, handle);
        roots.Add(root);
        return root;
    }

    private ImmutableArray<TreeEntry> Entries(Place place, SafeFileHandle directory, Layout layout)
    {
        var names = Posix.Entries(directory);
        names.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));

        var entries = ImmutableArray.CreateBuilder<TreeEntry>();
        foreach (var (name, kind) in names)
        {
            if (name[0] != '.' && Entry(place, directory, name, kind, layout) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries.DrainToImmutable();
    }

    private TreeEntry? Entry(Place place, SafeFileHandle directory, string name, EntryKind kind, Layout layout)
    {
        var isFile = layout.Files.TryGetValue(name, out var known);
        name = known ?? name;
        var below = layout.Below(name);
        if (!isFile && below is null && kind is not (EntryKind.Link or EntryKind.Unknown))
        {
            return null;
        }

        if (Posix.Status(directory, name, out var error) is not { } status)
        {
            return Fault(place, name, error);
        }

        return status.Kind == EntryKind.Link
            ? Linked(place, name, isFile, below)
            : Direct(place, directory, name, name, target: null, status, isFile, below);
    }

    /// <param name="place">The directory of the entry.</param>
    /// <param name="directory">The open directory that really holds it.</param>
    /// <param name="name">Its name in the tree.</param>
    /// <param name="realName">Its name in <paramref name="directory"/>.</param>
    /// <param name="target">Where it really is, if a link led here.</param>
    /// <param name="status">What it is.</param>
    /// <param name="isFile">Whether the layout wants a file of this name.</param>
    /// <param name="below">How the layout goes on in a directory of this name.</param>
    private TreeEntry? Direct(
        Place place, SafeFileHandle directory, string name, string realName, string? target, FileStatus status, bool isFile, Layout? below)
    {
        switch (status.Kind)
        {
            case EntryKind.File when isFile:
                return new TreeFile(name, place, target, status.Stamp);

            case EntryKind.Directory when !isFile && below is not null:
                using (var handle = Posix.OpenDirectory(directory, realName, out var error))
                {
                    if (handle is null)
                    {
                        return Fault(place, name, error);
                    }

                    var inner = new Place($"{place.Path}/{name}", target ?? $"{place.Location}/{name}");
                    return new TreeDirectory(name, inner, Entries(inner, handle, below));
                }

            default:
                return isFile
                    ? new TreeFault(name, place, "this is not a regular file, so it is never opened; put a plain file here")
                    : null;
        }
    }

    private TreeEntry? Linked(Place place, string name, bool isFile, Layout? below)
    {
        if (Posix.RealPath($"{place.Location}/{name}", out var error) is not { } target)
        {
            return new TreeFault(name, place, error switch
            {
                Posix.ENOENT or Posix.ENOTDIR => "this link leads nowhere; make what it points to, or remove it",
                Posix.ELOOP => "this link leads back to itself; remove it",
                _ => $"can't follow this link: {Posix.Describe(error)}",
            });
        }

        var root = roots.Find(root => target == root.Location || IsBelow(root.Location, target));
        if (root is null)
        {
            return new TreeFault(
                name, place, "this link leads out of the tree and is not followed; name the directory it ends in under data_links of the config to permit it");
        }

        using var parent = OpenParent(root, target, out var last);
        return parent is null || Posix.Status(parent, last, out _) is not { Kind: not EntryKind.Link } status
            ? null
            : Direct(place, parent, name, last, target, status, isFile, below);
    }

    /// <summary>Goes down from the root name by name, so that no link can have come into the way since the path was resolved.</summary>
    private static SafeFileHandle? OpenParent(Root root, string target, out string last)
    {
        var names = target[root.Location.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        last = names is [.., var name] ? name : ".";
        var directory = Posix.OpenDirectory(root.Handle, ".", out _);
        for (var i = 0; i < names.Length - 1 && directory is not null; i++)
        {
            using var above = directory;
            directory = Posix.OpenDirectory(above, names[i], out _);
        }

        return directory;
    }

    private static bool IsBelow(string directory, string path) =>
        directory == "/" || (path.StartsWith(directory, StringComparison.Ordinal) && path.AsSpan(directory.Length) is ['/', ..]);

    private static TreeFault? Fault(Place place, string name, int error) => error switch
    {
        // Each byte that is not UTF-8 has become a character of three, so the name may also be too long now.
        Posix.ENOENT or Posix.ENAMETOOLONG when name.Contains('\uFFFD', StringComparison.Ordinal) =>
            new(name, place, "this name is not UTF-8; rename it"),

        // Gone between the listing and the look: as if it had not been listed.
        Posix.ENOENT => null,
        Posix.EACCES or Posix.ELOOP or Posix.ENOTDIR => new(name, place, $"can't open this: {Posix.Describe(error)}"),
        _ => throw Posix.Failure($"read {Problem.Printable(place.Path)}/{Problem.Printable(name)}", error),
    };
}
