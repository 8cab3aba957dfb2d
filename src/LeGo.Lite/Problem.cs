using System.Globalization;
using System.Text;

namespace LeGo.Lite;

internal enum Severity
{
    Warning,
    Error,
}

/// <summary>A place in a file: line and column count from 1, the column in characters.</summary>
internal readonly record struct Position(int Line, int Column)
{
    public static readonly Position Start = new(1, 1);
}

/// <summary>
/// Something wrong in the tree or the config (SPEC 1). The text says what to do and never quotes
/// what a file holds: a secret in the wrong place must not reach a log through its own error.
/// </summary>
internal sealed record Problem(string File, Position Position, Severity Severity, string Text)
{
    public static Problem Error(string file, Position position, string text) =>
        new(file, position, Severity.Error, text);

    public static Problem Warning(string file, Position position, string text) =>
        new(file, position, Severity.Warning, text);

    /// <summary>One line, <c>path:line:col: error|warning: text</c> (SPEC 7).</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Printable(File)}:{Position.Line}:{Position.Column}: {(Severity == Severity.Error ? "error" : "warning")}: {Text}");

    /// <summary>A path may hold any byte but NUL; a terminal or a log line must not act on them.</summary>
    public static string Printable(string path)
    {
        if (!path.Any(IsUnprintable))
        {
            return path;
        }

        var text = new StringBuilder(path.Length + 8);
        foreach (var c in path)
        {
            _ = IsUnprintable(c)
                ? text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
                : text.Append(c);
        }

        return text.ToString();
    }

    // Control characters; those that turn or hide text; line ends of other kinds.
    private static bool IsUnprintable(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
