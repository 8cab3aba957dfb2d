using Microsoft.Win32.SafeHandles;

namespace LeGo.Lite.Files;

/// <summary>What reading a file gave: its bytes, or why not.</summary>
/// <param name="Bytes">All of it; null if it can't be had.</param>
/// <param name="Fault">Why not, for a problem's text.</param>
/// <param name="Unsettled">The file was changing meanwhile; the next scan will tell.</param>
internal readonly record struct FileContent(byte[]? Bytes, string? Fault, bool Unsettled = false)
{
    /// <summary>
    /// Reads the very file that the walk saw, whole and unchanged from the look to the last byte:
    /// another file in its place, or half of a write, is not taken for it.
    /// </summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public static FileContent Read(TreeFile file, int maxBytes)
    {
        using var handle = Posix.OpenFile(null, file.Location, out var error);
        return handle is null ? (error is Posix.ENOENT or Posix.ENOTDIR or Posix.ELOOP or Posix.ENXIO ? Moved : CannotOpen(error))
            : Posix.Status(handle) != new FileStatus(EntryKind.File, file.Stamp) ? Moved
            : Read(handle, file.Stamp, maxBytes);
    }

    /// <summary>Reads a file outside the tree that metadata names (a mounted secret); links are followed.</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public static FileContent Read(string path, int maxBytes)
    {
        // Looked at before it is opened: opening a FIFO or a device can have effects of its own.
        if (Posix.RealPath(path, out var error) is not { } location || Posix.Status(null, location, out error) is not { } status)
        {
            return CannotOpen(error);
        }

        if (status.Kind != EntryKind.File)
        {
            return new(null, "it is not a regular file");
        }

        using var handle = Posix.OpenFile(null, location, out error);
        return handle is null ? CannotOpen(error)
            : Posix.Status(handle) != status ? Moved
            : Read(handle, status.Stamp, maxBytes);
    }

    private static FileContent Moved => new(null, "it was changing while it was read; it is read again shortly", Unsettled: true);

    private static FileContent Read(SafeFileHandle handle, FileStamp stamp, int maxBytes)
    {
        if (stamp.Size > maxBytes)
        {
            return new(null, $"it is larger than {maxBytes / 1024} KiB");
        }

        var bytes = new byte[stamp.Size];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(length), length) is > 0 and var read)
        {
            length += read;
        }

        return length == bytes.Length && Posix.Status(handle).Stamp == stamp ? new(bytes, null) : Moved;
    }

    private static FileContent CannotOpen(int error) => error switch
    {
        Posix.ENOENT or Posix.ENOTDIR => new(null, "there is no such file"),
        Posix.ELOOP => new(null, "its link leads back to itself"),
        Posix.ENAMETOOLONG => new(null, "its path is too long"),

        // A socket that took the place of the file that was looked at.
        Posix.ENXIO => Moved,
        Posix.EACCES => new(null, "permission denied; let the user that runs lego-lite read it"),
        _ => throw Posix.Failure("open a file", error),
    };
}
