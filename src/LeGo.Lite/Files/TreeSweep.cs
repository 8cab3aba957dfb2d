using System.Text;

namespace LeGo.Lite.Files;

/// <summary>
/// Looks whether a tree that was walked is still as it was: one call to the system and no
/// allocation for a directory or file. What it finds unchanged the next walk need not open.
/// </summary>
internal sealed class TreeSweep
{
    private readonly HashSet<TreeDirectory> changed = new(ReferenceEqualityComparer.Instance);
    private byte[] path = new byte[256];
    private int length;

    private TreeSweep()
    {
    }

    /// <summary>
    /// The directories that are not surely as they were, or in which something is not. A stamp names
    /// the very file and its version, so it does not matter by which way the path led to it.
    /// </summary>
    public static IReadOnlySet<TreeDirectory> Changed(TreeDirectory root)
    {
        var sweep = new TreeSweep();
        sweep.Append(root.Path);
        _ = sweep.IsAsItWas(root);
        return sweep.changed;
    }

    private bool IsAsItWas(TreeDirectory directory)
    {
        var isSame = !directory.IsBlurred && IsThere(EntryKind.Directory, directory.Stamp);
        foreach (var entry in directory.Entries)
        {
            var end = length;
            Append("/");
            Append(entry.Name);
            isSame &= entry switch
            {
                TreeFile file => !file.IsBlurred && IsThere(EntryKind.File, file.Stamp),
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
        return Posix.TargetStatus(path.AsSpan(0, length + 1)) == new FileStatus(kind, stamp);
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
