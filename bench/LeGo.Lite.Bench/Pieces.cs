using System.Globalization;

namespace LeGo.Lite.Bench;

/// <summary>What the inner pieces take, by BenchmarkDotNet, which is a program of its own: it can't be native.</summary>
internal static class Pieces
{
    /// <summary>The piece from a request that was read to the response that is written.</summary>
    public const string Answer = "answer a plain request, certificates";

    private const string Program = "artifacts/pieces/lego-lite-pieces";

    public static async Task<Finding> RunAsync(Trees trees, CancellationToken stop)
    {
        var tree = await IssuedTree.MakeAsync(trees.NewDirectory("pieces"), stop);
        var lines = await Command.OutputAsync(Program, [tree.Path], stop);

        var rows = lines.Split('\n').Select(line => line.Split('\t')).Where(cells => cells.Length == 4).ToList();
        var table = new Table("piece", "mean", "standard deviation", "allocated");
        foreach (var row in rows)
        {
            table.Add(row[0], Figures.Time(Number(row[1])), Figures.Time(Number(row[2])), Bytes(Number(row[3])));
        }

        var answer = rows.Find(row => row[0] == Answer) ?? throw new IOException($"{Program} does not measure \"{Answer}\"");
        return new($"""
            Short runs of BenchmarkDotNet, in its own process and with the JIT compiler, so not the code that ships; what is allocated is the same. Scans: of {IssuedTree.Pairs} pairs in the page cache.

            {table}
            """)
        {
            Targets = [Target.AtMost("allocated for a 200, in our code", 0, Number(answer[3]), Bytes)],
            Circumstances = [("BenchmarkDotNet", (await Command.OutputAsync(Program, ["--version"], stop)).Trim())],
        };

        static string Bytes(double count) => $"{count:n0} B";

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
