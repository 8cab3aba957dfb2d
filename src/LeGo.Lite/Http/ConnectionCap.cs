using System.Net;
using Microsoft.AspNetCore.Connections;

namespace LeGo.Lite.Http;

/// <summary>
/// So many connections there may be, on all addresses together, and a share of them from one client: what comes on top is
/// closed. Kestrel's own limit counts for each address that is listened on alone, and where descriptors run out no file can be
/// read.
/// </summary>
/// <param name="max">Of all clients.</param>
/// <param name="proxies">They speak for many, as this machine itself does: no share limits them.</param>
/// <param name="time">When to warn again.</param>
/// <param name="log">Says that connections are closed.</param>
internal sealed class ConnectionCap(long max, TrustedProxies proxies, TimeProvider time, ILogger log)
{
    // Whoever opens connections by the thousand must not fill the log.
    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    // Of all connections one client may have a quarter.
    private readonly long share = Math.Max(1, max / 4);

    private readonly Lock counting = new();
    private readonly Dictionary<ulong, long> counts = [];
    private long count;
    private long warned;

    /// <summary>Has to come before TLS: a handshake is work already.</summary>
    public void Guard(IConnectionBuilder address) => address.Use(next => connection => AcceptAsync(connection, next));

    private async Task AcceptAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var client = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (!TryEnter(client))
        {
            Warn();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(client);
        }
    }

    public bool TryEnter(IPAddress? client)
    {
        var speaksForMany = client is null || IPAddress.IsLoopback(client) || proxies.Include(client);
        var network = ClientAddress.Network(client);
        lock (counting)
        {
            var own = counts.GetValueOrDefault(network);
            if (count >= max || (!speaksForMany && own >= share))
            {
                return false;
            }

            counts[network] = own + 1;
            count++;
            return true;
        }
    }

    public void Leave(IPAddress? client)
    {
        var network = ClientAddress.Network(client);
        lock (counting)
        {
            count--;
            if (--counts[network] == 0)
            {
                _ = counts.Remove(network);
            }
        }
    }

    private void Warn()
    {
        var (now, last) = (time.GetTimestamp(), Interlocked.Read(ref warned));
        var isDue = last == 0 || time.GetElapsedTime(last, now) >= WarningInterval;
        if (isDue && Interlocked.CompareExchange(ref warned, now, last) == last)
        {
            log.ConnectionsRefused(max, share);
        }
    }
}
