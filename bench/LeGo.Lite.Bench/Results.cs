namespace LeGo.Lite.Bench;

/// <summary>
/// The text of a processor's file: a part for each section, so that one that is not run keeps its figures and says what
/// they were measured with, and before them what became of the targets of all.
/// </summary>
internal static class Results
{
    private const string Part = "\n## ";
    private const string TargetsPart = "targets";

    /// <param name="before">The file; empty if there is none.</param>
    /// <param name="title">Its headline.</param>
    /// <param name="section">What was measured.</param>
    /// <param name="text">What takes the place of the section, or becomes the last one.</param>
    /// <param name="targets">What takes the place of the section's targets.</param>
    public static string Replace(string before, string title, string section, string text, IReadOnlyList<Target> targets)
    {
        var parts = new OrderedDictionary<string, string>();
        foreach (var part in before.Split(Part).Skip(1))
        {
            var lines = $"{part}\n".Split('\n', 2);
            parts[lines[0]] = lines[1].Trim('\n');
        }

        var rows = parts.Remove(TargetsPart, out var table) ? table.Split('\n') : [];
        parts[section] = text.Trim('\n');

        // What the other sections found is only copied: the first cell of a row says whose it is.
        var ofAll = parts.Keys.SelectMany(name =>
            name == section ? Rows(section, targets) : rows.Where(row => row.StartsWith($"| {name} |", StringComparison.Ordinal)));
        parts.Insert(0, TargetsPart, Table([.. ofAll]));
        return $"# {title}\n{string.Concat(parts.Select(part => $"{Part}{part.Key}\n\n{part.Value}\n"))}";
    }

    public static string TargetsOf(string section, IReadOnlyList<Target> targets) => Table([.. Rows(section, targets)]);

    private static string Table(IReadOnlyList<string> rows) =>
        string.Join('\n', ["| section | figure | target | measured | met |", "| --- | --- | --: | --: | --- |", .. rows]);

    private static IEnumerable<string> Rows(string section, IEnumerable<Target> targets) => targets.Select(target =>
        $"| {section} | {target.Figure} | {target.Wanted} | {target.Measured} | {(target.IsMet ? "yes" : "no")} |");
}
