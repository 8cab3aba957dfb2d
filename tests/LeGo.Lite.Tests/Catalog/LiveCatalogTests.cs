using LeGo.Lite.Catalog;
using LeGo.Lite.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

public sealed class LiveCatalogTests : IDisposable
{
    private static readonly TimeSpan Rescan = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly Problem Broken = Problem.Error("f", new(2, 3), "broken");
    private static readonly Problem Odd = Problem.Warning("g", Position.Start, "odd");

    private readonly FakeTimeProvider time = new(TempTree.Now);
    private readonly LogLines log = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Queue<Func<CatalogSnapshot>> scans = [];
    private readonly List<DateTimeOffset> scannedAt = [];
    private readonly List<bool> watchedAgain = [];
    private string? watchFault;
    private TimeSpan debounce = Debounce;
    private Action? onWatch;

    public void Dispose() => stop.Dispose();

    [Fact]
    public async Task Scans_at_every_rescan_and_at_no_other_time()
    {
        var live = Live(Snapshot());
        var run = Run(live);

        time.Advance(Rescan - Tick);
        Assert.Empty(scannedAt);
        time.Advance(Tick);
        Assert.Equal([TempTree.Now + Rescan], scannedAt);
        time.Advance(Rescan - Tick);
        Assert.Single(scannedAt);
        time.Advance(Tick);
        Assert.Equal([TempTree.Now + Rescan, TempTree.Now + (2 * Rescan)], scannedAt);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        time.Advance(10 * Rescan);
        Assert.Equal(2, scannedAt.Count);
    }

    [Fact]
    public void A_scan_swaps_the_snapshot_whole()
    {
        var (first, second) = (Snapshot(), Snapshot());
        var live = Live(first, () => second);
        Assert.Same(first, live.Current);

        live.Reload();

        Assert.Same(second, live.Current);
    }

    [Fact]
    public void A_scan_that_fails_as_a_whole_keeps_the_snapshot_and_is_logged_once()
    {
        var (first, last) = (Snapshot(Broken), Snapshot(Broken));
        var live = Live(first, Fail("gone"), Fail("gone"), Fail("denied"), Fail("denied"), () => last, Fail("gone"));
        log.Lines.Clear();

        for (var i = 0; i < 4; i++)
        {
            live.Reload();
            Assert.Same(first, live.Current);
        }

        live.Reload();
        Assert.Same(last, live.Current);
        live.Reload();

        Assert.Equal(
            [
                "Error 5 DATA can't be read, so what was served before goes on being served: gone",
                "Error 5 DATA can't be read, so what was served before goes on being served: denied",
                "Information 6 DATA can be read again",
                "Error 5 DATA can't be read, so what was served before goes on being served: gone",
            ],
            log.Lines);
    }

    [Fact]
    public void A_failed_scan_is_repeated_at_the_next_rescan()
    {
        var last = Snapshot();
        var live = Live(Snapshot(), Fail("gone"), () => last);
        _ = Run(live);

        time.Advance(Rescan);
        time.Advance(Rescan - Tick);
        Assert.NotSame(last, live.Current);
        time.Advance(Tick);

        Assert.Same(last, live.Current);
    }

    [Fact]
    public void Problems_are_logged_when_they_appear_and_when_they_clear()
    {
        var live = Live(Snapshot(Broken, Odd), () => Snapshot(Broken, Odd), () => Snapshot(Odd), () => Snapshot(Odd, Broken), () => Snapshot());
        Assert.Equal(["Error 2 f:2:3: error: broken", "Warning 3 g:1:1: warning: odd"], log.Lines);

        log.Lines.Clear();
        live.Reload();
        Assert.Empty(log.Lines);

        live.Reload();
        Assert.Equal(["Information 4 cleared: f:2:3: error: broken"], log.Lines);

        log.Lines.Clear();
        live.Reload();
        Assert.Equal(["Error 2 f:2:3: error: broken"], log.Lines);

        log.Lines.Clear();
        live.Reload();
        Assert.Equal(["Information 4 cleared: g:1:1: warning: odd", "Information 4 cleared: f:2:3: error: broken"], log.Lines);
    }

