using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

// libc comes from the system, never from the working directory.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace LeGo.Lite.Files;

/// <summary>
/// The Linux calls that System.IO has no word for: opening relative to a directory without
/// following links or waiting on a FIFO, and the inode and change time of a file (ADR 0003).
/// </summary>
internal static unsafe partial class Posix
{
    public const int ENOENT = 2;
    public const int ENXIO = 6;
    public const int EACCES = 13;
    public const int ENOTDIR = 20;
    public const int ENAMETOOLONG = 36;
    public const int ELOOP = 40;

    private const int AtCurrentDirectory = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxBasicStats = 0x7ff;
    private const int FileTypeMask = 0xf000;

    private const int OpenNonBlock = 0x800;
    private const int OpenNoControllingTerminal = 0x100;
    private const int OpenCloseOnExec = 0x80000;

    // The two flags whose value depends on the processor.
    private static readonly int OpenDirectoryOnly = IsArm ? 0x4000 : 0x10000;
    private static readonly int OpenNoFollow = IsArm ? 0x8000 : 0x20000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Opens a directory that is not a link; the path is absolute or relative to <paramref name="parent"/>.</summary>
    public static SafeFileHandle? OpenDirectory(SafeFileHandle? parent, string path, out int error) =>
        Open(parent, path, OpenDirectoryOnly, out error);

    /// <summary>Opens for reading without following a link or waiting: the caller looks whether it is a regular file.</summary>
    public static SafeFileHandle? OpenFile(SafeFileHandle? parent, string path, out int error) =>
        Open(parent, path, OpenNonBlock | OpenNoControllingTerminal, out error);

    private static SafeFileHandle? Open(SafeFileHandle? parent, string path, int flags, out int error)
    {
        using var directory = new Borrowed(parent);
        var descriptor = openat(directory.Descriptor, path, flags | OpenNoFollow | OpenCloseOnExec);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>The status of an entry of a directory, of the link itself if it is one.</summary>
    public static FileStatus? Status(SafeFileHandle? parent, string path, out int error)
    {
        using var directory = new Borrowed(parent);
        var result = statx(directory.Descriptor, path, AtSymlinkNoFollow, StatxBasicStats, out var buffer);
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return result < 0 ? null : ToStatus(buffer);
    }

    /// <summary>The status of an open file.</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public static FileStatus Status(SafeFileHandle file)
    {
        using var open = new Borrowed(file);
        return statx(open.Descriptor, "", AtEmptyPath, StatxBasicStats, out var buffer) < 0
            ? throw Failure("look at an open file", Marshal.GetLastPInvokeError())
            : ToStatus(buffer);
    }

    /// <summary>The names in a directory with their kind, unsorted; <see cref="EntryKind.Unknown"/> where the file system does not say.</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public static List<(string Name, EntryKind Kind)> Entries(SafeFileHandle directory)
    {
        // A second descriptor: closedir closes the one it was given.
        using var again = OpenDirectory(directory, ".", out var error) ?? throw Failure("read a directory", error);
        var stream = fdopendir((int)again.DangerousGetHandle());
        if (stream == 0)
        {
            throw Failure("read a directory", Marshal.GetLastPInvokeError());
        }

        again.SetHandleAsInvalid();
        try
        {
            var entries = new List<(string, EntryKind)>();
            while (true)
            {
                var entry = readdir(stream);
                if (entry is null)
                {
                    error = Marshal.GetLastPInvokeError();
                    return error == 0 ? entries : throw Failure("read a directory", error);
                }

                var name = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry->Name));
                entries.Add((name, entry->Type switch
                {
                    4 => EntryKind.Directory,
                    8 => EntryKind.File,
                    10 => EntryKind.Link,
                    0 => EntryKind.Unknown,
                    _ => EntryKind.Other,
                }));
            }
        }
        finally
        {
            _ = closedir(stream);
        }
    }

    /// <summary>The absolute path without links, or null and why not.</summary>
    public static string? RealPath(string path, out int error)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            // C would read it only up to there.
            error = ENOENT;
            return null;
        }

        var result = realpath(path, null);
        error = result is null ? Marshal.GetLastPInvokeError() : 0;
        try
        {
            return Marshal.PtrToStringUTF8((nint)result);
        }
        finally
        {
            NativeMemory.Free(result);
        }
    }

    public static IOException Failure(string what, int error) =>
        new($"can't {what}: {Describe(error)}");

    public static string Describe(int error) => error switch
    {
        EACCES => "permission denied",
        ENOENT => "no such file or directory",
        _ => new Win32Exception(error).Message,
    };

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
            ToTicks(buffer.Changed)));

    // 100 ns units are as fine as any file system here keeps time; years beyond .NET's are clamped when shown.
    private static long ToTicks(in StatxTime time) => unchecked((time.Seconds * 10_000_000) + (time.Nanoseconds / 100));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int directory, string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint fdopendir(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial DirectoryEntry* readdir(nint stream);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int closedir(nint stream);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* realpath(string path, byte* resolved);

    // struct dirent of 64-bit Linux.
    [StructLayout(LayoutKind.Explicit)]
    private struct DirectoryEntry
    {
        [FieldOffset(18)]
        public byte Type;

        [FieldOffset(19)]
        public fixed byte Name[1];
    }

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
