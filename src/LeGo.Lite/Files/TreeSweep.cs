using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LeGo.Lite.Files;

/// <summary>
/// Looks whether a tree that was walked is still as it was: one call to the system and no
/// allocation for a directory or file. What it finds unchanged the next walk need not open.
/// </summary>
internal sealed class TreeSweep
{
    private readonly SafeFileHandle rootHandle;
    private readonly HashSet<TreeDirectory> changed = [];

    // Absolute. The root is open: the kernel need not find the way to it for every file.
    private byte[] path = new byte[256];
    private int length;
    private int belowRoot;

    private TreeSweep(SafeFileHandle rootHandle) => this.rootHandle = rootHandle;

    /// <summary>The directories that are not surely as they were, or in which something is not.</summary>
    /// <param name="root">The tree that was walked.</param>
    /// <param name="handle">Its directory, opened.</param>
    public static IReadOnlySet<TreeDirectory> Changed(TreeDirectory root, SafeFileHandle handle)
    {
        var sweep = new TreeSweep(handle);
        sweep.Append(root.Place.Location);
        sweep.belowRoot = sweep.length + 1;
        _ = sweep.IsAsItWas(root);
        return sweep.changed;
    }

    private bool IsAsItWas(TreeDirectory directory)
    {
        var isSame = !directory.IsRacy && IsThere(EntryKind.Directory, directory.Stamp) && LeadsTo(directory.Place.Target);
        foreach (var entry in directory.Entries)
        {
            var end = length;
            Append("/");
            Append(entry.Name);
            isSame &= entry switch
            {
                TreeFile file => !file.IsRacy && IsThere(EntryKind.File, file.Stamp) && LeadsTo(file.Target),
                TreeDirectory below => IsAsItWas(below),

                // What a link leads to may have changed without a trace in the directory.
                _ => false,
            };
            length = end;
        }

        if (!isSame)
        {
            _ = changed.Add(directory);
        }

        return isSame;
    }

    private bool IsThere(EntryKind kind, in FileStamp stamp)
    {
        path[length] = 0;
        var relative = length < belowRoot ? [0] : path.AsSpan(belowRoot..(length + 1));
        return Posix.TargetStatus(rootHandle, relative) == new FileStatus(kind, stamp);
    }

    /// <summary>The same file may be in another place by now, one that no link may lead to.</summary>
    /// <param name="target">Where a link led; null if there was none.</param>
    private bool LeadsTo(string? target)
    {
        if (target is null)
        {
            return true;
        }

        path[length] = 0;
        return Posix.RealPathIs(path.AsSpan(0, length + 1), target);
    }

    private void Append(string text)
    {
        // A NUL goes behind it.
        while (path.Length - length <= Encoding.UTF8.GetMaxByteCount(text.Length))
        {
            Array.Resize(ref path, 2 * path.Length);
        }

        length += Encoding.UTF8.GetBytes(text, path.AsSpan(length));
    }
}
