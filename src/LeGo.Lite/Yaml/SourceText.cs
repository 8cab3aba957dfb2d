using System.Buffers;
using System.Text.Unicode;

namespace LeGo.Lite.Yaml;

/// <summary>The characters of one file, proven fit for the YAML library, and where each of them stands.</summary>
internal sealed class SourceText
{
    /// <summary>
    /// What is not YAML 1.2 rule 1, c-printable, and also a byte order mark in the middle and the three
    /// characters that YAML 1.1 and the library take for line ends, YAML 1.2 and editors don't.
    /// </summary>
    private static readonly SearchValues<char> Refused = SearchValues.Create(
        [.. Range('\0', '\b'), '\v', '\f', .. Range('\u000e', '\u001f'), .. Range('\u007f', '\u009f'), '\u2028', '\u2029', '\ufeff', '\ufffe', '\uffff']);

    private readonly string text;
    private readonly List<int> lineStarts = [0];

    /// <summary>Characters beyond U+FFFF take two UTF-16 units; these are the indexes of the second ones.</summary>
    private readonly List<int> secondUnits = [];

    private SourceText(string text)
    {
        this.text = text;
        for (var next = 0; text.AsSpan(next).IndexOfAny('\n', '\r') is var found and >= 0;)
        {
            next += found + 1;
            if (text[next - 1] == '\n' || next == text.Length || text[next] != '\n')
            {
                lineStarts.Add(next);
            }
        }

        for (var next = 0; text.AsSpan(next).IndexOfAnyInRange('\udc00', '\udfff') is var found and >= 0; next++)
        {
            next += found;
            secondUnits.Add(next);
        }
    }

    /// <summary>
    /// Decodes UTF-8, with or without a byte order mark. Null, and a problem, at the first byte
    /// that is not UTF-8, that YAML 1.2 does not allow, or that begins a directive.
    /// </summary>
    public static SourceText? Decode(string file, ReadOnlySpan<byte> bytes, List<Problem> problems)
    {
        bytes = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        var units = new char[bytes.Length];
        var status = Utf8.ToUtf16(bytes, units, out _, out var length, replaceInvalidSequences: false);
        var source = new SourceText(new(units, 0, length));

        var refused = source.text.AsSpan().IndexOfAny(Refused);

        // The library skips a directive it doesn't know. No line of a mapping may begin with '%' otherwise.
        var directive = source.lineStarts.FindIndex(start => start < length && source.text[start] == '%') is var line and >= 0 ? source.lineStarts[line] : -1;

        // Not found, -1, comes after any index when it has no sign.
        return (uint)directive < (uint)refused ? Refuse(directive, "remove this directive: a line can't begin with %")
            : refused >= 0 ? Refuse(refused, "remove this control character, or write it as an escape in double quotes")
            : status != OperationStatus.Done ? Refuse(length, "save the file as UTF-8: these bytes are not")
            : source;

        SourceText? Refuse(int index, string advice)
        {
            problems.Add(Problem.Error(file, source.At(index), advice));
            return null;
        }
    }

    public override string ToString() => text;

    /// <summary>Lines end at LF, CRLF or CR. Columns count Unicode characters.</summary>
    /// <param name="index">In UTF-16 units from the start; past the end means the end.</param>
    public Position At(long index)
    {
        var end = (int)Math.Clamp(index, 0, text.Length);
        var line = CountBelow(lineStarts, end + 1);
        var start = lineStarts[line - 1];
        var pairs = CountBelow(secondUnits, end) - CountBelow(secondUnits, start);
        return new Position(line, end - start - pairs + 1);
    }

    private static int CountBelow(List<int> sorted, int limit)
    {
        var found = sorted.BinarySearch(limit);
        return found < 0 ? ~found : found;
    }

    private static IEnumerable<char> Range(char first, char last) => Enumerable.Range(first, last - first + 1).Select(c => (char)c);
}
