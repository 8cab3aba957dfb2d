namespace LeGo.Lite.Files;

/// <summary>What can be said of a file that was changed a short time ago.</summary>
/// <param name="Now">The moment of the scan.</param>
/// <param name="Debounce">How long no write must have come for a file to be at rest; zero: don't ask.</param>
internal readonly record struct Freshness(DateTimeOffset Now, TimeSpan Debounce)
{
    // A scan can take a while; what is later than that is a clock that moved, not a write.
    private static readonly TimeSpan LongestScan = TimeSpan.FromMinutes(1);

    // The kernel's clock for file times ticks 100 times a second or more often.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    // Some file systems keep whole seconds, or every second one (FAT).
    private static readonly TimeSpan CoarseTick = TimeSpan.FromSeconds(2);

    /// <summary>The write may go on.</summary>
    public bool IsChanging(in FileStamp stamp) => Debounce > TimeSpan.Zero && IsWithin(Debounce, stamp);

    /// <summary>
    /// One more write could leave the very same stamp, so that the next scan must not believe it
    /// (Git calls such a file racily clean).
    /// </summary>
    public bool IsRacy(in FileStamp stamp) => IsWithin(stamp.Changed % TimeSpan.TicksPerSecond == 0 ? CoarseTick : Tick, stamp);

    private bool IsWithin(TimeSpan span, in FileStamp stamp)
    {
        var age = Now - stamp.ChangedAt;
        return age < span && age > -LongestScan;
    }
}
