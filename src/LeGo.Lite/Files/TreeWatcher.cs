namespace LeGo.Lite.Files;

/// <summary>
/// Says when something may have changed below the data directory: a hint, never the truth. It watches the
/// real directories, and every name on the way to them that can lead elsewhere.
/// </summary>
/// <param name="path">The data directory, which may be a link or lie behind some; it may be missing.</param>
/// <param name="linkTargets">Directories outside the tree into which links may lead; they may be missing.</param>
/// <param name="announce">Called at every event, on any thread, also while arming; not any more once disposed.</param>
internal sealed class TreeWatcher(string path, IReadOnlyList<string> linkTargets, Action announce) : IDisposable
{
    private const int MaxLinks = 40;

    private const NotifyFilters Names = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.Attributes;

    // What inotify is asked for then: all but that a file was opened, read or closed, which our scans do.
    private const NotifyFilters Everything = Names | NotifyFilters.LastWrite;

    private readonly Lock gate = new();
    private List<Watched> armed = [];
    private List<FileSystemWatcher> watchers = [];
    private volatile string? fault;
    private bool isStale = true;
    private bool isDenied;

    /// <summary>Why changes may go unannounced; null if nothing is known to be wrong.</summary>
    public string? Fault => fault;

    /// <param name="Directory">Absolute and without links.</param>
    /// <param name="Name">What is watched in it; null: everything below.</param>
    /// <param name="Device">With the inode: a new directory of the same name is another.</param>
    /// <param name="Inode">Of the directory.</param>
    private sealed record Watched(string Directory, string? Name, ulong Device, ulong Inode);

    /// <summary>
    /// Watches what stands at the paths now. False if all of it is watched already: it is cheap to ask after
    /// every scan. True if not: no change before now was announced, so scan, and ask again.
    /// </summary>
    /// <param name="anew">In any case: a scan found what was not announced.</param>
    public bool Arm(bool anew)
    {
        var wanted = Wanted();
        List<FileSystemWatcher> stopped;
        lock (gate)
        {
            if (!anew && !isStale && wanted.SequenceEqual(armed))
            {
                return false;
            }

            (stopped, watchers) = (watchers, []);
            (armed, fault, isStale, isDenied) = (wanted, null, false, false);
        }

        stopped.ForEach(watcher => watcher.Dispose());

        // In their order: who replaces a directory while it is being watched is seen at its name.
        foreach (var one in wanted.GroupBy(one => (one.Directory, IsTree: one.Name is null)))
        {
            Start(one.Key.Directory, one.Key.IsTree ? null : [.. one.Select(watched => watched.Name!)]);
        }

        return true;
    }

    public void Dispose()
    {
        List<FileSystemWatcher> stopped;
        lock (gate)
        {
            (stopped, watchers) = (watchers, []);
        }

        stopped.ForEach(watcher => watcher.Dispose());
    }

    private List<Watched> Wanted()
    {
        var names = new List<Watched>();
        var trees = new List<Watched>();
        foreach (var start in linkTargets.Prepend(path))
        {
            if (Follow(start, names) is { } directory)
            {
                trees.Add(Look(directory, null));
            }
        }

        trees.RemoveAll(tree => trees.Exists(other => TreeWalk.IsBelow(other.Directory, tree.Directory)));
        return [.. names.Distinct(), .. trees.Distinct()];
    }

    /// <summary>Goes to a directory name by name, and returns where it really is; null if there is none.</summary>
    /// <param name="path">As configured.</param>
    /// <param name="names">Gets the names that decide where the path leads: links, what is missing, the directory's own.</param>
    private static string? Follow(string path, List<Watched> names)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var directory = Path.IsPathRooted(path) ? "/" : Posix.RealPath(".", out _) ?? "/";
        var rest = new Stack<string>(path.Split('/').Reverse());
        for (var links = 0; rest.TryPop(out var name);)
        {
            if (name is "" or "." or "..")
            {
                directory = name == ".." ? Path.GetDirectoryName(directory) ?? "/" : directory;
                continue;
            }

            var entry = Path.Join(directory, name);
            var kind = Posix.Status(null, entry, out _)?.Kind;
            if (kind == EntryKind.Directory)
            {
                directory = entry;
                continue;
            }

            names.Add(Look(directory, name));
            if (kind != EntryKind.Link || ++links > MaxLinks || new FileInfo(entry).LinkTarget is not { } target)
            {
                return null;
            }

            directory = Path.IsPathRooted(target) ? "/" : directory;
            foreach (var part in target.Split('/').Reverse())
            {
                rest.Push(part);
            }
        }

