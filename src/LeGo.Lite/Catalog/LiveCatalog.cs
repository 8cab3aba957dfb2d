using System.Collections.Concurrent;

namespace LeGo.Lite.Catalog;

/// <summary>
/// The snapshot in force, and the loop that replaces it. Every request reads
/// <see cref="Current"/> once; a reload sets it once.
/// </summary>
internal sealed class LiveCatalog
{
    // In debounces: how long a burst of changes is waited for.
    private const int PatientWithBurst = 4;

    // In debounces: how long one place that is never at rest keeps changes out, and ever new ones do.
    private const int PatientWithPlace = 8;
    private const int PatientWithTree = 40;

    // Rescans take a tenth of the time at most, however large the tree.
    private const int RestAfterRescan = 10;

    // Longer than a hundred thousand certificates take from a disk that answers.
    private static readonly TimeSpan LongScan = TimeSpan.FromMinutes(1);

    private readonly string data;
    private readonly Func<DateTimeOffset, CatalogSnapshot, CatalogSnapshot> scan;
    private readonly TimeSpan debounce;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private volatile CatalogSnapshot current;
    private volatile TaskCompletionSource announced = new();
    private long lastAnnounced;

    // Who waits for the end of a scan that began after they asked.
    private readonly ConcurrentQueue<TaskCompletionSource<bool>> asking = [];

    // Null while the loop is at work.
    private volatile Nap? nap;

    // Since when, by timestamp.
    private Dictionary<string, long> unsettled;
    private long? heldBack;
    private long wokeAt;

    private DateTimeOffset scannedAt;
    private string? scanFailure;
    private string? watchFault;

    /// <summary>Begins with a snapshot already made, and logs its problems.</summary>
    /// <param name="data">What the log calls the source.</param>
    /// <param name="scan">
    /// Reads the source as of a time, given what is served; the same snapshot means that nothing changed. An
    /// <see cref="IOException"/> says why it can't be read as a whole.
    /// </param>
    /// <param name="first">A snapshot already made.</param>
    /// <param name="debounce">How long a file must be at rest.</param>
    /// <param name="time">When to scan.</param>
    /// <param name="log">Where problems appear and clear.</param>
    public LiveCatalog(
        string data,
        Func<DateTimeOffset, CatalogSnapshot, CatalogSnapshot> scan,
        CatalogSnapshot first,
        TimeSpan debounce,
        TimeProvider time,
        ILogger log)
    {
        (this.data, this.scan, this.debounce, this.time, this.log) = (data, scan, debounce, time, log);
        current = first;
        unsettled = Since(first.Unsettled, []);
        LogProblems([], first.Problems);
    }

    public CatalogSnapshot Current => current;

    // The next scan can tell more soon: something was changing, and has not been for long.
    private bool IsWaiting => scanFailure is null
        && unsettled.Values.Any(since => time.GetElapsedTime(since) < PatientWithPlace * debounce)
        && (heldBack is not { } since || time.GetElapsedTime(since) < PatientWithTree * debounce);

    /// <summary>
    /// Something may have changed; on any thread, any number of times. It wakes the loop within this call, but all that
    /// does then is to start a timer.
    /// </summary>
    public void Announce()
    {
        Volatile.Write(ref lastAnnounced, time.GetTimestamp());
        announced.TrySetResult();
    }

    /// <summary>
    /// Scans at once, whether or not something was announced; what could not be watched is tried again. The task ends when
    /// the scan has, and what was changing has come to rest; with false if the source can't be read as a whole, which is logged.
    /// </summary>
    public Task<bool> RescanAsync()
    {
        var asked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        asking.Enqueue(asked);
        announced.TrySetResult();
        return asked.Task;
    }

    /// <summary>
    /// Whether the loop works, or is asleep no longer than it meant to be. A scan may take as long as the disk does: what was
    /// read before is served meanwhile, and a process that is started anew would wait for the same disk and serve nothing.
    /// </summary>
    /// <param name="grace">For a machine that is busy.</param>
    public bool IsAlive(TimeSpan grace) => nap is not { } asleep || time.GetElapsedTime(asleep.Since) <= asleep.Duration + grace;

