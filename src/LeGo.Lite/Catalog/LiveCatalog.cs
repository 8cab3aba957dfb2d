namespace LeGo.Lite.Catalog;

/// <summary>
/// The snapshot in force, and the loop that replaces it. Every request reads
/// <see cref="Current"/> once; a reload sets it once.
/// </summary>
internal sealed class LiveCatalog
{
    // A place that is never at rest must not keep everybody else's changes out for good, and nor must
    // ever new ones.
    private const int PatientScans = 8;
    private const int MostPatientScans = 40;

    // A burst of changes is waited for, but not for ever.
    private const int PatientDebounces = 4;

    // Rescans take a tenth of the time at most, however large the tree.
    private const int RestAfterRescan = 10;

    private readonly string data;
    private readonly Func<DateTimeOffset, CatalogSnapshot, CatalogSnapshot> scan;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private volatile CatalogSnapshot current;
    private volatile TaskCompletionSource announced = new();
    private Dictionary<string, int> unsettled = [];
    private int heldScans;
    private long awake;
    private string? scanFailure;
    private string? watchFault;

    /// <summary>Begins with a snapshot already made, and logs its problems.</summary>
    /// <param name="data">What the log calls the source.</param>
    /// <param name="scan">
    /// Reads the source as of a time, given what is served; the same snapshot means that nothing changed. An
    /// <see cref="IOException"/> says why it can't be read as a whole.
    /// </param>
    /// <param name="first">A snapshot already made.</param>
    /// <param name="time">When to scan.</param>
    /// <param name="log">Where problems appear and clear.</param>
    public LiveCatalog(
        string data, Func<DateTimeOffset, CatalogSnapshot, CatalogSnapshot> scan, CatalogSnapshot first, TimeProvider time, ILogger log)
    {
        (this.data, this.scan, this.time, this.log) = (data, scan, time, log);
        current = first;
        unsettled = first.Unsettled.ToDictionary(place => place, _ => 1);
        LogProblems([], first.Problems);
    }

    /// <summary>Makes sure that changes are announced.</summary>
    /// <param name="anew">Not all of them were.</param>
    /// <returns>Whether anything is watched anew, and why changes may go unannounced.</returns>
    internal delegate (bool IsAnew, string? Fault) Watch(bool anew);

    public CatalogSnapshot Current => current;

    // The next scan can tell more soon: something was changing.
    private bool IsWaiting => scanFailure is null && unsettled.Values.Any(scans => scans < PatientScans);

    /// <summary>Something may have changed; on any thread, any number of times. All that happens in the call is that a timer starts.</summary>
    public void Announce() => announced.TrySetResult();

    /// <summary>
    /// Scans once what was announced has been quiet for <paramref name="debounce"/>, and in any case every <paramref name="rescan"/>.
    /// Nothing but <paramref name="stop"/> ends it.
    /// </summary>
    /// <param name="rescan">Where no change is announced, it shows after this time.</param>
    /// <param name="debounce">How long a file must be at rest.</param>
    /// <param name="watch">Makes sure that changes are announced from now on, of what is there now.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(TimeSpan rescan, TimeSpan debounce, Watch watch, CancellationToken stop)
    {
        debounce = debounce < rescan ? debounce : rescan;
        var isMissed = false;
        awake = time.GetTimestamp();
        while (true)
        {
            var (isAnew, fault) = watch(isMissed);
            LogWatch(fault);

            // Watched anew: what changed before that was not announced, so it is looked for at once.
            var isAnnounced = isAnew || await WaitAsync(rescan, debounce, stop);
            stop.ThrowIfCancellationRequested();
            isMissed = Reload() && !isAnnounced;
        }
    }

    /// <summary>
    /// One scan, and the swap: returns whether anything changed. A scan that fails as a whole leaves the snapshot as it is,
    /// and so does one that met something changing, until that is at rest or has been waited for long enough.
    /// </summary>
    public bool Reload()
    {
        var started = time.GetTimestamp();
        CatalogSnapshot next;
        try
        {
            next = scan(time.GetUtcNow(), current);
        }
        catch (IOException failure)
        {
            if (scanFailure != failure.Message)
            {
                scanFailure = failure.Message;
                log.ScanFailed(data, failure.Message);
            }

            return false;
        }
#pragma warning disable CA1031 // A bug must not end the loop: the server would go on with what it has for good.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.InternalError(failure);
            return false;
        }

        if (scanFailure is not null)
        {
            scanFailure = null;
            log.ScanWorksAgain(data);
        }

        unsettled = next.Unsettled.ToDictionary(place => place, place => unsettled.GetValueOrDefault(place) + 1);
        if (IsWaiting && ++heldScans < MostPatientScans)
        {
            return true;
        }

        heldScans = 0;
        var (added, changed, removed) = next.Since(current);
        if (added + changed + removed > 0)
        {
            log.Reloaded(added, changed, removed, time.GetElapsedTime(started).TotalMilliseconds);
        }

        var isNews = LogProblems(current.Problems, next.Problems) || added + changed + removed > 0;
        current = next;
        return isNews;
    }

    /// <summary>Until it is time to scan; returns whether that was announced.</summary>
    private async Task<bool> WaitAsync(TimeSpan rescan, TimeSpan debounce, CancellationToken stop)
    {
        var isWaiting = IsWaiting;
        var work = time.GetElapsedTime(awake);
        var due = isWaiting ? Longer(debounce, work) : Longer(rescan, RestAfterRescan * work);
        await announced.Task.WaitAsync(due, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var isAnnounced = announced.Task.IsCompleted;
        for (var i = 0; i < PatientDebounces && announced.Task.IsCompleted; i++)
        {
            announced = new();
            await Task.Delay(Longer(debounce, work), time, stop);
        }

        awake = time.GetTimestamp();
        return isAnnounced || isWaiting;

        static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
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
}
