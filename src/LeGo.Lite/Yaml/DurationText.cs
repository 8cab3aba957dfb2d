using System.Globalization;

namespace LeGo.Lite.Yaml;

/// <summary>Time spans as the config spells them (SPEC 3): a positive whole number and ms, s, m or h.</summary>
internal static class DurationText
{
    /// <summary>Null if it is not of that form, or longer than a <see cref="TimeSpan"/> holds.</summary>
    public static TimeSpan? Parse(ReadOnlySpan<char> text)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits < 1 || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        var unit = text[digits..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => 0,
        };
        return unit > 0 && count > 0 && count <= TimeSpan.MaxValue.Ticks / unit
            ? TimeSpan.FromTicks(count * unit)
            : null;
    }
}
