using System.Buffers;
using System.Text;

namespace LeGo.Lite.Yaml;

/// <summary>The characters of one file, proven fit for the YAML library, and where each of them stands.</summary>
internal sealed class SourceText
{
    private readonly StringBuilder text;
    private readonly List<int> lineStarts = [0];

    /// <summary>Characters beyond U+FFFF take two UTF-16 units; these are the indexes of the second ones.</summary>
    private readonly List<int> secondUnits = [];

    private SourceText(int capacity) => text = new StringBuilder(capacity);

    /// <summary>
    /// Decodes UTF-8, with or without a byte order mark. Null, and a problem, at the first byte
    /// that is not UTF-8, that YAML 1.2 does not allow, or that begins a directive.
    /// </summary>
    public static SourceText? Decode(string file, ReadOnlySpan<byte> bytes, List<Problem> problems)
    {
        var source = new SourceText(bytes.Length);
        var rest = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        while (true)
        {
            var startsLine = source.text.Length == 0 || source.EndsLine(rest);
            if (rest.IsEmpty)
            {
                return source;
            }

            var status = Rune.DecodeFromUtf8(rest, out var rune, out var consumed);
            if (status != OperationStatus.Done)
            {
                return Refuse("save the file as UTF-8: these bytes are not");
            }

            if (!IsAllowed(rune.Value))
            {
                return Refuse("remove this control character, or write it as an escape in double quotes");
            }

            // The library skips a directive it doesn't know. No line of a mapping may begin with '%' otherwise.
            if (startsLine && rune.Value == '%')
            {
                return Refuse("remove this directive: a line can't begin with %");
            }

            source.Append(rune);
            rest = rest[consumed..];
        }

        SourceText? Refuse(string advice)
        {
            problems.Add(Problem.Error(file, source.At(source.text.Length), advice));
            return null;
        }
    }

    public override string ToString() => text.ToString();

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

    private bool EndsLine(ReadOnlySpan<byte> next)
    {
        var last = text[^1];
        var ends = last == '\n' || (last == '\r' && !next.StartsWith("\n"u8));
        if (ends)
        {
            lineStarts.Add(text.Length);
        }

        return ends;
    }

    private void Append(Rune rune)
    {
        Span<char> units = stackalloc char[2];
        var count = rune.EncodeToUtf16(units);
        text.Append(units[..count]);
        if (count == 2)
        {
            secondUnits.Add(text.Length - 1);
        }
    }

    /// <summary>
    /// YAML 1.2 rule 1, c-printable, without a byte order mark in the middle and without the three
    /// characters that YAML 1.1 and the library take for line ends, YAML 1.2 and editors don't.
    /// </summary>
    private static bool IsAllowed(int c) => c switch
    {
        '\t' or '\n' or '\r' => true,
        < 0x20 => false,
        < 0x7f => true,
        < 0xa0 => false,
        0x2028 or 0x2029 or 0xfeff or 0xfffe or 0xffff => false,
        _ => true,
    };
}
