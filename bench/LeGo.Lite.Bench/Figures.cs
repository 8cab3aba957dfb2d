using System.Diagnostics;

namespace LeGo.Lite.Bench;

/// <summary>Numbers for a table.</summary>
internal static class Figures
{
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Seconds that so many percent of the sorted ticks took at most.</summary>
    public static double Percentile(ReadOnlySpan<long> ticks, int percent) => (double)ticks[(int)((long)ticks.Length * percent / 100)] / Stopwatch.Frequency;

    public static string Time(double seconds) => seconds >= 1 ? $"{seconds:f2} s" : seconds >= 1e-3 ? $"{seconds * 1e3:f1} ms" : $"{seconds * 1e6:f1} µs";

    public static string Rate(double perSecond) => $"{perSecond:n0}";

    public static string Ratio(double ratio) => $"{ratio:f2}";

    public static string Percent(double share) => $"{share:p2}";

    public static string Size(double bytes) => bytes >= 1e9 ? $"{bytes / 1e9:f2} GB" : bytes >= 1e6 ? $"{bytes / 1e6:f1} MB" : $"{bytes / 1e3:f1} kB";
}
