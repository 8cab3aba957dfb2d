using System.Globalization;

namespace LeGo.Lite.Systemd;

/// <summary>systemd ends a service, and starts it anew, that does not say often enough that it lives (sd_watchdog_enabled(3)).</summary>
internal static class Watchdog
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>How often it wants to be told; null: it does not.</summary>
    /// <param name="variable">Of the environment.</param>
    public static TimeSpan? Interval(Func<string, string?> variable) =>
        variable("WATCHDOG_PID") is var process && (process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
        && microseconds > 0 && microseconds <= TimeSpan.FromDays(1).TotalMicroseconds
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;

    /// <summary>Tells it twice in each interval, on the threads that requests are answered on.</summary>
    /// <param name="interval">How often it wants to be told.</param>
    /// <param name="isAlive">Asked before each time.</param>
    /// <param name="tell">Only if so.</param>
    /// <param name="time">What the time is.</param>
    /// <param name="log">Where it is said why it is not told.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task FeedAsync(TimeSpan interval, Func<bool> isAlive, Func<Task> tell, TimeProvider time, ILogger log, CancellationToken stop)
    {
        // Timers know whole milliseconds only.
        var half = interval / 2;
        using var timer = new PeriodicTimer(half < Shortest ? Shortest : half, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (isAlive())
            {
                await tell();
            }
            else
            {
                log.LoopHangs();
            }
        }
    }
}
