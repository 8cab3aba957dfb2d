using Microsoft.AspNetCore.Connections;

namespace LeGo.Lite.Http;

/// <summary>
/// So many connections there may be, on all addresses together: what comes on top is closed. Kestrel's own limit counts
/// for each address alone, and where descriptors run out it tries to accept again and again, and no file can be read.
/// </summary>
internal sealed class ConnectionCap(long max, TimeProvider time, ILogger log)
{
    // Whoever opens connections by the thousand must not fill the log.
    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private long count;
    private long warned;

    /// <summary>Has to come before TLS: a handshake is work already.</summary>
    public void Guard(IConnectionBuilder address) => address.Use(next => connection => AcceptAsync(connection, next));

    private async Task AcceptAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref count) <= max)
            {
                await next(connection);
            }
            else
            {
                Warn();
            }
        }
        finally
        {
            _ = Interlocked.Decrement(ref count);
        }
    }

    private void Warn()
    {
        var (now, last) = (time.GetTimestamp(), Interlocked.Read(ref warned));
        var isDue = last == 0 || time.GetElapsedTime(last, now) >= WarningInterval;
        if (isDue && Interlocked.CompareExchange(ref warned, now, last) == last)
        {
            log.ConnectionsRefused(max);
        }
    }
}
