using System.Collections.Immutable;

namespace LeGo.Lite.Files;

internal enum EntryKind
{
    Unknown,
    File,
    Directory,
    Link,

    /// <summary>A directory or link whose name is not UTF-8, so that it can't be opened by it.</summary>
    Unnameable,

    Other,
}

/// <summary>
/// What tells one version of a file from the next. The change time (ctime) moves at every write,
/// also at one that leaves size and modification time as they were.
/// </summary>
/// <param name="Device">Of the file system.</param>
/// <param name="Inode">Of the file.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">mtime, 100 ns since 1970.</param>
/// <param name="Changed">ctime, 100 ns since 1970.</param>
internal readonly record struct FileStamp(ulong Device, ulong Inode, long Size, long Modified, long Changed)
{
    public DateTimeOffset ModifiedAt => ToTime(Modified);

    public DateTimeOffset ChangedAt => ToTime(Changed);

    private static DateTimeOffset ToTime(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(
        Math.Clamp(ticks, 0, (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks));
}

internal readonly record struct FileStatus(EntryKind Kind, FileStamp Stamp);

/// <summary>One look at the disk: what is where, not what it holds. Immutable.</summary>
internal abstract record TreeEntry(string Name)
{
    /// <summary>As the user knows it: below the data directory of the config.</summary>
    public abstract string Path { get; }
}

/// <param name="Name">Its name in its parent.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Entries">By name, ordinal; only what the <see cref="Layout"/> asks for.</param>
internal sealed record TreeDirectory(string Name, Place Place, ImmutableArray<TreeEntry> Entries) : TreeEntry(Name)
{
    public override string Path => Place.Path;

    /// <summary>Of the directory itself: it changes when an entry comes, goes or is replaced.</summary>
    public FileStamp Stamp { get; init; }

    public IEnumerable<TreeDirectory> Directories => Entries.OfType<TreeDirectory>();

    public IEnumerable<TreeFault> Faults => Entries.OfType<TreeFault>();

    public TreeEntry? this[string name] => Entries.FirstOrDefault(entry => entry.Name == name);
}

/// <param name="Name">Its name in its directory.</param>
/// <param name="Parent">Its directory.</param>
/// <param name="Target">Where it really is, if it was reached through a link.</param>
/// <param name="Stamp">Of the file itself, never of a link to it.</param>
internal sealed record TreeFile(string Name, Place Parent, string? Target, FileStamp Stamp) : TreeEntry(Name)
{
    public override string Path => $"{Parent.Path}/{Name}";

    /// <summary>Absolute and without links.</summary>
    public string Location => Target ?? $"{Parent.Location}/{Name}";
}

/// <param name="Name">Of something that is there but can't be used.</param>
/// <param name="Parent">Its directory.</param>
/// <param name="Text">Why, and what to do.</param>
/// <param name="Unsettled">It was changing meanwhile; the next scan will tell.</param>
internal sealed record TreeFault(string Name, Place Parent, string Text, bool Unsettled = false) : TreeEntry(Name)
{
    public override string Path => $"{Parent.Path}/{Name}";
}

/// <param name="Path">As the user knows it.</param>
/// <param name="Location">Absolute and without links.</param>
internal sealed record Place(string Path, string Location);
