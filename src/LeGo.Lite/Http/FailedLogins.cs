using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace LeGo.Lite.Http;

/// <summary>
/// Slows down guessing: after so many failed logins within a window an address is refused until the window ends,
/// whatever API key it brings. An address that did not fail is never refused.
/// </summary>
/// <param name="limit">Failures that are answered as such in one window; 0 turns it off.</param>
/// <param name="window">Begins with an address's first failure.</param>
internal sealed class FailedLogins(int limit, TimeSpan window)
{
    // So many guesses have been made before the table is full that forgetting them gives none away.
    private const int MaxAddresses = 20_000;

    private readonly Lock adding = new();
    private volatile ConcurrentDictionary<ulong, FixedWindowRateLimiter> limiters = new();
    private int count;

    /// <summary>How long an address has to wait; null: it is heard.</summary>
    public TimeSpan? Wait(IPAddress? client)
    {
        if (limit == 0 || !limiters.TryGetValue(Network(client), out var limiter))
        {
            return null;
        }

        _ = limiter.TryReplenish();
        using var lease = limiter.AttemptAcquire(0);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : window;
    }

    public void Add(IPAddress? client)
    {
        if (limit > 0)
        {
            using var lease = Limiter(Network(client)).AttemptAcquire();
        }
    }

    private FixedWindowRateLimiter Limiter(ulong network)
    {
        if (limiters.TryGetValue(network, out var known))
        {
            return known;
        }

        lock (adding)
        {
            if (count == MaxAddresses)
            {
                (limiters, count) = (new(), 0);
            }

            if (!limiters.TryGetValue(network, out known))
            {
                known = new(new() { PermitLimit = limit, Window = window, AutoReplenishment = false });
                limiters[network] = known;
                count++;
            }

            return known;
        }
    }

    /// <summary>
    /// An IPv4 address, or the first 64 bits of an IPv6 address: what is behind them is one site's (RFC 4291, section 2.5.4).
    /// The two can't be taken for one another: no IPv6 network that is routed begins with 32 zero bits.
    /// </summary>
    private static ulong Network(IPAddress? client)
    {
        if (client is null)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = client.TryWriteBytes(bytes, out _);
        return client.AddressFamily == AddressFamily.InterNetwork ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : client.IsIPv4MappedToIPv6 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
