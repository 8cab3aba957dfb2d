using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;

namespace LeGo.Lite.Pem;

/// <summary>
/// One pass over the lines of a PEM file. The state between two lines is the open block: its
/// label, where it began, and its base64 so far, without the line ends.
/// </summary>
internal ref struct PemScanner(string file, ReadOnlySpan<byte> text, Span<byte> buffer)
{
    private const string Mend = "mend this line: a boundary is -----BEGIN or -----END, a space, the label and five hyphens, alone on its line";
    private const string HalfWritten = "this block never ends, the file may be half written: write it again, to its END line";

    private static readonly SearchValues<byte> Base64Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    private readonly Span<byte> base64 = buffer;
    private ReadOnlySpan<byte> rest = text;
    private ReadOnlySpan<byte> openLabel;
    private Position openedAt;
    private bool isOpen;
    private int base64Length;
    private int paddingLength;
    private int lineNumber;

    private static ReadOnlySpan<byte> Begin => "-----BEGIN"u8;

    private static ReadOnlySpan<byte> End => "-----END"u8;

    private static ReadOnlySpan<byte> WhiteSpace => " \t\v\f\r"u8;

    /// <summary>The first thing that is wrong, or null: then <paramref name="sections"/> is complete.</summary>
    public Problem? Scan(ImmutableArray<PemSection>.Builder sections)
    {
        if (rest.StartsWith("\uFEFF"u8))
        {
            rest = rest[3..];
        }

        while (!rest.IsEmpty)
        {
            lineNumber++;
            var end = rest.IndexOf((byte)'\n');
            var isCutOff = end < 0;
            var line = isCutOff ? rest : rest[..end];
            rest = isCutOff ? default : rest[(end + 1)..];

            if (line.Contains((byte)0))
            {
                return Wrong(line, line.IndexOf((byte)0), "this is a NUL byte: save the file as plain text (ASCII or UTF-8)");
            }

            var content = line.TrimStart(WhiteSpace);
            var indent = line.Length - content.Length;
            content = content.TrimEnd(WhiteSpace);
            var problem = isOpen
                ? ReadInside(line, indent, content, isCutOff, sections)
                : ReadOutside(line, indent, content, isCutOff);
            if (problem is not null)
            {
                return problem;
            }
        }

        return isOpen ? Problem.Error(file, openedAt, HalfWritten) : null;
    }

    private Problem? ReadOutside(ReadOnlySpan<byte> line, int indent, ReadOnlySpan<byte> content, bool isCutOff)
    {
        if (content.StartsWith(Begin))
        {
            openLabel = LabelOf(content, Begin);
            openedAt = new(lineNumber, 1);
            isOpen = true;
            base64Length = 0;
            paddingLength = 0;
            return openLabel.IsEmpty ? Wrong(line, indent, Mend) : null;
        }

        if (content.StartsWith(End))
        {
            return Wrong(line, indent, LabelOf(content, End).IsEmpty
                ? Mend
                : "no block is open here: remove this END line, or restore the BEGIN line that was lost");
        }

        // Text outside blocks is dropped, but a block must not get lost with it.
        if (line.IndexOf(Begin) is var at and >= 0)
        {
            return Wrong(line, at, "start a new line here: a BEGIN boundary stands alone on its line");
        }

        return isCutOff && !content.IsEmpty && Begin.StartsWith(content)
            ? Wrong(line, indent, "the file may be half written: it stops inside a boundary line")
            : null;
    }

    private Problem? ReadInside(
        ReadOnlySpan<byte> line, int indent, ReadOnlySpan<byte> content, bool isCutOff, ImmutableArray<PemSection>.Builder sections)
    {
        if (content.StartsWith(Begin))
        {
            return Wrong(line, indent, "the block before this one has no END line: add it, or write the file again");
        }

        if (content.StartsWith(End))
        {
            var label = LabelOf(content, End);
            return !label.IsEmpty ? Close(line, indent, label, sections)
                : isCutOff ? Problem.Error(file, openedAt, HalfWritten)
                : Wrong(line, indent, Mend);
        }

        if (isCutOff && !content.IsEmpty && End.StartsWith(content))
        {
            return Problem.Error(file, openedAt, HalfWritten);
        }

        // RFC 1421 headers stand before the base64; RFC 7468 has none.
        if (base64Length == 0 && content.Contains((byte)':'))
        {
            return Wrong(line, indent, content.StartsWith("Proc-Type:"u8) && content.IndexOf("ENCRYPTED"u8) >= 0
                ? PrivateKey.Encrypted
                : "headers inside a block are not supported: remove this line");
        }

        return Append(line, indent, content);
    }

    private Problem? Append(ReadOnlySpan<byte> line, int indent, ReadOnlySpan<byte> content)
    {
        if (content.IndexOfAnyExcept(Base64Alphabet) is var other and >= 0)
        {
            return Wrong(line, indent + other, "this is not base64: write the block again as it was issued");
        }

        var data = paddingLength > 0 ? 0 : content.IndexOf((byte)'=') is var first and >= 0 ? first : content.Length;
        var padding = content[data..];
        if (padding.IndexOfAnyExcept((byte)'=') is var after and >= 0)
        {
            return Wrong(line, indent + data + after, "base64 goes on after its padding: write the block again as it was issued");
        }

        if (paddingLength + padding.Length > 2)
        {
            return Wrong(line, indent + data + 2 - paddingLength, "base64 ends in two = at most: write the block again as it was issued");
        }

        paddingLength += padding.Length;
        content.CopyTo(base64[base64Length..]);
        base64Length += content.Length;
        return null;
    }

    private Problem? Close(
        ReadOnlySpan<byte> line, int indent, ReadOnlySpan<byte> label, ImmutableArray<PemSection>.Builder sections)
    {
        if (!label.SequenceEqual(openLabel))
        {
            return Wrong(line, indent, "the label differs from the one of the BEGIN line: write the block again as it was issued");
        }

        if (base64Length == 0)
        {
            return Problem.Error(file, openedAt, "this block is empty: write it again as it was issued");
        }

        if (base64Length % 4 != 0)
        {
            return Wrong(line, indent, "the base64 above is not whole, characters are missing: write the block again as it was issued");
        }

        var der = new byte[(base64Length / 4 * 3) - paddingLength];
        if (Base64.DecodeFromUtf8(base64[..base64Length], der, out _, out _) != OperationStatus.Done)
        {
            return Wrong(line, indent, "the base64 above does not end as it must: write the block again as it was issued");
        }

        sections.Add(new(Encoding.ASCII.GetString(label), der, openedAt));
        isOpen = false;
        return null;
    }

    /// <summary>RFC 7468 section 3: printable words, single spaces or hyphens between them. Empty if it is not one.</summary>
    private static ReadOnlySpan<byte> LabelOf(ReadOnlySpan<byte> content, ReadOnlySpan<byte> boundary)
    {
        var label = content[boundary.Length..];
        if (label.Length < 7 || label[0] != ' ' || !label.EndsWith("-----"u8))
        {
            return default;
        }

        label = label[1..^5];
        var afterWord = false;
        foreach (var c in label)
        {
            var isSeparator = c is (byte)' ' or (byte)'-';
            if (c is < 0x20 or > 0x7e || (isSeparator && !afterWord))
            {
                return default;
            }

            afterWord = !isSeparator;
        }

        return afterWord ? label : default;
    }

    private readonly Problem Wrong(ReadOnlySpan<byte> line, int offset, string what) =>
        Problem.Error(file, new(lineNumber, Encoding.UTF8.GetCharCount(line[..offset]) + 1), what);
}
