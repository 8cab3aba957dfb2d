using System.Diagnostics;

namespace LeGo.Lite.Bench;

/// <summary>What a user waits for, and what the server needs, by the size of the tree; from outside, with the native binary.</summary>
internal static class Served
{
    private const int Starts = 3;
    private const int Changes = 10;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan SafetyNet = TimeSpan.FromMinutes(10);

    // What the watches are set up for, and the scan that follows, is over; the first default rescan begins 30 s after that at most.
    private static readonly TimeSpan AtRest = TimeSpan.FromSeconds(45);

    // In which two default rescans begin.
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    // By pairs: seconds, and bytes.
    private static readonly Dictionary<int, double> WantedStarts = new() { [10] = 0.05, [1_000] = 0.2, [10_000] = 1, [100_000] = 8 };
    private static readonly Dictionary<int, double> WantedResident = new() { [10] = 25e6, [10_000] = 100e6 };

    /// <summary>Of one tree.</summary>
    /// <param name="Start">Seconds to the first download.</param>
    /// <param name="Resident">Bytes, idle.</param>
    /// <param name="Cpu">Seconds in a minute, idle.</param>
    /// <param name="Change">Seconds from a write to its download.</param>
    /// <param name="WorstChange">Seconds.</param>
    /// <param name="Peak">Bytes resident at most.</param>
    private sealed record Measured(double Start, double Resident, double Cpu, double Change, double WorstChange, double Peak);

    public static async Task<Finding> RunAsync(Trees trees, IReadOnlyList<int> sizes, CancellationToken stop)
    {
        var table = new Table("pairs", "start to first download", "resident", "CPU a minute, idle", "write to download", "worst", "peak resident");
        var targets = new List<Target>();
        foreach (var pairs in sizes)
        {
            var measured = await MeasureAsync(await trees.GetAsync(pairs, stop), stop);
            table.Add(
                $"{pairs:n0}",
                Figures.Time(measured.Start),
                Figures.Size(measured.Resident),
                Figures.Time(measured.Cpu),
                Figures.Time(measured.Change),
                Figures.Time(measured.WorstChange),
                Figures.Size(measured.Peak));

            if (WantedStarts.TryGetValue(pairs, out var start))
            {
                targets.Add(Target.AtMost($"start to first download, {pairs:n0} pairs", start, measured.Start, Figures.Time));
            }

            if (pairs == Rescan.WantedPairs)
            {
                targets.Add(Target.AtMost($"share of a core, idle, {pairs:n0} pairs", Rescan.WantedShare, measured.Cpu / Idle.TotalSeconds, Figures.Percent));
            }

            if (WantedResident.TryGetValue(pairs, out var resident))
            {
                targets.Add(Target.AtMost($"resident, idle, {pairs:n0} pairs", resident, measured.Resident, Figures.Size));
            }
        }

        return new($"""
            The native binary with one core and default settings (but a log of warnings only), the tree in the page cache. Start: median
            of {Starts}. Resident, CPU: after and for two default rescans of an unchanged tree, which is one minute, once all is watched. Write
            to download: from the end of a write of one chain, renamed over and in place by turns, to the end of the first
            response that has it, polled every {Poll.TotalMilliseconds} ms; median of {Changes}.

            {table}
            """)
        {
            Targets = targets,
        };
    }

    private static async Task<Measured> MeasureAsync(Tree tree, CancellationToken stop)
    {
        var starts = new List<double>();
        for (var i = 1; i < Starts; i++)
        {
            using var once = new Server(tree, isPinned: true);
            starts.Add(await once.FirstDownloadAsync(stop));
        }

        using var server = new Server(tree, isPinned: true);
        starts.Add(await server.FirstDownloadAsync(stop));

        await Task.Delay(AtRest, stop);
        var before = server.Usage();
        await Task.Delay(Idle, stop);
        var idle = server.Usage();

        var changes = new List<double>();
        for (var i = 0; i < Changes; i++)
        {
            // Not in step with anything the server does.
            await Task.Delay(1000 + (137 * i), stop);
            changes.Add(await ChangeAsync(server, tree, i * tree.Pairs / Changes, i % 2 == 0 ? tree.RenameOver : tree.WriteOver, stop));
        }

        return new(starts.Median(), idle.Resident, idle.Cpu - before.Cpu, changes.Median(), changes.Max(), server.Usage().Peak);
    }

    /// <summary>Seconds that a new chain takes from its file to a client.</summary>
    private static async Task<double> ChangeAsync(Server server, Tree tree, int pair, Action<int, string> write, CancellationToken stop)
    {
        var chain = tree.NewChain(pair);
        await server.CertificateAsync(pair, stop);
        write(pair, chain);
        var start = Stopwatch.GetTimestamp();
        while (await server.CertificateAsync(pair, stop) != chain)
        {
            if (Stopwatch.GetElapsedTime(start) > SafetyNet)
            {
                throw new IOException($"a change was not served within {SafetyNet}");
            }

            await Task.Delay(Poll, stop);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