    [Fact]
    public void An_unsettled_scan_keeps_the_snapshot_says_nothing_and_is_repeated_soon()
    {
        var (first, last) = (Snapshot(), Snapshot());
        var live = Live(first, () => Unsettled(Broken), () => Unsettled(), () => last);
        _ = Run(live);

        time.Advance(Rescan);
        Assert.Same(first, live.Current);
        time.Advance(Debounce - Tick);
        Assert.Single(scannedAt);
        time.Advance(Tick);
        Assert.Equal(2, scannedAt.Count);
        Assert.Same(first, live.Current);
        time.Advance(Debounce);
        Assert.Same(last, live.Current);
        Assert.Empty(log.Lines);

        // Settled: back to the long step.
        time.Advance(Rescan - Tick);
        Assert.Equal(3, scannedAt.Count);
        time.Advance(Tick);
        Assert.Equal(4, scannedAt.Count);
    }

    [Fact]
    public void A_place_that_is_never_at_rest_is_waited_for_once()
    {
        var first = Snapshot();
        var live = Live(first, [.. Enumerable.Repeat(() => Unsettled(Broken), 40)]);

        for (var i = 0; i < 8; i++)
        {
            live.Reload();
            Assert.Same(first, live.Current);
            time.Advance(Debounce);
        }

        // From now on it does not hold up the others.
        for (var i = 0; i < 3; i++)
        {
            var before = live.Current;
            live.Reload();
            Assert.NotSame(before, live.Current);
        }

        Assert.Equal(["Error 2 f:2:3: error: broken"], log.Lines);
    }

    [Fact]
    public void A_restless_place_is_read_at_the_rescan()
    {
        _ = Run(Live(Snapshot(), [.. Enumerable.Repeat(() => Unsettled(), 40)]));
        time.Advance(Rescan);
        for (var i = 0; i < 8; i++)
        {
            time.Advance(Debounce);
        }

        Assert.Equal(9, scannedAt.Count);
        time.Advance(Rescan - Tick);
        Assert.Equal(9, scannedAt.Count);
        time.Advance(Tick);
        Assert.Equal(10, scannedAt.Count);
    }

    [Fact]
    public void Places_that_change_one_after_the_other_are_waited_for_but_not_without_end()
    {
        var place = 0;
        var live = Live(Snapshot(), [.. Enumerable.Repeat(() => CatalogSnapshot.Make(new([], [], [], [$"{place++}"]), TempTree.Now), 90)]);

        for (var round = 0; round < 2; round++)
        {
            var before = live.Current;
            for (var i = 0; i < 40; i++)
            {
                live.Reload();
                Assert.Same(before, live.Current);
                time.Advance(Debounce);
            }

            live.Reload();
            Assert.NotSame(before, live.Current);
        }
    }

    [Fact]
    public void A_change_that_is_announced_is_scanned_once_it_has_been_quiet()
    {
        var second = Snapshot();
        var live = Live(Snapshot(), () => second);
        _ = Run(live);
        time.Advance(TimeSpan.FromSeconds(1));
        live.Announce();

        time.Advance(Debounce - Tick);
        Assert.Empty(scannedAt);
        time.Advance(Tick);
        Assert.Same(second, live.Current);
        Assert.Single(scannedAt);

        // No other scan before the rescan.
        time.Advance(Rescan - Tick);
        Assert.Single(scannedAt);
        time.Advance(Tick);
        Assert.Equal(2, scannedAt.Count);
    }

    [Fact]
    public void A_burst_is_waited_for_until_it_has_been_quiet_for_a_debounce()
    {
        var live = Live(Snapshot());
        _ = Run(live);
        live.Announce();
        time.Advance(Debounce / 2);
        live.Announce();
        time.Advance(Debounce - Tick);
        Assert.Empty(scannedAt);

        // Timers know whole milliseconds only.
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Single(scannedAt);

        time.Advance(Rescan - Tick);
        Assert.Single(scannedAt);
    }

