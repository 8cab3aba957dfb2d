using System.Collections.Immutable;
using System.Runtime.CompilerServices;

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
/// <param name="Mode">Who may do what with it.</param>
internal readonly record struct FileStamp(
    ulong Device, ulong Inode, long Size, long Modified, long Changed, UnixFileMode Mode = UnixFileMode.None)
{
    /// <summary>Of what a path leads to; the default, which no file has, if that can't be looked at.</summary>
    public static FileStamp Of(string path) => Posix.TargetStatus(path)?.Stamp ?? default;

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

    /// <inheritdoc cref="Freshness.IsRacy"/>
    public bool IsRacy { get; init; }

    /// <summary>How many directories were reached through links, itself and all below it.</summary>
    public int LinkedDirectories { get; init; }

    public IEnumerable<TreeDirectory> Directories => Entries.OfType<TreeDirectory>();

    public IEnumerable<TreeFault> Faults => Entries.OfType<TreeFault>();

    /// <summary>Compared as an object: what is as it was at the walk before is the same one.</summary>
    public bool Equals(TreeDirectory? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    public TreeEntry? this[string name] => Entries.FirstOrDefault(entry => entry.Name == name);
}

/// <summary>Finds the entries of a directory by name, asked for in their order; of no directory there are none.</summary>
internal struct EntryCursor(TreeDirectory? directory)
{
    private readonly ImmutableArray<TreeEntry> entries = directory?.Entries ?? [];
    private int next;

    public TreeEntry? Find(string name)
    {
        while (next < entries.Length && string.CompareOrdinal(entries[next].Name, name) < 0)
        {
            next++;
        }

        return next < entries.Length && entries[next].Name == name ? entries[next] : null;
    }
}

/// <param name="Name">Its name in its directory.</param>
/// <param name="Parent">Its directory.</param>
/// <param name="Target">Where it really is, if it was reached through a link.</param>
/// <param name="Stamp">Of the file itself, never of a link to it.</param>
internal sealed record TreeFile(string Name, Place Parent, string? Target, FileStamp Stamp) : TreeEntry(Name)
{
    /// <inheritdoc cref="Freshness.IsRacy"/>
    public bool IsRacy { get; init; }

    public override string Path => Parent.PathOf(Name);

    /// <summary>Absolute and without links.</summary>
    public string Location => Target ?? Parent.LocationOf(Name);
}

/// <param name="Name">Of something that is there but can't be used.</param>
/// <param name="Parent">Its directory.</param>
/// <param name="Text">Why, and what to do.</param>
/// <param name="Unsettled">It was changing meanwhile; the next scan will tell.</param>
internal sealed record TreeFault(string Name, Place Parent, string Text, bool Unsettled = false) : TreeEntry(Name)
{
    public override string Path => Parent.PathOf(Name);
}

/// <summary>A link to what nobody asked for here; one day it may lead to what somebody does.</summary>
internal sealed record TreeStray(string Name, Place Parent) : TreeEntry(Name)
{
    public override string Path => Parent.PathOf(Name);
}

/// <summary>Where a directory stands. Of many places few are ever named: a path is put together when it is asked for.</summary>
internal sealed class Place
{
    private readonly Place? parent;
    private readonly string name;

    /// <summary>Of the root.</summary>
    /// <param name="path">As the user knows it.</param>
    /// <param name="location">Absolute and without links.</param>
    public Place(string path, string location) => (name, Target) = (path, location);

    /// <param name="parent">The directory it stands in.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="target">Where it really is, if it was reached through a link.</param>
    public Place(Place parent, string name, string? target) => (this.parent, this.name, Target) = (parent, name, target);

    /// <summary>Where it really is, if it is the root or was reached through a link.</summary>
    public string? Target { get; }

    /// <summary>As the user knows it.</summary>
    public string Path => parent?.PathOf(name) ?? name;

    /// <summary>Absolute and without links.</summary>
    public string Location => Target ?? parent!.LocationOf(name);

    /// <summary>The path of an entry in here, as the user knows it.</summary>
    public string PathOf(string entry) => Join(entry, isLocation: false);

    /// <summary>The path of an entry in here, absolute and without links.</summary>
    public string LocationOf(string entry) => Join(entry, isLocation: true);

    // In one piece: every file that is read has its path put together.
    private string Join(string entry, bool isLocation)
    {
        var path = new DefaultInterpolatedStringHandler(0, 0, null, stackalloc char[256]);
        Append(ref path, isLocation);
        path.AppendLiteral("/");
        path.AppendLiteral(entry);
        return path.ToStringAndClear();
    }

    private void Append(ref DefaultInterpolatedStringHandler path, bool isLocation)
    {
        if (isLocation && Target is not null)
        {
            path.AppendLiteral(Target);
            return;
        }

        if (parent is not null)
        {
            parent.Append(ref path, isLocation);
            path.AppendLiteral("/");
        }

        path.AppendLiteral(name);
    }
}

/// <summary>One walk of the data tree.</summary>
/// <param name="Root">The data directory.</param>
/// <param name="Roots">Where it and the directories of <c>data_links</c> really are, as far as they are there.</param>
/// <param name="LinkFaults">What is wrong with <c>data_links</c>.</param>
internal sealed record TreeLook(TreeDirectory Root, ImmutableArray<string> Roots, ImmutableArray<Problem> LinkFaults);
