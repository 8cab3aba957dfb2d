using System.Runtime.InteropServices;

namespace LeGo.Lite;

/// <summary>What the process asks of the system about itself.</summary>
internal static partial class OwnProcess
{
    private const int SetDumpable = 4;
    private const int DescriptorsResource = 7;

    /// <summary>
    /// How many files and connections it may have open at once. A usual shell or unit starts it with 1,024, and leaves it to
    /// the process to ask for more of what it is allowed.
    /// </summary>
    /// <param name="enough">More are not asked for.</param>
    public static long RaiseDescriptors(long enough)
    {
        if (getrlimit(DescriptorsResource, out var limit) != 0)
        {
            return 1024;
        }

        var raised = limit with { Soft = Math.Max(limit.Soft, Math.Min(limit.Hard, (ulong)enough)) };
        return (long)Math.Min(setrlimit(DescriptorsResource, raised) == 0 ? raised.Soft : limit.Soft, long.MaxValue);
    }

    /// <summary>
    /// From now on its memory, which holds private keys, goes into no core dump, and no other process of the same
    /// user may read it. Returns whether that is so.
    /// </summary>
    public static bool ForbidDumps() => prctl(SetDumpable, 0, 0, 0, 0) == 0;

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, in ResourceLimit limit);

    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
