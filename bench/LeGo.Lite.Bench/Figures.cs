using System.Text;

namespace LeGo.Lite.Bench;

/// <summary>Numbers for a table.</summary>
internal static class Figures
{
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public static string Time(double seconds) => seconds >= 1 ? $"{seconds:f2} s" : seconds >= 1e-3 ? $"{seconds * 1e3:f1} ms" : $"{seconds * 1e6:f1} µs";

    public static string Size(double bytes) => bytes >= 1e9 ? $"{bytes / 1e9:f2} GB" : bytes >= 1e6 ? $"{bytes / 1e6:f1} MB" : $"{bytes / 1e3:f1} kB";
}

/// <summary>A table of numbers in Markdown.</summary>
internal sealed class Table
{
    private readonly StringBuilder text = new();

    public Table(params IReadOnlyList<string> columns)
    {
        Add(columns);
        Add([.. columns.Select(_ => "--:")]);
    }

    /// <summary>Also shows the row at once: some take minutes.</summary>
    public void Add(params IReadOnlyList<string> cells)
    {
        var row = $"| {string.Join(" | ", cells)} |";
        Console.Error.WriteLine(row);
        text.Append(row).Append('\n');
    }

    public override string ToString() => text.ToString();
}
