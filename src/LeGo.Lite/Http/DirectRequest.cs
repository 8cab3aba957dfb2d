using System.Buffers;
using System.Text;

namespace LeGo.Lite.Http;

/// <summary>
/// The plainest form of a request, which is that of nearly all: GET, HTTP/1.1, a short path of unreserved characters, known
/// fields of visible ASCII, each of them once. There is only one way to read it. Any other, also one that is not whole yet,
/// is left to the web server.
/// </summary>
internal ref struct DirectRequest
{
    private const int MaxTarget = 512;

    // These first: the index in here is what a field is known by.
    private const int Host = 0;
    private const int ApiKeyField = 1;
    private const int OtherApiKeyField = 2;
    private const int Connection = 3;
    private const int FirstIgnored = 8;

    private static readonly string[] Fields =
    [
        "Host", "apiKey", "X-API-Key", "Connection",
        "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since",

        // Nothing that a download depends on.
        "User-Agent", "Accept", "Accept-Encoding", "Accept-Language",
    ];

    // RFC 3986, section 2.3: they stand for themselves.
    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-"u8);

    private static readonly SearchValues<byte> OfHost =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"u8);

    private ReadOnlySpan<byte> apiKey;
    private ReadOnlySpan<byte> otherApiKey;

    /// <summary>The path.</summary>
    public ReadOnlySpan<byte> Target { get; private set; }

    public readonly ReadOnlySpan<byte> ApiKey => apiKey.IsEmpty ? otherApiKey : apiKey;

    /// <summary>Null: there are none.</summary>
    public HeaderDictionary? Conditions { get; private set; }

    /// <summary>Bytes, up to the end of the header.</summary>
    public int Length { get; private set; }

    /// <param name="bytes">What the client has sent so far; more requests may follow.</param>
    /// <param name="request">Shares their memory.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DirectRequest request)
    {
        request = default;
        bytes = bytes[..Math.Min(bytes.Length, Limits.MaxHeaders)];
        var rest = bytes;
        if (!TakeLine(ref rest, out var line) || !line.StartsWith("GET /"u8) || !line.EndsWith(" HTTP/1.1"u8))
        {
            return false;
        }

        request.Target = line["GET ".Length..^" HTTP/1.1".Length];
        if (request.Target.Length > MaxTarget || request.Target.ContainsAnyExcept(Unreserved))
        {
            return false;
        }

        var seen = 0;
        while (TakeLine(ref rest, out line))
        {
            if (line.IsEmpty)
            {
                request.Length = bytes.Length - rest.Length;
                return (seen & (1 << Host)) != 0;
            }

            var colon = line.IndexOf((byte)':');
            var field = colon < 0 ? -1 : IndexOf(line[..colon]);
            if (field < 0 || (seen & (1 << field)) != 0 || !request.TryTake(field, line[(colon + 1)..].Trim((byte)' ')))
            {
                return false;
            }

            seen |= 1 << field;
        }

        return false;
    }

    private static bool TakeLine(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOf((byte)'\r');
        if (end < 0 || end + 1 == rest.Length || rest[end + 1] != '\n')
        {
            line = default;
            return false;
        }

        line = rest[..end];
        rest = rest[(end + 2)..];
        return true;
    }

    private static int IndexOf(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Fields.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(name, Fields[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private bool TryTake(int field, ReadOnlySpan<byte> value)
    {
        if (value.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return false;
        }

        switch (field)
        {
            case Host:
                return IsHost(value);

            case ApiKeyField:
                apiKey = value;
                return true;

            case OtherApiKeyField:
                otherApiKey = value;
                return true;

            case Connection:
                return Ascii.EqualsIgnoreCase(value, "keep-alive"u8);

            case < FirstIgnored:
                Conditions ??= [];
                Conditions[Fields[field]] = Encoding.ASCII.GetString(value);
                return true;

            default:
                return true;
        }
    }

    /// <summary>A name or an IPv4 address, and perhaps a port.</summary>
    private static bool IsHost(ReadOnlySpan<byte> value)
    {
        var colon = value.IndexOf((byte)':');
        var name = colon < 0 ? value : value[..colon];
        return !name.IsEmpty && !name.ContainsAnyExcept(OfHost)
            && (colon < 0 || (colon + 1 < value.Length && !value[(colon + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9')));
    }
}
