using System.Text.RegularExpressions;
using LeGo.Lite.EndToEnd.Support;

namespace LeGo.Lite.Packaging.Debian;

/// <summary>lego-lite(1), as it is read.</summary>
internal static partial class ManPage
{
    public static string File { get; } = Path.Combine(Repository.Root, "packaging", "man", "lego-lite.1");

    /// <summary>The blocks of its EXAMPLES.</summary>
    public static string[] Examples { get; } =
    [
        .. Paragraphs("EXAMPLES").Where(paragraph => paragraph.StartsWith("           ", StringComparison.Ordinal))
            .Select(paragraph => string.Concat(paragraph.Split('\n').Select(line => line.Trim() + "\n"))),
    ];

    /// <summary>The lines of a section.</summary>
    public static string[] Section(string name) =>
    [
        .. Overstruck().Replace(new Command("mandoc", "-Tascii", "-Owidth=500", File).RunWell().Text, "").Split('\n')
            .SkipWhile(line => line != name)
            .Skip(1)
            .TakeWhile(line => line.Length == 0 || line[0] == ' '),
    ];

    private static string[] Paragraphs(string section) => string.Join('\n', Section(section)).Split("\n\n");

    // Bold is a letter over itself.
    [GeneratedRegex(".\b")]
    private static partial Regex Overstruck();
}