    /// <summary>
    /// Scans once what was announced has been quiet for a debounce, and in any case every <paramref name="rescan"/>.
    /// Nothing but <paramref name="stop"/> ends it.
    /// </summary>
    /// <param name="rescan">Where no change is announced, it shows after this time.</param>
    /// <param name="watch">
    /// Makes sure that changes are announced, again if some were not (true), and says why they may not be (else null).
    /// </param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(TimeSpan rescan, Func<bool, string?> watch, CancellationToken stop)
    {
        var isMissed = false;
        wokeAt = time.GetTimestamp();
        while (true)
        {
            try
            {
                LogWatch(watch(isMissed));
                var isExpected = await WaitAsync(rescan, stop);
                var asked = asking.Count;
                isMissed = (Reload() && !isExpected) || asked > 0;
                while (!IsWaiting && asked-- > 0 && asking.TryDequeue(out var next))
                {
                    next.SetResult(scanFailure is null);
                }
            }
#pragma warning disable CA1031 // A bug must not end the loop: the server would go on with what it has for good.
            catch (Exception failure) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.InternalError(failure);
                nap = new(time.GetTimestamp(), rescan);
                await Task.Delay(rescan, time, stop);
                nap = null;
                wokeAt = time.GetTimestamp();
            }
        }
    }

    /// <summary>
    /// One scan, and the swap: returns whether anything was found to change. A scan that fails as a whole leaves the snapshot as it is,
    /// and so does one that met something changing, until that is at rest or has been waited for long enough.
    /// </summary>
    public bool Reload()
    {
        var started = time.GetTimestamp();
        using var overdue = time.CreateTimer(_ => log.ScanTakesLong(data), null, LongScan, Timeout.InfiniteTimeSpan);
        CatalogSnapshot next;
        scannedAt = time.GetUtcNow();
        try
        {
            next = scan(scannedAt, current);
        }
        catch (IOException failure)
        {
            // Who asks is told again.
            if (scanFailure != failure.Message || !asking.IsEmpty)
            {
                scanFailure = failure.Message;
                log.ScanFailed(data, failure.Message);
            }

            return false;
        }

        if (scanFailure is not null)
        {
            scanFailure = null;
            log.ScanWorksAgain(data);
        }

        unsettled = Since(next.Unsettled, unsettled);
        if (IsWaiting)
        {
            heldBack ??= time.GetTimestamp();
            return true;
        }

        heldBack = null;
        var (added, changed, removed) = next.Since(current);
        var isNews = added + changed + removed > 0;
        if (isNews)
        {
            log.Reloaded(added, changed, removed, time.GetElapsedTime(started).TotalMilliseconds);
        }

        isNews |= LogProblems(current.Problems, next.Problems) | LogCertificate(current.Tls?.Record, next.Tls?.Record);
        current = next;
        return isNews;
    }

    /// <summary>Until it is time to scan; returns whether there is a reason to, beyond the time that has passed.</summary>
    private async Task<bool> WaitAsync(TimeSpan rescan, CancellationToken stop)
    {
        var sleptAt = time.GetTimestamp();
        var busy = time.GetElapsedTime(wokeAt);
        var pause = debounce < rescan ? debounce : rescan;
        var isWaiting = IsWaiting;
        var due = isWaiting ? Longer(pause, busy) : Longer(rescan, RestAfterRescan * busy);

        // A timer may end a little early, and then the time comes between that scan and here: it is due as long as no scan came after it.
        if (current.ReviewAt is { } review && review > scannedAt && review - time.GetUtcNow() is var untilReview && untilReview < due)
        {
            due = Longer(untilReview, Longer(busy, TimeSpan.FromMilliseconds(1)));
        }

        nap = new(sleptAt, due);
        await announced.Task.WaitAsync(due, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();

        var isAnnounced = announced.Task.IsCompleted;
        if (isAnnounced)
        {
            var first = time.GetTimestamp();
            while (Rest() is var rest && rest > TimeSpan.Zero)
            {
                nap = new(time.GetTimestamp(), rest);

                // Timers know whole milliseconds only.
                await Task.Delay(Longer(rest, TimeSpan.FromMilliseconds(1)), time, stop);
            }

            // All that was announced until now is what the scan looks for.
            announced = new();

            // Until it is quiet, but not for ever; and as long as the work took that went before.
            TimeSpan Rest()
            {
                var untilQuiet = pause - time.GetElapsedTime(Volatile.Read(ref lastAnnounced));
                var patience = (PatientWithBurst * pause) - time.GetElapsedTime(first);
                return Longer(untilQuiet < patience ? untilQuiet : patience, busy - time.GetElapsedTime(sleptAt));
            }
        }

        nap = null;
        wokeAt = time.GetTimestamp();
        return isAnnounced || isWaiting;

        static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
    }

    /// <summary>Since when each place has been unsettled.</summary>
    private Dictionary<string, long> Since(IEnumerable<string> places, Dictionary<string, long> before)
    {
        var now = time.GetTimestamp();
        return places.ToDictionary(place => place, place => before.GetValueOrDefault(place, now));
    }

    private void LogWatch(string? fault)
    {
        if (fault == watchFault)
        {
            return;
        }

        watchFault = fault;
        if (fault is not null)
        {
            log.WatchFailed(data, fault);
        }
        else
        {
            log.WatchWorksAgain(data);
        }
    }

    /// <summary>Another certificate of the server's own, or other CAs of its clients; returns whether anything about it changed.</summary>
    private bool LogCertificate(TlsRecord? before, TlsRecord? after)
    {
        if (before is null || after is null || ReferenceEquals(before.LastGood, after.LastGood))
        {
            return false;
        }

        if (!after.LastGood.Chain.Equals(before.LastGood.Chain))
        {
            log.OwnCertificateRenewed(after.LastGood.NotAfter);
        }

        if (!Equals(before.LastGood.ClientAuthorities, after.LastGood.ClientAuthorities))
        {
            log.ClientAuthoritiesChanged();
        }

        return true;
    }

    /// <summary>What appeared and what cleared; returns whether anything did.</summary>
    private bool LogProblems(IReadOnlyList<Problem> before, IReadOnlyList<Problem> after)
    {
        if (ReferenceEquals(before, after))
        {
            return false;
        }

        var appeared = after.Except(before).ToList();
        foreach (var problem in appeared)
        {
            if (problem.Severity == Severity.Error)
            {
                log.ErrorAppeared(problem);
            }
            else
            {
                log.WarningAppeared(problem);
            }
        }

        var cleared = before.Except(after).ToList();
        cleared.ForEach(log.ProblemCleared);
        return appeared.Count + cleared.Count > 0;
    }

    /// <param name="Since">By timestamp.</param>
    /// <param name="Duration">How long it was meant to be.</param>
    private sealed record Nap(long Since, TimeSpan Duration);
}
