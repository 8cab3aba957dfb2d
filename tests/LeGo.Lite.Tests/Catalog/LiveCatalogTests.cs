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
    public void After_twenty_unsettled_scans_in_a_row_the_snapshot_is_swapped_anyway()
    {
        var first = Snapshot();
        var live = Live(first, [.. Enumerable.Repeat(() => Unsettled(Broken), 40)]);

        for (var round = 0; round < 2; round++)
        {
            var before = live.Current;
            for (var i = 1; i < 8; i++)
            {
                live.Reload();
                Assert.Same(before, live.Current);
            }

            live.Reload();
            Assert.NotSame(before, live.Current);
        }

        Assert.Equal(["Error 2 f:2:3: error: broken"], log.Lines);
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
        var live = new LiveCatalog(tree.Data, new CatalogSource(tree.Data, []).Scan, tree.Scan(), time, log);
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
        Assert.Equal($"Information 6 {tree.Data} can be read again", log.Lines[^1]);
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
        _ = LongDebounce(Live(Snapshot(), () => Unsettled()));

        time.Advance(Rescan);
        time.Advance(Rescan);

        Assert.Equal(2, scannedAt.Count);

        Task LongDebounce(LiveCatalog live)
        {
            SynchronizationContext.SetSynchronizationContext(null);
            return live.RunAsync(Rescan, TimeSpan.FromHours(1), Watch, stop.Token);
        }
    }

    [Fact]
    public void A_bug_in_a_scan_does_not_end_the_loop()
    {
        var (first, last) = (Snapshot(), Snapshot());
        var live = Live(first, () => throw new InvalidOperationException("a bug"), () => last);
        _ = Run(live);

        time.Advance(Rescan);
        Assert.Same(first, live.Current);
        time.Advance(Rescan);

        Assert.Same(last, live.Current);
        Assert.Equal(["Error 7 internal error"], log.Lines);
    }

    private static Func<CatalogSnapshot> Fail(string reason) => () => throw new IOException(reason);

    private static CatalogSnapshot Snapshot(params Problem[] problems) => CatalogSnapshot.Make(new([], [], problems, []), TempTree.Now);

    private static CatalogSnapshot Unsettled(params Problem[] problems) => CatalogSnapshot.Make(new([], [], problems, ["u"]), TempTree.Now);

    private static (bool IsAnew, string? Fault) Watch(bool anew) => (false, null);

    private LiveCatalog Live(CatalogSnapshot first, params Func<CatalogSnapshot>[] next)
    {
        Array.ForEach(next, scans.Enqueue);
        return new("DATA", Scan, first, time, log);

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
            return live.RunAsync(Rescan, Debounce, Watch, stop.Token);
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
