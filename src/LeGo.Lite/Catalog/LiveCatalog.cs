namespace LeGo.Lite.Catalog;

/// <summary>
/// The snapshot in force, and the loop that replaces it. Every request reads
/// <see cref="Current"/> once; a reload sets it once.
/// </summary>
internal sealed class LiveCatalog
{
    // A writer that never rests must not keep everybody else's changes out for good.
    private const int PatientScans = 8;

    private readonly string data;
    private readonly Func<DateTimeOffset, CatalogSnapshot> scan;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private volatile CatalogSnapshot current;
    private string? scanFailure;
    private int unsettledScans;

    /// <summary>Begins with a snapshot already made, and logs its problems.</summary>
    /// <param name="data">What the log calls the source.</param>
    /// <param name="scan">Reads the source as of a time; an <see cref="IOException"/> says why it can't be read as a whole.</param>
    /// <param name="first">A snapshot already made.</param>
    /// <param name="time">When to scan.</param>
    /// <param name="log">Where problems appear and clear.</param>
    public LiveCatalog(string data, Func<DateTimeOffset, CatalogSnapshot> scan, CatalogSnapshot first, TimeProvider time, ILogger log)
    {
        (this.data, this.scan, this.time, this.log) = (data, scan, time, log);
        current = first;
        LogProblems([], first.Problems);
    }

    public CatalogSnapshot Current => current;

    /// <summary>
    /// Scans every <paramref name="rescan"/>, or after <paramref name="debounce"/> when the last scan met
    /// a file that was changing. Nothing but <paramref name="stop"/> ends it.
    /// </summary>
    public async Task RunAsync(TimeSpan rescan, TimeSpan debounce, CancellationToken stop)
    {
        while (true)
        {
            var isUnsettled = scanFailure is null && (current.Unsettled || unsettledScans > 0);
            await Task.Delay(isUnsettled && debounce < rescan ? debounce : rescan, time, stop);
            Reload();
        }
    }

    /// <summary>One scan, and the swap. A scan that fails as a whole leaves the snapshot as it is.</summary>
    public void Reload()
    {
        CatalogSnapshot next;
        try
        {
            next = scan(time.GetUtcNow());
        }
        catch (IOException failure)
        {
            if (scanFailure != failure.Message)
            {
                scanFailure = failure.Message;
                log.ScanFailed(data, failure.Message);
            }

            unsettledScans = 0;
            return;
        }
#pragma warning disable CA1031 // A bug must not end the loop: the server would go on with what it has for good.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.InternalError(failure);
            return;
        }

        if (scanFailure is not null)
        {
            scanFailure = null;
            log.ScanWorksAgain(data);
        }

        if (next.Unsettled && ++unsettledScans < PatientScans)
        {
            return;
        }

        unsettledScans = 0;
        LogProblems(current.Problems, next.Problems);
        current = next;
    }

    private void LogProblems(IReadOnlyList<Problem> before, IReadOnlyList<Problem> after)
    {
        foreach (var problem in after.Except(before))
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

        foreach (var problem in before.Except(after))
        {
            log.ProblemCleared(problem);
        }
    }
}
