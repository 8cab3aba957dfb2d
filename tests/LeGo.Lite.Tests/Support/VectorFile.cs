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
/// NAME: VALUE            what else the reader of the vector wants to know
/// ---8&lt;---
/// the bytes, to the end of the file
/// </code>
/// </summary>
/// <param name="Header">Its lines, without those that are comments.</param>
/// <param name="Body">Decoded.</param>
internal sealed record VectorFile(IReadOnlyList<string> Header, byte[] Body)
{
    private const string Scissors = "---8<---\n";

    public static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFiles(Folder(folder), "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    public static VectorFile Load(string folder, string name)
    {
        // One byte is one char here, so that the body can hold any bytes.
        var file = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(Folder(folder), name + ".txt")));
        var cut = file.IndexOf(Scissors, StringComparison.Ordinal);
        var header = file[..cut].Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').ToList();
        var body = file[(cut + Scissors.Length)..];

        if (header.Find(line => line.StartsWith("repeat: ", StringComparison.Ordinal))?.Split(' ', 3) is [_, var count, var text])
        {
            body += string.Concat(Enumerable.Repeat(text, int.Parse(count, CultureInfo.InvariantCulture)));
        }

        return new(header, Encoding.Latin1.GetBytes(header.Contains("escapes: yes") ? Decode(body) : body));
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
