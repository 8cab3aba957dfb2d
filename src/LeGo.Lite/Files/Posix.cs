using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

// The native binary links libc; where it is loaded instead (tests), it is the system's.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace LeGo.Lite.Files;

/// <summary>
/// The Linux calls that System.IO has no word for: opening relative to a directory without
/// following links or waiting on a FIFO, and the inode and change time of a file (ADR 0003). A call
/// that fails says why by its errno.
/// </summary>
internal static unsafe partial class Posix
{
    public const int ENOENT = 2;
    public const int EACCES = 13;
    public const int ENOTDIR = 20;
    public const int ENOSPC = 28;
    public const int ELOOP = 40;

    private const int EINTR = 4;
    private const int ENXIO = 6;
    private const int ENOMEM = 12;
    private const int EINVAL = 22;
    private const int ENFILE = 23;
    private const int EMFILE = 24;
    private const int ENAMETOOLONG = 36;
    private const int EILSEQ = 84;
    private const int ESTALE = 116;

    private const int PathMax = 4096;
    private const int AtCurrentDirectory = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxBasicStats = 0x7ff;
    private const int FileTypeMask = 0xf000;

    private const int OpenNoControllingTerminal = 0x100;
    private const int OpenNonBlock = 0x800;
    private const int OpenCloseOnExec = 0x80000;
    private const int OpenPath = 0x200000;

    // The two flags whose value depends on the processor.
    private static readonly int OpenDirectoryOnly = IsArm ? 0x4000 : 0x10000;
    private static readonly int OpenNoFollow = IsArm ? 0x8000 : 0x20000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Opens a directory that is not a link, to list it; the path is absolute or relative to <paramref name="parent"/>.</summary>
    public static SafeFileHandle? OpenDirectory(SafeFileHandle? parent, string path, out int error) =>
        Open(parent, path, OpenDirectoryOnly, out error);

    /// <summary>Opens a directory that is not a link, to go through it: that takes no permission to list it.</summary>
    public static SafeFileHandle? OpenToPass(SafeFileHandle? parent, string path, out int error) =>
        Open(parent, path, OpenDirectoryOnly | OpenPath, out error);

    /// <summary>Opens for reading without following a link or waiting: the caller looks whether it is a regular file.</summary>
    public static SafeFileHandle? OpenFile(string path, out int error) =>
        Open(null, path, OpenNonBlock | OpenNoControllingTerminal, out error);

    /// <summary>The status of an entry of a directory, of the link itself if it is one.</summary>
    public static FileStatus? Status(SafeFileHandle? parent, string path, out int error)
    {
        using var directory = new Borrowed(parent);
        return Status(directory.Descriptor, path, AtSymlinkNoFollow, out error);
    }

    /// <summary>The status of what an entry of a directory leads to.</summary>
    public static FileStatus? TargetStatus(SafeFileHandle parent, string name)
    {
        using var directory = new Borrowed(parent);
        return Status(directory.Descriptor, name, 0, out _);
    }

    /// <summary>The status of what a path leads to.</summary>
    public static FileStatus? TargetStatus(string path) => Status(AtCurrentDirectory, path, 0, out _);

    /// <summary>The status of what a path leads to; allocates nothing.</summary>
    /// <param name="parent">Where a relative path begins.</param>
    /// <param name="path">UTF-8, with a NUL at its end; nothing before that: the directory itself.</param>
    public static FileStatus? TargetStatus(SafeFileHandle parent, ReadOnlySpan<byte> path)
    {
        using var directory = new Borrowed(parent);
        fixed (byte* start = path)
        {
            return statx(directory.Descriptor, start, AtEmptyPath, StatxBasicStats, out var buffer) < 0 ? null : ToStatus(buffer);
        }
    }

    /// <summary>The status of an open file.</summary>
    public static FileStatus? Status(SafeFileHandle file, out int error)
    {
        using var open = new Borrowed(file);
        return Status(open.Descriptor, "", AtEmptyPath, out error);
    }

    /// <summary>
    /// What is in a directory just opened, but for names that start with a dot, unsorted; null if it can't be listed. Where a name is not UTF-8 it
    /// is one of <see cref="EntryKind.Unnameable"/>; where the file system does not say the kind, it is unknown.
    /// </summary>
    /// <param name="directory">From <see cref="OpenDirectory"/>.</param>
    /// <param name="buffer">Scratch.</param>
    /// <param name="error">Why it can't.</param>
    public static List<(string Name, EntryKind Kind)>? Entries(SafeFileHandle directory, Span<byte> buffer, out int error)
    {
        // struct linux_dirent64: length of the record, kind, name to a NUL.
        const int LengthAt = 16;
        const int KindAt = 18;
        const int NameAt = 19;

        using var open = new Borrowed(directory);
        var entries = new List<(string, EntryKind)>();
        while (true)
        {
            nint count;
            fixed (byte* start = buffer)
            {
                count = getdents64(open.Descriptor, start, (nuint)buffer.Length);
            }

            if (count <= 0)
            {
                error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
                return count < 0 ? null : entries;
            }

            for (ReadOnlySpan<byte> rest = buffer[..(int)count]; !rest.IsEmpty; rest = rest[BinaryPrimitives.ReadUInt16LittleEndian(rest[LengthAt..])..])
            {
                var name = rest[NameAt..];
                name = name[..name.IndexOf((byte)0)];
                if (name[0] == '.')
                {
                    continue;
                }

                entries.Add((Encoding.UTF8.GetString(name), rest[KindAt] switch
                {
                    4 or 10 or 0 when !Utf8.IsValid(name) => EntryKind.Unnameable,
                    4 => EntryKind.Directory,
                    8 => EntryKind.File,
                    10 => EntryKind.Link,
                    0 => EntryKind.Unknown,
                    _ => EntryKind.Other,
                }));
            }
        }
    }

