using System.Globalization;

namespace LeGo.Lite.Yaml;

/// <summary>Dates and times of RFC 3339, in their one full form: 2026-11-01T08:00:00.25+01:00, the fraction optional.</summary>
internal static class Rfc3339
{
    private const int FractionDigits = 7; // of a second that DateTime keeps

    /// <summary>Null if it is not of that form or not a time .NET can hold (a leap second, year 0). More than 100 ns are cut off.</summary>
    public static DateTimeOffset? Parse(ReadOnlySpan<char> text)
    {
        const string Format = "yyyy-MM-dd'T'HH:mm:ss";
        const int Length = 19;
        if (text.Length <= Length
            || !DateTime.TryParseExact(text[..Length], Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return null;
        }

        var rest = text[Length..];
        var fraction = 0L;
        if (rest[0] == '.')
        {
            var end = rest[1..].IndexOfAnyExceptInRange('0', '9') + 1;
            if (end < 2)
            {
                return null; // no digit, or nothing after the digits
            }

            for (var i = 1; i <= FractionDigits; i++)
            {
                fraction = (fraction * 10) + (i < end ? rest[i] - '0' : 0);
            }

            rest = rest[end..];
        }

        // An offset can move the first and last day out of what .NET holds.
        return Offset(rest) is { } offset && local.Ticks + fraction - offset.Ticks is var ticks and >= 0
            && ticks <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;
    }

    private static TimeSpan? Offset(ReadOnlySpan<char> text) => text switch
    {
        "Z" => TimeSpan.Zero,
        ['+' or '-', var h1 and >= '0' and <= '2', var h2 and >= '0' and <= '9', ':', var m1 and >= '0' and <= '5', var m2 and >= '0' and <= '9']
            when Number(h1, h2) < 24 => new TimeSpan(Number(h1, h2), Number(m1, m2), 0) * (text[0] == '-' ? -1 : 1),
        _ => null,
    };

    private static int Number(char tens, char ones) => ((tens - '0') * 10) + (ones - '0');
}
