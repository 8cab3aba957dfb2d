namespace LeGo.Lite;

/// <summary>
/// Every log event, with its id. What goes in here is chosen so that no API key and no private key
/// can: never a URL, a header, or what a file holds (SPEC 5).
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Client} {Route} {Name} {Status} {Outcome} {Milliseconds:0.00} ms")]
    public static partial void Download(
        this ILogger log, string client, string route, string name, int status, string outcome, double milliseconds);

    [LoggerMessage(2, LogLevel.Error, "{Problem}")]
    public static partial void ErrorAppeared(this ILogger log, Problem problem);

    [LoggerMessage(3, LogLevel.Warning, "{Problem}")]
    public static partial void WarningAppeared(this ILogger log, Problem problem);

    [LoggerMessage(4, LogLevel.Information, "cleared: {Problem}")]
    public static partial void ProblemCleared(this ILogger log, Problem problem);

    [LoggerMessage(5, LogLevel.Error, "{Data} can't be read, so what was served before goes on being served: {Reason}")]
    public static partial void ScanFailed(this ILogger log, string data, string reason);

    [LoggerMessage(6, LogLevel.Information, "{Data} can be read again")]
    public static partial void ScanWorksAgain(this ILogger log, string data);

    [LoggerMessage(7, LogLevel.Error, "internal error")]
    public static partial void InternalError(this ILogger log, Exception exception);

    [LoggerMessage(8, LogLevel.Information, "reloaded: {Added} added, {Changed} changed, {Removed} removed, {Milliseconds:0} ms")]
    public static partial void Reloaded(this ILogger log, int added, int changed, int removed, double milliseconds);

    [LoggerMessage(9, LogLevel.Warning, "{Data} can't be watched, so a change may show only at the next rescan: {Reason}")]
    public static partial void WatchFailed(this ILogger log, string data, string reason);

    [LoggerMessage(10, LogLevel.Information, "{Data} is watched again")]
    public static partial void WatchWorksAgain(this ILogger log, string data);

    [LoggerMessage(11, LogLevel.Information, "the server's own certificate was renewed; it is valid until {NotAfter:yyyy-MM-dd'T'HH:mm:ss'Z'}")]
    public static partial void OwnCertificateRenewed(this ILogger log, DateTimeOffset notAfter);

    [LoggerMessage(12, LogLevel.Information, "clients are asked for certificates of other CAs from now on")]
    public static partial void ClientAuthoritiesChanged(this ILogger log);

    [LoggerMessage(13, LogLevel.Warning, "connections were closed at once: there may be {Max}, and {Share} from one client; for up to 10,000 raise the limit of open files (ulimit -n, LimitNOFILE=) and give it 128 KiB of memory for each, and let a firewall keep out who opens them for nothing")]
    public static partial void ConnectionsRefused(this ILogger log, long max, long share);

    [LoggerMessage(14, LogLevel.Information, "{Client} was not let in: {Reason}")]
    public static partial void ClientCertificateRefused(this ILogger log, string client, string reason);

    [LoggerMessage(15, LogLevel.Warning, "{Data} is still being read after a minute: the disk may hang; what was read before is served until it ends, also with API keys that were taken away")]
    public static partial void ScanTakesLong(this ILogger log, string data);

    [LoggerMessage(16, LogLevel.Information, "looked at everything anew, as SIGHUP asks for; what changed in the config itself takes a restart")]
    public static partial void Rescanned(this ILogger log);

    [LoggerMessage(17, LogLevel.Critical, "nobody looks for changes any more, so the watchdog is not told that all is well")]
    public static partial void LoopHangs(this ILogger log);
}
