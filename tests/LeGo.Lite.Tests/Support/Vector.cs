using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace LeGo.Lite.Tests.Support;

/// <summary>
/// A test vector: a file in <c>Vectors/</c> that says what it shows, what to expect, and holds the bytes to read.
/// <code>
/// # what it shows
/// escapes: yes           \xNN \n \r \t \\ are decoded in the body and in repeat (optional)
/// repeat: 20000 [        this text so many times, after the body (optional)
/// expect: ok             or one line per problem, expect: LINE:COL: error: text
///   more lines of what is expected, as they are
/// ---8&lt;---
/// the bytes, to the end of the file
/// </code>
/// </summary>
internal sealed record Vector(string Expected, byte[] Body)
{
    private const string Scissors = "---8<---\n";

    public static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFiles(Folder(folder), "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    public static Vector Load(string folder, string name)
    {
        // One byte is one char here, so that the body can hold any bytes.
        var file = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(Folder(folder), name + ".txt")));
        var cut = file.IndexOf(Scissors, StringComparison.Ordinal);
        var header = file[..cut].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var body = file[(cut + Scissors.Length)..];
        var expected = new StringBuilder();
        var (escapes, repeat) = (false, "");
        foreach (var line in header)
        {
            switch (line.Split(": ", 2))
            {
                case ["escapes", "yes"]:
                    escapes = true;
                    break;
                case ["repeat", var times]:
                    repeat = times;
                    break;
                case ["expect", var first]:
                    expected.Append(first).Append('\n');
                    break;
                case [['#', ..], ..]:
                    break;
                case [[' ', ..], ..]:
                    expected.Append(line).Append('\n');
                    break;
                default:
                    throw new FormatException($"{name}: not a header line: {line}");
            }
        }

        if (repeat.Split(' ', 2) is [var count, var text])
        {
            body += string.Concat(Enumerable.Repeat(text, int.Parse(count, CultureInfo.InvariantCulture)));
        }

        return new Vector(expected.ToString(), Encoding.Latin1.GetBytes(escapes ? Decode(body) : body));
    }

    private static string Decode(string body)
    {
        var decoded = new StringBuilder(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '\\')
            {
                decoded.Append(body[i]);
                continue;
            }

            decoded.Append(body[++i] switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '\\' => '\\',
                'x' => (char)byte.Parse(body.AsSpan((i += 2) - 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                var other => throw new FormatException($"not an escape: \\{other}"),
            });
        }

        return decoded.ToString();
    }

    private static string Folder(string folder, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "Vectors", folder);
}
