using System.Globalization;
using LeGo.Lite.Systemd;
using LeGo.Lite.Tests.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LeGo.Lite.Tests.Systemd;

public sealed class WatchdogTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("30000000", null, 30_000.0)]
    [InlineData("30000000", "own", 30_000.0)]
    [InlineData("1", null, 0.001)]
    [InlineData("30000000", "1", null)]
    [InlineData("30000000", "", null)]
    [InlineData(null, null, null)]
    [InlineData(null, "own", null)]
    [InlineData("0", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("30s", null, null)]
    [InlineData("9223372036854775807", null, null)]
    [InlineData("18446744073709551615", null, null)]
    public void It_wants_to_be_told_if_it_says_so_to_this_process(string? microseconds, string? process, double? milliseconds)
    {
        var variables = new Dictionary<string, string?>
        {
            ["WATCHDOG_USEC"] = microseconds,
            ["WATCHDOG_PID"] = process == "own" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : process,
        };

        Assert.Equal(milliseconds is { } count ? TimeSpan.FromMilliseconds(count) : null, Watchdog.Interval(variables.GetValueOrDefault));
    }

    [Fact]
    public void However_short_the_interval_is_it_is_told()
    {
        var time = new FakeTimeProvider();
        using var log = new RecordingLog();
        using var stop = new CancellationTokenSource();
        var told = 0;
        SynchronizationContext.SetSynchronizationContext(null);

        _ = Watchdog.FeedAsync(
            TimeSpan.FromMicroseconds(1),
            () => true,
            () =>
            {
                told++;
                return Task.CompletedTask;
            },
            time,
            log.CreateLogger("LeGo.Lite"),
            stop.Token);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, told);
    }

    [Fact]
    public async Task It_is_told_twice_in_each_interval_as_long_as_the_server_lives()
    {
        var time = new FakeTimeProvider();
        using var log = new RecordingLog();
        using var stop = new CancellationTokenSource();
        var (isAlive, told) = (true, 0);
        var feeding = Feed();

        Pass(Interval / 2);
        Assert.Equal(1, told);
        Pass(Interval / 2);
        Assert.Equal(2, told);

        isAlive = false;
        Pass(Interval);
        Assert.Equal(2, told);
        Assert.Equal([17, 17], log.Entries.Select(entry => entry.Id));

        isAlive = true;
        Pass(Interval / 2);
        Assert.Equal(3, told);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => feeding);

        // On the thread that moves the time on.
        Task Feed()
        {
            SynchronizationContext.SetSynchronizationContext(null);
            return Watchdog.FeedAsync(Interval, () => isAlive, Tell, time, log.CreateLogger("LeGo.Lite"), stop.Token);
        }

        Task Tell()
        {
            told++;
            return Task.CompletedTask;
        }

        void Pass(TimeSpan span)
        {
            for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(1))
            {
                time.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }
}
