using System.Text;

namespace LeGo.Lite.Http;

/// <summary>
/// Takes a request target apart, segment by segment (RFC 9112, section 3.2; RFC 3986, section 3.3).
/// Works on what the client sent, not on a tidied path: an API key can be in it, and it must mean
/// the same however it was encoded. <c>//</c> counts as <c>/</c>; the query is left out.
/// </summary>
internal ref struct RequestPath
{
    private ReadOnlySpan<char> rest;

    public RequestPath(ReadOnlySpan<char> target)
    {
        // Absolute form: http://host/path, or http://host?query.
        if (target is not ['/', ..] && target.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
        {
            target = target[(scheme + 3)..];
            target = target.IndexOfAny('/', '?', '#') is >= 0 and var path && target[path] == '/' ? target[path..] : "/";
        }

        var end = target.IndexOfAny('?', '#');
        rest = end < 0 ? target : target[..end];
    }

    /// <summary>Nothing is left, not even a slash.</summary>
    public readonly bool IsEmpty => rest.IsEmpty;

    /// <summary>Takes the next segment, still encoded; empty when only slashes are left.</summary>
    public ReadOnlySpan<char> Next()
    {
        rest = rest.TrimStart('/');
        var length = rest.IndexOf('/');
        var segment = length < 0 ? rest : rest[..length];
        rest = rest[segment.Length..];
        return segment;
    }

    /// <summary>Takes the next segment if it says <paramref name="expected"/>.</summary>
    public bool Take(ReadOnlySpan<char> expected)
    {
        var after = this;
        if (!Says(after.Next(), expected))
        {
            return false;
        }

        this = after;
        return true;
    }

    /// <summary>Whether a segment means <paramref name="expected"/>, encoded or not.</summary>
    public static bool Says(ReadOnlySpan<char> segment, ReadOnlySpan<char> expected) =>
        segment.SequenceEqual(expected) || SaysEncoded(segment, expected);

    /// <summary>
    /// Decodes a segment: <c>%XX</c> is a byte, a <c>%</c> that begins no such triplet is itself.
    /// <paramref name="bytes"/> must have room for three bytes a character.
    /// </summary>
    public static int Decode(ReadOnlySpan<char> segment, Span<byte> bytes)
    {
        var length = 0;
        while (segment.IndexOf('%') is >= 0 and var percent)
        {
            length += Encoding.UTF8.GetBytes(segment[..percent], bytes[length..]);
            segment = segment[percent..];
            if (segment.Length >= 3 && char.IsAsciiHexDigit(segment[1]) && char.IsAsciiHexDigit(segment[2]))
            {
                _ = Convert.FromHexString(segment[1..3], bytes[length..], out _, out _);
                length++;
                segment = segment[3..];
            }
            else
            {
                bytes[length++] = (byte)'%';
                segment = segment[1..];
            }
        }

        return length + Encoding.UTF8.GetBytes(segment, bytes[length..]);
    }

    private static bool SaysEncoded(ReadOnlySpan<char> segment, ReadOnlySpan<char> expected)
    {
        if (!segment.Contains('%') || segment.Length > 3 * expected.Length)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[3 * segment.Length];
        bytes = bytes[..Decode(segment, bytes)];
        return Ascii.Equals(bytes, expected);
    }
}
