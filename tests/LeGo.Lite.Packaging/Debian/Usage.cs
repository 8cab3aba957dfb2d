using System.Text.RegularExpressions;
using LeGo.Lite.EndToEnd.Support;

namespace LeGo.Lite.Packaging.Debian;

/// <summary>What the binary says it can be told.</summary>
internal static partial class Usage
{
    /// <summary>Its commands.</summary>
    public static string[] Commands { get; } = [.. Section([], "Commands").Select(line => line.Split(' ')[0])];

    /// <summary>The long options after a command, or after none, with what they take: <c>--config FILE</c>.</summary>
    public static string[] Options(params IReadOnlyList<string> command) =>
        [.. Section(command, "Options").Select(line => Option().Match(line)).Select(match => match.Value.Replace("<", "", StringComparison.Ordinal).TrimEnd('>'))];

    /// <summary>What a command takes beside options, as it names it.</summary>
    public static string[] Arguments(string command) =>
        [.. Section([command], "Arguments").Select(line => line.Split(['<', '>'])[1])];

    private static IEnumerable<string> Section(IReadOnlyList<string> command, string name) =>
        LegoLite.Command([.. command, "--help"]).RunWell().Text.Split('\n')
            .SkipWhile(line => line != $"{name}:")
            .Skip(1)
            .TakeWhile(line => line.StartsWith(' '))
            .Select(line => line.Trim());

    [GeneratedRegex("--[a-z-]+( <[A-Z]+>)?")]
    private static partial Regex Option();
}
