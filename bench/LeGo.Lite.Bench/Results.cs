using System.Text;

namespace LeGo.Lite.Bench;

/// <summary>
/// The text of a processor's file: a part for each section, so that one that is not run keeps its figures and says what
/// they were measured with, and before them what became of the targets of all.
/// </summary>
internal static class Results
{
    private const string Part = "\n## ";
    private const string TargetsPart = "targets";

    private const string TargetsHead = """
        | section | figure | target | measured | met |
        | --- | --- | --: | --: | --- |

        """;

    /// <param name="before">The file; empty if there is none.</param>
    /// <param name="title">Its headline.</param>
    /// <param name="section">What was measured.</param>
    /// <param name="text">What takes the place of the section, or becomes the last one.</param>
    /// <param name="targets">What takes the place of the section's targets.</param>
    public static string Replace(string before, string title, string section, string text, IReadOnlyList<Target> targets)
    {
        var parts = before.Split(Part).Skip(1).Select(part => part.Split('\n', 2)).Select(part => (Name: part[0], Text: part[1].Trim('\n'))).ToList();
        var rows = parts.Find(part => part.Name == TargetsPart).Text?.Split('\n').Where(row => row.StartsWith('|')).Skip(2).ToList() ?? [];
        parts.RemoveAll(part => part.Name == TargetsPart);

        var index = parts.FindIndex(part => part.Name == section);
        if (index < 0)
        {
            index = parts.Count;
            parts.Add(default);
        }

        parts[index] = (section, text.Trim('\n'));
        rows.RemoveAll(row => IsOf(row, section));
        rows.AddRange(targets.Select(target => $"| {section} | {target.Figure} | {target.Wanted} | {target.Measured} | {(target.IsMet ? "yes" : "no")} |"));

        var after = new StringBuilder($"# {title}\n");
        after.Append(Part).Append(TargetsPart).Append("\n\n").Append(TargetsHead);
        foreach (var row in parts.SelectMany(part => rows.Where(row => IsOf(row, part.Name))))
        {
            after.Append(row).Append('\n');
        }

        foreach (var part in parts)
        {
            after.Append(Part).Append(part.Name).Append("\n\n").Append(part.Text).Append('\n');
        }

        return after.ToString();
    }

    private static bool IsOf(string row, string section) => row.StartsWith($"| {section} |", StringComparison.Ordinal);
}
