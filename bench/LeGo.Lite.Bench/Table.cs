using System.Text;

namespace LeGo.Lite.Bench;

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