    [Fact]
    public void A_burst_is_waited_for_but_not_without_end()
    {
        var live = Live(Snapshot());
        _ = Run(live);
        live.Announce();
        for (var i = 1; i < 8; i++)
        {
            time.Advance(Debounce / 2);
            live.Announce();
            Assert.Empty(scannedAt);
        }

        time.Advance(Debounce / 2);
        Assert.Single(scannedAt);

        // What is announced later is not lost.
        live.Announce();
        time.Advance(Debounce);
        Assert.Equal(2, scannedAt.Count);
    }

    [Fact]
    public void A_change_that_is_announced_while_a_scan_runs_is_scanned_for_again()
    {
        LiveCatalog? live = null;
        live = Live(Snapshot(), () =>
        {
            live!.Announce();
            return Snapshot();
        });
        _ = Run(live);
        time.Advance(Rescan);
        time.Advance(Debounce);

        Assert.Equal(2, scannedAt.Count);
    }

    [Fact]
    public void What_the_watcher_announces_by_itself_is_scanned_for()
    {
        var live = Live(Snapshot());
        onWatch = live.Announce;
        _ = Run(live);
        onWatch = null;
        time.Advance(Debounce);
        Assert.Single(scannedAt);

        time.Advance(Rescan - Tick);
        Assert.Single(scannedAt);
    }

    [Fact]
    public void After_a_change_that_was_not_announced_it_watches_again()
    {
        var live = Live(Snapshot(), () => Snapshot(Broken), () => Snapshot(Broken), () => Snapshot());
        _ = Run(live);
        Assert.Equal([false], watchedAgain);

        time.Advance(Rescan);
        Assert.Equal([false, true], watchedAgain);
        time.Advance(Rescan);
        Assert.Equal([false, true, false], watchedAgain);

        // This one was.
        live.Announce();
        time.Advance(Debounce);
        Assert.Equal([false, true, false, false], watchedAgain);
    }

    [Fact]
    public void What_cannot_be_watched_is_said_once_and_when_it_can_be_again()
    {
        _ = Run(Live(Snapshot()));
        foreach (var fault in new[] { "the limit", "the limit", null, null, "another" })
        {
            watchFault = fault;
            time.Advance(Rescan);
        }

        Assert.Equal(
            [
                "Warning 9 DATA can't be watched, so a change may show only at the next rescan: the limit",
                "Information 10 DATA is watched again",
                "Warning 9 DATA can't be watched, so a change may show only at the next rescan: another",
            ],
            log.Lines);
    }

    [Fact]
    public void Scans_that_take_long_space_out()
    {
        Func<CatalogSnapshot> slow = () =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return Snapshot();
        };
        var live = Live(Snapshot(), slow, slow);
        _ = Run(live);
        time.Advance(Rescan);
        Assert.Single(scannedAt);

        // Ten times as long as it took.
        time.Advance(TimeSpan.FromSeconds(50) - Tick);
        Assert.Single(scannedAt);
        time.Advance(Tick);
        Assert.Equal(2, scannedAt.Count);

