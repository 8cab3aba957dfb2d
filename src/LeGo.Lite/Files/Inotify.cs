using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LeGo.Lite.Files;

/// <summary>
/// The kernel's watcher, inotify(7), as far as it is needed: a watch is of one directory, and every
/// change in it is an event. FileSystemWatcher stands on the same, and falls silent (ADR 9).
/// </summary>
internal sealed unsafe partial class Inotify : IDisposable
{
    // IN_MODIFY, IN_ATTRIB, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE, IN_DELETE_SELF, IN_MOVE_SELF: nothing that reading raises.
    private const uint Changes = 0x2 | 0x4 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800;
    private const uint DeleteSelf = 0x400;
    private const uint Overflow = 0x4000;
    private const uint Ignored = 0x8000;
    private const uint OnlyDirectory = 0x1000000;
    private const uint DontFollow = 0x2000000;
    private const uint MaskAdd = 0x20000000;
    private const int CloseOnExec = 0x80000;

#pragma warning disable CA2213 // The thread closes it: until then it may be waiting in it.
    private readonly SafeFileHandle handle;
#pragma warning restore CA2213
    private readonly Listener onEvent;

    // To take this one away is an event that ends the thread.
    private readonly int last;
    private volatile bool isDisposed;

    private Inotify(int descriptor, Listener onEvent)
    {
        handle = new(descriptor, ownsHandle: true);
        this.onEvent = onEvent;
        last = inotify_add_watch(handle, "/", DeleteSelf | MaskAdd);
        new Thread(Listen) { IsBackground = true, Name = "inotify" }.Start();
    }

    /// <param name="watch">Of which watch.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="name">The entry of the directory that changed; empty: the directory itself.</param>
    internal delegate void Listener(int watch, EventKind kind, string name);

    internal enum EventKind
    {
        Change,

        /// <summary>The watch is no more: the directory was deleted.</summary>
        Gone,

        /// <summary>Events were lost, of any watch.</summary>
        Overflow,
    }

    /// <summary>Null if there can be no more of them; <paramref name="error"/> says why.</summary>
    /// <param name="onEvent">Called on a thread of its own.</param>
    /// <param name="error">An errno.</param>
    public static Inotify? Open(Listener onEvent, out int error)
    {
        var descriptor = inotify_init1(CloseOnExec);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new(descriptor, onEvent);
    }

    /// <summary>Watches a directory; once more is the same watch. Negative if it can't be watched.</summary>
    public int Add(string directory, out int error)
    {
        var watch = inotify_add_watch(handle, directory, Changes | OnlyDirectory | DontFollow | MaskAdd);
        error = watch < 0 ? Marshal.GetLastPInvokeError() : 0;
        return watch;
    }

    public void Dispose()
    {
        isDisposed = true;
        _ = inotify_rm_watch(handle, last);
    }

    private void Listen()
    {
        // struct inotify_event: watch, mask, cookie, length of the name with the NULs behind it, name.
        const int MaskAt = 4;
        const int LengthAt = 12;
        const int NameAt = 16;

        var buffer = new byte[64 * 1024];
        using var closed = handle;
        while (!isDisposed)
        {
            var count = Posix.ReadNext(handle, buffer, out var error);
            if (count < 0 && !Posix.IsMoved(error))
            {
                return;
            }

            for (var rest = buffer.AsSpan(0, Math.Max(count, 0)); !rest.IsEmpty && !isDisposed;)
            {
                var mask = BinaryPrimitives.ReadUInt32LittleEndian(rest[MaskAt..]);
                var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(rest[LengthAt..]);
                onEvent(
                    BinaryPrimitives.ReadInt32LittleEndian(rest),
                    (mask & Overflow) != 0 ? EventKind.Overflow : (mask & Ignored) != 0 ? EventKind.Gone : EventKind.Change,
                    Encoding.UTF8.GetString(rest.Slice(NameAt, length).TrimEnd((byte)0)));
                rest = rest[(NameAt + length)..];
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(SafeFileHandle inotify, string path, uint mask);

    [LibraryImport("libc")]
    private static partial int inotify_rm_watch(SafeFileHandle inotify, int watch);
}
