using System.Globalization;

namespace LeGo.Lite.Catalog;

/// <summary>Times as HTTP has them (RFC 9110, section 5.6.7).</summary>
internal static class HttpDate
{
    /// <summary>Of each of them, in characters or bytes.</summary>
    public const int Length = 29;

    /// <summary>In whole seconds, UTC.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    public static string Format(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The same, into the first <see cref="Length"/> bytes.</summary>
    public static void Format(DateTimeOffset time, Span<byte> bytes) => _ = time.TryFormat(bytes, out _, "R", CultureInfo.InvariantCulture);
}
