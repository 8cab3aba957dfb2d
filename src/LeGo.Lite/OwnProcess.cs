using System.Runtime.InteropServices;

namespace LeGo.Lite;

/// <summary>What the process asks of the system about itself.</summary>
internal static partial class OwnProcess
{
    private const int SetDumpable = 4;
    private const int DescriptorsResource = 7;

    /// <summary>How many files and connections it may have open at once.</summary>
    public static long MaxDescriptors => getrlimit(DescriptorsResource, out var limit) == 0 ? (long)Math.Min(limit.Soft, long.MaxValue) : 1024;

    /// <summary>
    /// From now on its memory, which holds private keys, goes into no core dump, and no other process of the same
    /// user may read it. Returns whether that is so.
    /// </summary>
    public static bool ForbidDumps() => prctl(SetDumpable, 0, 0, 0, 0) == 0;

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, out ResourceLimit limit);

    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
