using System.Diagnostics;

namespace LeGo.Lite.Bench;

/// <summary>What a user waits for, and what the server needs, by the size of the tree; from outside, with the native binary.</summary>
internal static class Served
{
    private const int Starts = 3;
    private const int Changes = 10;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan SafetyNet = TimeSpan.FromMinutes(10);

    // Default rescans begin 30 s and 60 s after the start; the third does after this.
    private static readonly TimeSpan TwoRescans = TimeSpan.FromSeconds(80);

    private static readonly Dictionary<int, TimeSpan> WantedStarts = new()
    {
        [10] = TimeSpan.FromMilliseconds(50),
        [1_000] = TimeSpan.FromMilliseconds(200),
        [10_000] = TimeSpan.FromSeconds(1),
        [100_000] = TimeSpan.FromSeconds(8),
    };

    private static readonly Dictionary<int, double> WantedResident = new() { [10] = 25e6, [10_000] = 100e6 };

    public static async Task<Finding> RunAsync(Trees trees, CancellationToken stop)
    {
        var table = new Table("pairs", "start to first download", "resident", "CPU a minute, idle", "write to download", "worst", "peak resident");
        var targets = new List<Target>();
        foreach (var pairs in trees.Sizes)
        {
            table.Add(await RowAsync(await trees.GetAsync(pairs, stop), targets, stop));
        }

        return new($"""
            The native binary with one core and default settings (but a log of warnings only), the tree in the page cache. Start: median
            of {Starts}. Resident, CPU: after and for two default rescans of an unchanged tree, which is one minute. Write
            to download: from the end of a write of one chain, renamed over and in place by turns, to the end of the first
            response that has it, polled every {Poll.TotalMilliseconds} ms; median of {Changes}.

            {table}
            """)
        {
            Targets = targets,
        };
    }

    private static async Task<string[]> RowAsync(Tree tree, List<Target> targets, CancellationToken stop)
    {
        var starts = new List<double>();
        for (var i = 1; i < Starts; i++)
        {
            using var once = new Server(tree, isPinned: true);
            starts.Add(await once.FirstDownloadAsync(stop));
        }

        using var server = new Server(tree, isPinned: true);
        starts.Add(await server.FirstDownloadAsync(stop));

        var before = server.Usage();
        await Task.Delay(TwoRescans, stop);
        var idle = server.Usage();

        var changes = new List<double>();
        for (var i = 0; i < Changes; i++)
        {
            // Not in step with anything the server does.
            await Task.Delay(1000 + (137 * i), stop);
            changes.Add(await ChangeAsync(server, tree, i * tree.Pairs / Changes, i % 2 == 0 ? tree.RenameOver : tree.WriteOver, stop));
        }

        if (WantedStarts.TryGetValue(tree.Pairs, out var wantedStart))
        {
            targets.Add(Target.AtMost($"start to first download, {tree.Pairs:n0} pairs", wantedStart.TotalSeconds, starts.Median(), Figures.Time));
        }

        if (WantedResident.TryGetValue(tree.Pairs, out var wantedResident))
        {
            targets.Add(Target.AtMost($"resident, idle, {tree.Pairs:n0} pairs", wantedResident, idle.Resident, Figures.Size));
        }

        return
        [
            $"{tree.Pairs:n0}",
            Figures.Time(starts.Median()),
            Figures.Size(idle.Resident),
            Figures.Time(idle.Cpu - before.Cpu),
            Figures.Time(changes.Median()),
            Figures.Time(changes.Max()),
            Figures.Size(server.Usage().Peak),
        ];
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
