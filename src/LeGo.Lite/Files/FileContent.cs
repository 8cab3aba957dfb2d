using Microsoft.Win32.SafeHandles;

namespace LeGo.Lite.Files;

/// <summary>What reading a file gave: its bytes, or why not.</summary>
/// <param name="Bytes">All of it; null if it can't be had.</param>
/// <param name="Fault">Why not, for a problem's text.</param>
/// <param name="Unsettled">The file was changing meanwhile; the next scan will tell.</param>
internal readonly record struct FileContent(byte[]? Bytes, string? Fault, bool Unsettled = false)
{
    public const string Changing = "it was changing while it was read; it is read again shortly";

    private static FileContent Moved => new(null, Changing, Unsettled: true);

    /// <summary>
    /// Reads the very file that the walk saw, whole and unchanged from the look to the last byte:
    /// another file in its place, or half of a write, is not taken for it.
    /// </summary>
    /// <exception cref="IOException">The process has run out of something.</exception>
    public static FileContent Read(TreeFile file, int maxBytes)
    {
        using var handle = Posix.OpenFile(file.Location, out var error);
        return handle is not null ? Read(handle, file.Stamp, maxBytes) : Unread(error);
    }

    /// <summary>Reads a file that metadata names (a mounted secret), in the tree or not; links are followed.</summary>
    /// <exception cref="IOException">The process has run out of something.</exception>
    public static FileContent Read(string path, int maxBytes)
    {
        // Looked at before it is opened: opening a FIFO or a device can have effects of its own.
        if (Posix.RealPath(path, out var error) is not { } location || Posix.Status(null, location, out error) is not { } status)
        {
            return new(null, Posix.Describe(error));
        }

        if (status.Kind != EntryKind.File)
        {
            return new(null, "it is not a regular file");
        }

        using var handle = Posix.OpenFile(location, out error);
        return handle is not null ? Read(handle, status.Stamp, maxBytes) : Unread(error);
    }

    private static FileContent Read(SafeFileHandle handle, in FileStamp stamp, int maxBytes)
    {
        if (stamp.Size > maxBytes)
        {
            return new(null, $"it is larger than {maxBytes / 1024} KiB");
        }

        var bytes = new byte[stamp.Size];
        var length = 0;
        int count;
        int error;
        do
        {
            count = Posix.Read(handle, bytes.AsSpan(length), length, out error);
            length += Math.Max(count, 0);
        }
        while (count > 0 && length < bytes.Length);

        // Only now: what was true before the read need not be after it, and the change time tells of all between.
        return Posix.Status(handle, out var statusError) is not { } status ? Unread(statusError)
            : status != new FileStatus(EntryKind.File, stamp) ? Moved
            : count < 0 ? Unread(error)

            // Files of /proc and /sys say a size they don't have.
            : length < bytes.Length ? new(null, "it is shorter than it says")
            : new(bytes, null);
    }

    private static FileContent Unread(int error) => Posix.IsMoved(error) ? Moved : new(null, Posix.Describe(error));
}