        // And what is announced waits for as long as the last scan took.
        live.Announce();
        time.Advance(TimeSpan.FromSeconds(5) - Tick);
        Assert.Equal(2, scannedAt.Count);
        time.Advance(Tick);
        Assert.Equal(3, scannedAt.Count);
    }

    [Fact]
    public void A_reload_that_changed_an_item_is_logged()
    {
        using var tree = new TempTree();
        var source = new CatalogSource(tree.Good("web").Data, []);
        var live = new LiveCatalog(tree.Data, source.Scan, source.Scan(TempTree.Now), Debounce, time, log);
        live.Reload();
        Assert.Empty(log.Lines);

        ChangeTime.WaitForNext(tree);
        tree.Good("mail").Write("certificates/web/certificate.yaml", "api_key: another-key-0123456789\n");
        live.Reload();
        Assert.Equal(["Information 8 reloaded: 2 added, 1 changed, 0 removed, 0 ms"], log.Lines);

        live.Reload();
        Assert.Single(log.Lines);
    }

    [Fact]
    public void A_renewal_of_the_servers_own_certificate_is_logged_once_and_its_end_in_time()
    {
        using var tree = new TempTree();
        tree.Good("web").Write("../ca.pem", Material.IssuerPem);
        var source = new CatalogSource(tree.Data, [], new(new("web", new("f", new(2, 3))), null, null, new(tree["../ca.pem"], new("f", new(3, 3)))));
        var live = new LiveCatalog(tree.Data, source.Scan, source.Scan(TempTree.Now), Debounce, time, log);
        _ = Run(live);
        tree.Order("web", "2027", Material.One.Chain(TempTree.Now.AddDays(-1), TempTree.Now.AddSeconds(100)), "created_at: 2026-05-31T00:00:00Z\n");
        time.Advance(Rescan);
        Assert.Equal(
            [
                "Information 8 reloaded: 0 added, 1 changed, 0 removed, 0 ms",
                "Information 11 the server's own certificate was renewed; it is valid until 2026-06-01T12:01:40Z",
            ],
            log.Lines);

        // One that broke and comes back, or gets other CAs of clients, is no renewal.
        log.Lines.Clear();
        tree.Rename("privatekeys/web/privkey.pem", "../away");
        time.Advance(Rescan);
        Assert.Contains(log.Lines, line => line.StartsWith("Error 2 f:2:3: ", StringComparison.Ordinal));
        tree.Rename("../away", "privatekeys/web/privkey.pem").Write("../ca.pem", File.ReadAllBytes($"{TempTree.Sample}/roots.pem"));
        Directory.Delete(tree["certificates/web/orders/2026"], recursive: true);
        time.Advance(Rescan);
        Assert.Contains(log.Lines, line => line.StartsWith("Information 4 cleared: f:2:3: ", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(" 11 ", StringComparison.Ordinal));
        Assert.NotEqual(Material.IssuerPem, live.Current.Tls!.Record!.LastGood.ClientRoots![0].ExportCertificatePem() + "\n");

        // Between two rescans.
        log.Lines.Clear();
        time.Advance(TimeSpan.FromSeconds(10) - Tick);
        Assert.Empty(log.Lines);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(
            [
                "Information 8 reloaded: 0 added, 1 changed, 0 removed, 0 ms",
                "Error 2 f:2:3: error: the certificate named here has no valid order: add one, or mend what else is reported of it; the one before goes on being used",
            ],
            log.Lines);
    }

    [Fact]
    public void A_settled_scan_starts_the_count_anew()
    {
        var unsettled = Enumerable.Repeat(() => Unsettled(), 7).ToArray();
        var live = Live(Snapshot(), [.. unsettled, () => Snapshot(), .. unsettled]);
        for (var i = 0; i < 15; i++)
        {
            live.Reload();
            Assert.Empty(live.Current.Unsettled);
        }
    }

    [Fact]
    public void A_first_snapshot_that_is_unsettled_is_read_again_soon()
    {
        var last = Snapshot();
        var live = Live(Unsettled(), () => last);
        _ = Run(live);

        time.Advance(Debounce);

        Assert.Same(last, live.Current);
    }

    [Fact]
    public void A_tree_is_followed_as_it_is_removed_restored_and_changed()
    {
        using var tree = new TempTree();
        tree.Good("web");
        var live = new LiveCatalog(tree.Data, new CatalogSource(tree.Data, []).Scan, tree.Scan(), Debounce, time, log);
        _ = Run(live);
        Directory.Move(tree.Data, tree.Outside);

        time.Advance(Rescan);
        Assert.NotNull(live.Current.PrivateKey("web"));
        Assert.Equal([$"Error 5 {tree.Data} can't be read, so what was served before goes on being served: there is no such directory"], log.Lines);

        Directory.Move(tree.Outside, tree.Data);
        tree.Key("new");
        Directory.Delete(tree["certificates/web"], recursive: true);
        time.Advance(Rescan);
        Assert.NotNull(live.Current.PrivateKey("new"));
        Assert.Null(live.Current.Certificate("web"));
        Assert.Equal($"Information 6 {tree.Data} can be read again", log.Lines[^2]);
        Assert.Equal("Information 8 reloaded: 1 added, 0 changed, 1 removed, 0 ms", log.Lines[^1]);
    }

    [Fact]
    public void A_scan_that_fails_after_an_unsettled_one_is_repeated_at_the_rescan()
    {
        var live = Live(Snapshot(), () => Unsettled(), Fail("gone"), Fail("gone"));
        _ = Run(live);

        time.Advance(Rescan);
        time.Advance(Debounce);
        time.Advance(Debounce);
        Assert.Equal(2, scannedAt.Count);
        time.Advance(Rescan - Debounce);

        Assert.Equal([TempTree.Now + Rescan, TempTree.Now + Rescan + Debounce, TempTree.Now + (2 * Rescan) + Debounce], scannedAt);
    }

    [Fact]
    public void A_debounce_longer_than_the_rescan_does_not_delay_it()
    {
        debounce = TimeSpan.FromHours(1);
        var live = Live(Snapshot(), () => Unsettled());
        _ = Run(live);

        time.Advance(Rescan);
        time.Advance(Rescan);
        Assert.Equal(2, scannedAt.Count);
        live.Announce();
        time.Advance(Rescan);
        Assert.Equal(3, scannedAt.Count);
    }

    [Fact]
    public void A_bug_does_not_end_the_loop()
    {
        var (first, last) = (Snapshot(), Snapshot());
        var live = Live(first, () => throw new InvalidOperationException("a bug"), () => last);
        _ = Run(live);

        time.Advance(Rescan);
        Assert.Same(first, live.Current);
        onWatch = () => throw new InvalidOperationException("another");
        time.Advance(Rescan);
        onWatch = null;
        time.Advance(Rescan);
        time.Advance(Rescan);

        Assert.Same(last, live.Current);
        Assert.Equal(["Error 7 internal error", "Error 7 internal error"], log.Lines);
    }

    [Fact]
    public void A_rescan_that_is_asked_for_is_made_at_once_and_tries_to_watch_again()
    {
        var last = Snapshot();
        var live = Live(Snapshot(), () => last);
        _ = Run(live);

        var asked = live.RescanAsync();

        Assert.True(asked is { IsCompleted: true, Result: true });
        Assert.Equal([TempTree.Now], scannedAt);
        Assert.Same(last, live.Current);
        Assert.Equal([false, true], watchedAgain);

        time.Advance(Rescan);
        Assert.Equal(2, scannedAt.Count);
        Assert.Equal([false, true, false], watchedAgain);
    }

    [Fact]
    public void A_rescan_that_is_asked_for_is_over_when_what_was_changing_has_come_to_rest()
    {
        var last = Snapshot();
        var live = Live(Snapshot(), () => Unsettled(), () => Unsettled(), () => last);
        _ = Run(live);

        var asked = live.RescanAsync();
        time.Advance(Debounce);
        Assert.Equal(2, scannedAt.Count);
        Assert.False(asked.IsCompleted);
        time.Advance(Debounce);

        Assert.True(asked.IsCompleted);
        Assert.Same(last, live.Current);
    }

    [Fact]
    public void A_rescan_that_is_asked_for_during_another_is_made_after_it()
    {
        Task? second = null;
        LiveCatalog? live = null;
        live = Live(Snapshot(), () =>
        {
            second = live!.RescanAsync();
            return Snapshot();
        });
        _ = Run(live);

        Assert.True(live.RescanAsync().IsCompleted);

        Assert.True(second!.IsCompleted);
        Assert.Equal(2, scannedAt.Count);
    }

    [Fact]
    public void A_rescan_that_is_asked_for_and_fails_is_over_too_and_says_so_each_time()
    {
        var live = Live(Snapshot(), Fail("gone"), Fail("gone"), Fail("gone"));
        _ = Run(live);

        Assert.True(live.RescanAsync() is { IsCompleted: true, Result: false });
        time.Advance(Rescan);
        Assert.Single(log.Lines);
        Assert.True(live.RescanAsync() is { IsCompleted: true, Result: false });

        const string Line = "Error 5 DATA can't be read, so what was served before goes on being served: gone";
        Assert.Equal([Line, Line], log.Lines);
    }

    [Fact]
    public void A_rescan_that_is_asked_for_and_meets_a_bug_is_over_with_the_next()
    {
        var live = Live(Snapshot(), () => throw new InvalidOperationException("a bug"));
        _ = Run(live);

        var asked = live.RescanAsync();
        Assert.False(asked.IsCompleted);

        time.Advance(Rescan);
        time.Advance(Rescan);
        Assert.True(asked is { IsCompleted: true, Result: true });
    }

    [Fact]
    public async Task The_loop_lives_while_it_is_asleep_no_longer_than_it_meant_to_be()
    {
        var grace = TimeSpan.FromSeconds(10);
        var live = Live(Snapshot(), () => throw new InvalidOperationException("a bug"));
        Assert.True(live.IsAlive(grace));
        var run = Run(live);
        for (var passed = TimeSpan.Zero; passed < 5 * Rescan; passed += TimeSpan.FromSeconds(1))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(live.IsAlive(TimeSpan.Zero));
        }

        // Nothing wakes it any more.
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        time.Advance(Rescan + grace);
        Assert.True(live.IsAlive(grace));
        time.Advance(Tick);
        Assert.False(live.IsAlive(grace));
    }

    [Fact]
    public void The_loop_lives_however_long_a_scan_takes_and_the_log_says_so_once()
    {
        LiveCatalog? live = null;
        live = Live(Snapshot(), () =>
        {
            time.Advance(TimeSpan.FromMinutes(1) - Tick);
            Assert.Empty(log.Lines);
            time.Advance(TimeSpan.FromDays(1));
            Assert.True(live!.IsAlive(TimeSpan.Zero));
            return Snapshot();
        });
        _ = Run(live);

        _ = live.RescanAsync();

        Assert.Equal(
            ["Warning 15 DATA is still being read after a minute: the disk may hang; what was read before is served until it ends, also with API keys that were taken away"],
            log.Lines);
    }

    private static Func<CatalogSnapshot> Fail(string reason) => () => throw new IOException(reason);

    private static CatalogSnapshot Snapshot(params Problem[] problems) => CatalogSnapshot.Make(new([], [], problems, []), TempTree.Now);

    private static CatalogSnapshot Unsettled(params Problem[] problems) => CatalogSnapshot.Make(new([], [], problems, ["u"]), TempTree.Now);

    private string? Watch(bool again)
    {
        watchedAgain.Add(again);
        onWatch?.Invoke();
        return watchFault;
    }

    private LiveCatalog Live(CatalogSnapshot first, params Func<CatalogSnapshot>[] next)
    {
        Array.ForEach(next, scans.Enqueue);
        return new("DATA", Scan, first, debounce, time, log);

        CatalogSnapshot Scan(DateTimeOffset now, CatalogSnapshot served)
        {
            Assert.Equal(time.GetUtcNow(), now);
            scannedAt.Add(now);
            return scans.TryDequeue(out var scan) ? scan() : Snapshot();
        }
    }

    /// <summary>Runs on the thread that moves the time on, so that a step is over when the time has moved.</summary>
    private Task Run(LiveCatalog live)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return live.RunAsync(Rescan, Watch, stop.Token);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private sealed class LogLines : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {eventId.Id} {formatter(state, exception)}");
    }
}
