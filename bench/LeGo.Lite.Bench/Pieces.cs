using System.Globalization;

namespace LeGo.Lite.Bench;

/// <summary>What the inner pieces take, by BenchmarkDotNet, which is a program of its own: it can't be native.</summary>
internal static class Pieces
{
    private const string Program = "artifacts/pieces/lego-lite-pieces";

    public static async Task<Finding> RunAsync(Trees trees, CancellationToken stop)
    {
        var tree = await IssuedTree.MakeAsync(trees.NewDirectory("pieces"), stop);
        var lines = await Command.OutputAsync(Program, [tree.Path], stop);

        var table = new Table("piece", "mean", "standard deviation", "allocated");
        foreach (var line in lines.Split('\n').Select(line => line.Split('\t')))
        {
            if (line is [var piece, var mean, var deviation, var allocated])
            {
                table.Add(piece, Figures.Time(Number(mean)), Figures.Time(Number(deviation)), $"{Number(allocated):n0} B");
            }
        }

        return new($"""
            Short runs of BenchmarkDotNet, in its own process and with the JIT compiler, so not the code that ships; what is allocated is the same. Scans: of {IssuedTree.Pairs} pairs in the page cache.

            {table}
            """)
        {
            Circumstances = [("BenchmarkDotNet", (await Command.OutputAsync(Program, ["--version"], stop)).Trim())],
        };

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