        if (Path.GetDirectoryName(directory) is { } parent)
        {
            names.Add(Look(parent, Path.GetFileName(directory)));
        }

        return directory;
    }

    private static Watched Look(string directory, string? name) =>
        Posix.Status(null, directory, out _) is { Stamp: var stamp } ? new(directory, name, stamp.Device, stamp.Inode) : new(directory, name, 0, 0);

    /// <param name="directory">Absolute and without links.</param>
    /// <param name="names">What to watch in it; null: everything below.</param>
    private void Start(string directory, string[]? names)
    {
        var watcher = new FileSystemWatcher { NotifyFilter = names is null ? Everything : Names, IncludeSubdirectories = names is null };
        lock (gate)
        {
            // One that nobody holds is collected and falls silent.
            watchers.Add(watcher);
        }

        watcher.Changed += (_, change) => OnChange(watcher, names, change);
        watcher.Created += (_, change) => OnChange(watcher, names, change);
        watcher.Deleted += (_, change) => OnChange(watcher, names, change);
        watcher.Renamed += (_, change) => OnChange(watcher, names, change);
        watcher.Error += (_, error) => OnError(watcher, names is null ? null : directory, error.GetException());
        try
        {
            watcher.Path = directory;
            watcher.EnableRaisingEvents = true;
        }
        catch (ArgumentException)
        {
            // It has gone since: the scan that follows will tell, and the next arming.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            OnError(watcher, directory, failure);
        }
    }

    private void OnChange(FileSystemWatcher watcher, string[]? names, FileSystemEventArgs change)
    {
        lock (gate)
        {
            var isMeant = names is null || names.Contains(change.Name) || (change is RenamedEventArgs renamed && names.Contains(renamed.OldName));
            if (!isMeant || !watchers.Contains(watcher))
            {
                return;
            }

            // A name now leads elsewhere, also if the new directory got the inode of the old. And FileSystemWatcher
            // loses what is made in a directory shortly before that is renamed, or while it is outside; or
            // what it may not list yet, if that is permitted later.
            isStale |= (change.ChangeType != WatcherChangeTypes.Changed || isDenied) && (names is not null || Directory.Exists(change.FullPath));
            announce();
        }
    }

    /// <param name="watcher">Whose error it is.</param>
    /// <param name="directory">What it was to watch; null if it is something below it.</param>
    /// <param name="error">One for each directory that can't be watched; anything else is the watcher's end.</param>
    private void OnError(FileSystemWatcher watcher, string? directory, Exception error)
    {
        lock (gate)
        {
            switch (error)
            {
                case var _ when !watchers.Contains(watcher):
                case DirectoryNotFoundException or FileNotFoundException or PathTooLongException:
                    break;
                case UnauthorizedAccessException:
                    // Below the data directory the scan says so, if anybody wants to read it.
                    isDenied = true;
                    fault ??= directory is null ? null : $"the user that runs lego-lite may not list {directory}, so what is replaced there goes unnoticed; permit it";
                    break;
                case IOException { HResult: Posix.ENOSPC }:
                    fault = "the limit fs.inotify.max_user_watches is reached, so not every directory is watched; raise it with sysctl";
                    break;
                case IOException { HResult: Posix.EMFILE or Posix.ENFILE }:
                    fault = "the limit fs.inotify.max_user_instances or that of open files is reached, so not everything is watched; raise it";
                    break;
                case IOException or OutOfMemoryException:
                    fault ??= $"not everything is watched: {error.Message}";
                    break;
                default:
                    // More happened than the kernel keeps (fs.inotify.max_queued_events): the next arming begins afresh.
                    watcher.EnableRaisingEvents = false;
                    isStale = true;
                    announce();
                    break;
            }
        }
    }
}
