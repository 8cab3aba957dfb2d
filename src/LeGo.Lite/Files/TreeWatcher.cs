using System.ComponentModel;

namespace LeGo.Lite.Files;

/// <summary>
/// Says when something may have changed in a tree that was walked: a hint, never the truth. It watches every
/// directory that the walk entered, and every name on the way to the root and through links.
/// </summary>
/// <param name="path">The data directory, which may be a link or lie behind some; it may be missing.</param>
/// <param name="announce">Called at every change, on any thread.</param>
internal sealed class TreeWatcher(string path, Action announce) : IDisposable
{
    private const int MaxLinks = 40;

    private readonly Lock gate = new();

    // Of each watch the names that matter; null: all of them, it is a directory of the tree.
    private readonly Dictionary<int, HashSet<string>?> watches = [];
    private Inotify? inotify;
    private TreeDirectory? watched;
    private string? fault;
    private bool isNew;
    private bool isFull;
    private volatile bool isOverflown;

    /// <summary>
    /// Watches what a walk saw; what is watched already costs nothing. Anything new is announced: it may have changed
    /// between the walk and now. Returns why changes may go unannounced; null if every one should be.
    /// </summary>
    /// <param name="root">What the last walk gave; null if it failed.</param>
    /// <param name="again">Something was not announced: try once more what could not be watched.</param>
    public string? Watch(TreeDirectory? root, bool again)
    {
        inotify ??= Inotify.Open(OnEvent, out var error);
        if (inotify is null)
        {
            return "no inotify instance can be had; raise the sysctl fs.inotify.max_user_instances, or the limit of open files";
        }

        if (again && fault is not null)
        {
            (watched, fault) = (null, null);
        }

        (isNew, isFull) = (false, false);
        Follow(path);
        if (root is not null)
        {
            Visit(root, watched);
            watched = root;
        }

        if (isNew)
        {
            announce();
        }

        var isLost = isOverflown;
        isOverflown = false;
        return fault ?? (isLost ? "more changed at once than the kernel keeps; raise the sysctl fs.inotify.max_queued_events" : null);
    }

    public void Dispose() => inotify?.Dispose();

    private void Visit(TreeDirectory directory, TreeDirectory? known)
    {
        // Where the limit is reached, thousands more would be refused one by one.
        if (!ReferenceEquals(directory, known) && !isFull)
        {
            Add(directory.Place.Location, null, isNeeded: true);
        }

        var knownEntries = new EntryCursor(known);
        foreach (var entry in directory.Entries)
        {
            var knownEntry = knownEntries.Find(entry.Name);

            // What is wrong may be a link to what is missing: each time there may be more of the way.
            var isLink = entry is TreeFile { Target: not null } or TreeDirectory { Place.Target: not null };
            if (entry is TreeFault or TreeStray || (isLink && !ReferenceEquals(entry, knownEntry)))
            {
                Follow(directory.Place.LocationOf(entry.Name));
            }

            if (entry is TreeDirectory below)
            {
                Visit(below, knownEntry as TreeDirectory);
            }
        }
    }

    /// <summary>Goes along a path name by name, and watches each: a directory may be replaced, a link swapped, what is missing made.</summary>
    private void Follow(string start)
    {
        if (start.Contains('\0', StringComparison.Ordinal))
        {
            return;
        }

        var directory = Path.IsPathRooted(start) ? "/" : Posix.RealPath(".", out _) ?? "/";
        var rest = new Stack<string>(start.Split('/').Reverse());
        for (var links = 0; rest.TryPop(out var name);)
        {
            if (name is "" or "." or "..")
            {
                directory = name == ".." ? Path.GetDirectoryName(directory) ?? "/" : directory;
                continue;
            }

            var entry = Path.Join(directory, name);
            var kind = Posix.Status(null, entry, out _)?.Kind;

            // Nobody but root may list every directory above: what is replaced up there waits for the rescan.
            Add(directory, name, isNeeded: kind != EntryKind.Directory);
            if (kind == EntryKind.Directory)
            {
                directory = entry;
                continue;
            }

            if (kind != EntryKind.Link || ++links > MaxLinks || new FileInfo(entry).LinkTarget is not { } target)
            {
                return;
            }

            directory = Path.IsPathRooted(target) ? "/" : directory;
            foreach (var part in target.Split('/').Reverse())
            {
                rest.Push(part);
            }
        }
    }

    /// <param name="directory">Absolute and without links.</param>
    /// <param name="name">What matters in it; null: everything.</param>
    /// <param name="isNeeded">It is a fault if it can't be watched.</param>
    private void Add(string directory, string? name, bool isNeeded)
    {
        // An event that comes at once waits until it is known what matters.
        lock (gate)
        {
            var watch = inotify!.Add(directory, out var error);
            if (watch < 0)
            {
                isFull |= error == Posix.ENOSPC;
                fault ??= error switch
                {
                    Posix.ENOSPC => "not every directory is watched; raise the sysctl fs.inotify.max_user_watches",
                    Posix.EACCES => isNeeded ? $"permission denied to list {Problem.Printable(directory)}; let the user that runs lego-lite read it" : null,

                    // It has gone since; the next scan will tell.
                    _ => Posix.IsMoved(error) ? null : $"not every directory is watched: {new Win32Exception(error).Message}",
                };
            }
            else if (!watches.TryGetValue(watch, out var names))
            {
                watches.Add(watch, name is null ? null : [name]);
                isNew = true;
            }
            else if (name is null)
            {
                watches[watch] = null;
                isNew |= names is not null;
            }
            else
            {
                isNew |= names?.Add(name) ?? false;
            }
        }
    }

    private void OnEvent(int watch, Inotify.EventKind kind, string name)
    {
        lock (gate)
        {
            if (kind == Inotify.EventKind.Gone)
            {
                _ = watches.Remove(watch);
                return;
            }

            isOverflown |= kind == Inotify.EventKind.Overflow;
            if (name.Length > 0 && watches.TryGetValue(watch, out var names) && names?.Contains(name) == false)
            {
                return;
            }
        }

        announce();
    }
}
