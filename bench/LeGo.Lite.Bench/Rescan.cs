using System.Diagnostics;
using System.Globalization;
using LeGo.Lite.Catalog;

namespace LeGo.Lite.Bench;

/// <summary>What a scan costs, by the size of the tree. Each process scans one tree, so that its first scan is a cold one.</summary>
internal static class Rescan
{
    /// <summary>The argument that makes this program such a process.</summary>
    public const string Child = "--measure-scans";

    private const int Processes = 3;
    private const int Repetitions = 3;
    private static readonly TimeSpan DefaultRescan = TimeSpan.FromSeconds(30);

    // What of a core a scan that finds nothing new may take, and of how many pairs.
    private const double WantedShare = 0.01;
    private const int WantedPairs = 10_000;

    // Of what it takes for each pair, the most to the least: 1 is linear, but more no longer fits into the processor's caches.
    private const double WantedSpread = 1.5;
    private const int MinPairs = 1_000;

    public static async Task<Finding> RunAsync(Trees trees, CancellationToken stop)
    {
        var table = new Table(
            "pairs", "directories", "files", "first scan", "nothing new", "CPU", "allocated", "share of a core", "one file changed", "allocated");
        var targets = new List<Target>();
        var costs = new List<double>();
        foreach (var pairs in trees.Sizes)
        {
            var tree = await trees.GetAsync(pairs, stop);
            var scans = new List<string[]>();
            for (var i = 0; i < Processes; i++)
            {
                var lines = await Command.OutputAsync(Environment.ProcessPath!, [Child, tree.Path, $"{pairs}"], stop);
                scans.AddRange(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')));
            }

            var (cpu, share) = (Median("same", 2), Median("same", 2) / DefaultRescan.TotalSeconds);
            if (pairs >= MinPairs)
            {
                costs.Add(cpu / pairs);
            }

            if (pairs == WantedPairs)
            {
                targets.Add(Target.AtMost($"a scan that finds nothing new, share of a core, {pairs:n0} pairs", WantedShare, share, Figures.Percent));
            }

            table.Add(
                $"{pairs:n0}",
                $"{pairs * Tree.DirectoriesPerPair:n0}",
                $"{pairs * Tree.FilesPerPair:n0}",
                Figures.Time(Median("first", 1)),
                Figures.Time(Median("same", 1)),
                Figures.Time(cpu),
                Figures.Size(Median("same", 3)),
                Figures.Percent(share),
                Figures.Time(Median("changed", 1)),
                Figures.Size(Median("changed", 3)));

            double Median(string kind, int column) =>
                scans.Where(scan => scan[0] == kind).Select(scan => double.Parse(scan[column], CultureInfo.InvariantCulture)).Median();
        }

        if (costs.Count > 1)
        {
            targets.Add(Target.AtMost($"the same for each pair, most to least, from {MinPairs:n0} pairs on", WantedSpread, costs.Max() / costs.Min(), Figures.Ratio));
        }

        return new($"""
            What a scan costs, in a native process, with the tree in the page cache: medians of {Processes} processes with {Repetitions} scans
            of each kind after the first. CPU is user and system time of all threads; the share is that of a scan that
            finds nothing new, every {DefaultRescan.TotalSeconds} s.

            {table}
            """)
        {
            Targets = targets,
        };
    }

    /// <summary>Scans, and prints a line for each scan: kind, seconds, seconds of CPU, bytes allocated.</summary>
    public static void Measure(Tree tree)
    {
        var source = new CatalogSource(tree.Path, []) { Debounce = Tree.Settled / 2 };
        CatalogSnapshot? current = null;

        Measure("first");
        for (var i = 0; i < Repetitions; i++)
        {
            Measure("same");
        }

        for (var i = 0; i < Repetitions; i++)
        {
            var pair = i * tree.Pairs / Repetitions;
            tree.RenameOver(pair, tree.NewChain(pair));
            Thread.Sleep(Tree.Settled);
            Measure("changed");
        }

        void Measure(string kind)
        {
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var cpu = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            var snapshot = source.Scan(DateTimeOffset.UtcNow, current);
            var wall = Stopwatch.GetElapsedTime(start);
            cpu = Environment.CpuUsage.TotalTime - cpu;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            if (snapshot is not { Problems: [], Unsettled: [] } || snapshot.CertificateCount != tree.Pairs)
            {
                throw new InvalidOperationException("the scan did not read the whole tree");
            }

            current = snapshot;
            Console.WriteLine($"{kind} {wall.TotalSeconds} {cpu.TotalSeconds} {allocated}");
        }
    }
}
