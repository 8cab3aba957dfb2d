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

    /// <summary>What of a core scans that find nothing new may take, with default settings.</summary>
    public const double WantedShare = 0.01;

    /// <summary>Of how many pairs.</summary>
    public const int WantedPairs = 10_000;

    // Of what it takes for each pair, the most to the least: 1 is linear, but more no longer fits into the processor's caches.
    private const double WantedSpread = 1.5;
    private const int MinPairs = 1_000;

    /// <summary>One scan; as text, what a process says of it to the one that started it.</summary>
    /// <param name="Kind">What there was to find.</param>
    /// <param name="Elapsed">Seconds.</param>
    /// <param name="Cpu">Seconds of all threads.</param>
    /// <param name="Allocated">Bytes.</param>
    private sealed record Cost(string Kind, double Elapsed, double Cpu, double Allocated)
    {
        public const string First = "first";
        public const string NothingNew = "nothing-new";
        public const string OneChanged = "one-changed";

        public static Cost Parse(string line) => line.Split(' ') is [var kind, var elapsed, var cpu, var allocated]
            ? new(kind, Number(elapsed), Number(cpu), Number(allocated))
            : throw new FormatException(line);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {Elapsed} {Cpu} {Allocated}");

        private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    public static async Task<Finding> RunAsync(Trees trees, IReadOnlyList<int> sizes, CancellationToken stop)
    {
        var table = new Table(
            "pairs", "directories", "files", "first scan", "nothing new", "CPU", "allocated", "share of a core", "one file changed", "allocated");
        var targets = new List<Target>();
        var cpuOfPairs = new List<double>();
        foreach (var pairs in sizes)
        {
            var (first, nothingNew, oneChanged) = await MediansAsync(await trees.GetAsync(pairs, stop), stop);
            var share = nothingNew.Cpu / DefaultRescan.TotalSeconds;
            table.Add(
                $"{pairs:n0}",
                $"{pairs * Tree.DirectoriesPerPair:n0}",
                $"{pairs * Tree.FilesPerPair:n0}",
                Figures.Time(first.Elapsed),
                Figures.Time(nothingNew.Elapsed),
                Figures.Time(nothingNew.Cpu),
                Figures.Size(nothingNew.Allocated),
                Figures.Percent(share),
                Figures.Time(oneChanged.Elapsed),
                Figures.Size(oneChanged.Allocated));

            if (pairs >= MinPairs)
            {
                cpuOfPairs.Add(nothingNew.Cpu / pairs);
            }

            if (pairs == WantedPairs)
            {
                targets.Add(Target.AtMost($"a scan that finds nothing new, share of a core, {pairs:n0} pairs", WantedShare, share, Figures.Percent));
            }
        }

        if (cpuOfPairs.Count > 1)
        {
            targets.Add(Target.AtMost(
                $"the same for each pair, most to least, from {MinPairs:n0} pairs on", WantedSpread, cpuOfPairs.Max() / cpuOfPairs.Min(), Figures.Ratio));
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

    private static async Task<(Cost First, Cost NothingNew, Cost OneChanged)> MediansAsync(Tree tree, CancellationToken stop)
    {
        var costs = new List<Cost>();
        for (var i = 0; i < Processes; i++)
        {
            var output = await Command.OutputAsync(Environment.ProcessPath!, [Child, tree.Path, $"{tree.Pairs}"], stop);
            costs.AddRange(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Cost.Parse));
        }

        return (MedianOf(Cost.First), MedianOf(Cost.NothingNew), MedianOf(Cost.OneChanged));

        Cost MedianOf(string kind)
        {
            var ofKind = costs.Where(cost => cost.Kind == kind).ToList();
            return new(kind, ofKind.Select(cost => cost.Elapsed).Median(), ofKind.Select(cost => cost.Cpu).Median(), ofKind.Select(cost => cost.Allocated).Median());
        }
    }

    /// <summary>Scans, and prints the cost of each scan.</summary>
    public static void Measure(Tree tree)
    {
        var source = new CatalogSource(tree.Path, []) { Debounce = Tree.Settled / 2 };
        CatalogSnapshot? current = null;

        Scan(Cost.First);
        for (var i = 0; i < Repetitions; i++)
        {
            Scan(Cost.NothingNew);
        }

        for (var i = 0; i < Repetitions; i++)
        {
            var pair = i * tree.Pairs / Repetitions;
            tree.RenameOver(pair, tree.NewChain(pair));
            Thread.Sleep(Tree.Settled);
            Scan(Cost.OneChanged);
        }

        void Scan(string kind)
        {
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var cpu = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            var snapshot = source.Scan(DateTimeOffset.UtcNow, current);
            var elapsed = Stopwatch.GetElapsedTime(start);
            cpu = Environment.CpuUsage.TotalTime - cpu;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            if (snapshot is not { Problems: [], Unsettled: [] } || snapshot.CertificateCount != tree.Pairs)
            {
                throw new InvalidOperationException("the scan did not read the whole tree");
            }

            current = snapshot;
            Console.WriteLine(new Cost(kind, elapsed.TotalSeconds, cpu.TotalSeconds, allocated));
        }
    }
}