    /// <summary>Whether a path is this one without links; allocates nothing.</summary>
    /// <param name="path">UTF-8, with a NUL at its end.</param>
    /// <param name="expected">Absolute and without links.</param>
    public static bool RealPathIs(ReadOnlySpan<byte> path, string expected)
    {
        Span<byte> resolved = stackalloc byte[PathMax];
        Span<byte> wanted = stackalloc byte[PathMax];
        fixed (byte* start = path, buffer = resolved)
        {
            return realpath(start, buffer) is not null
                && Encoding.UTF8.TryGetBytes(expected, wanted, out var length)
                && MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer).SequenceEqual(wanted[..length]);
        }
    }

    /// <summary>The absolute path without links; null if there is none.</summary>
    public static string? RealPath(string path, out int error)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            // C would read it only up to there.
            error = ENOENT;
            return null;
        }

        var result = realpath(path, null);
        error = result is null ? Marshal.GetLastPInvokeError() : 0;
        if (result is null)
        {
            return null;
        }

        try
        {
            var bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result);
            error = Utf8.IsValid(bytes) ? 0 : EILSEQ;
            return error == 0 ? Encoding.UTF8.GetString(bytes) : null;
        }
        finally
        {
            NativeMemory.Free(result);
        }
    }

    /// <summary>Reads from an offset; 0 bytes at the end, less than 0 if it can't be read.</summary>
    public static int Read(SafeFileHandle file, Span<byte> bytes, long offset, out int error)
    {
        using var open = new Borrowed(file);
        fixed (byte* start = bytes)
        {
            var count = pread(open.Descriptor, start, (nuint)bytes.Length, offset);
            error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            return (int)count;
        }
    }

    /// <summary>What comes next of what is no file; waits for it.</summary>
    public static int ReadNext(SafeFileHandle source, Span<byte> bytes, out int error)
    {
        using var open = new Borrowed(source);
        fixed (byte* start = bytes)
        {
            var count = read(open.Descriptor, start, (nuint)bytes.Length);
            error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            return (int)count;
        }
    }

    /// <summary>What was seen a moment ago is not there any more, or is something else.</summary>
    public static bool IsMoved(int error) => error is ENOENT or ENOTDIR or ELOOP or ENXIO or EINTR or ESTALE;

    /// <summary>Why, for people.</summary>
    /// <exception cref="IOException">The process or the system has run out of something: that says nothing about the file.</exception>
    public static string Describe(int error) => error switch
    {
        EMFILE or ENFILE or ENOMEM => throw new IOException($"this server has run out of something: {new Win32Exception(error).Message}"),
        ENOENT or ENOTDIR => "there is no such file",
        EACCES => "permission denied; let the user that runs lego-lite read it",
        ENAMETOOLONG => "its path is too long",
        ELOOP => "its link leads back to itself",
        EILSEQ => "its name is not UTF-8",
        EINVAL => "the file system can't do it",
        _ => new Win32Exception(error).Message,
    };

    private static SafeFileHandle? Open(SafeFileHandle? parent, string path, int flags, out int error)
    {
        using var directory = new Borrowed(parent);
        var descriptor = openat(directory.Descriptor, path, flags | OpenNoFollow | OpenCloseOnExec);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static FileStatus? Status(int directory, string path, int flags, out int error)
    {
        var result = statx(directory, path, flags, StatxBasicStats, out var buffer);
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return result < 0 ? null : ToStatus(buffer);
    }

    private static FileStatus ToStatus(in StatxBuffer buffer) => new(
        (buffer.Mode & FileTypeMask) switch
        {
            0x4000 => EntryKind.Directory,
            0x8000 => EntryKind.File,
            0xa000 => EntryKind.Link,
            _ => EntryKind.Other,
        },
        new FileStamp(
            ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor,
            buffer.Inode,
            (long)buffer.Size,
            ToTicks(buffer.Modified),
            ToTicks(buffer.Changed),
            (UnixFileMode)(buffer.Mode & ~FileTypeMask)));

    // 100 ns units are as fine as any file system here keeps time; years beyond .NET's are clamped when shown.
    private static long ToTicks(in StatxTime time) => unchecked((time.Seconds * 10_000_000) + (time.Nanoseconds / 100));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int directory, string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc")]
    private static partial int statx(int directory, byte* path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getdents64(int directory, byte* entries, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* realpath(string path, byte* resolved);

    [LibraryImport("libc")]
    private static partial byte* realpath(byte* path, byte* resolved);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(int file, byte* bytes, nuint size, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int file, byte* bytes, nuint size);

    // struct statx is the same on every processor.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(96)]
        public StatxTime Changed;

        [FieldOffset(112)]
        public StatxTime Modified;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
    }

    /// <summary>A descriptor in use: the handle can't be closed under it. None means the working directory.</summary>
    private readonly ref struct Borrowed
    {
        private readonly SafeFileHandle? handle;

        public Borrowed(SafeFileHandle? handle)
        {
            var added = false;
            handle?.DangerousAddRef(ref added);
            this.handle = added ? handle : null;
        }

        public int Descriptor => handle is null ? AtCurrentDirectory : (int)handle.DangerousGetHandle();

        public void Dispose() => handle?.DangerousRelease();
    }
}
