using System.Collections.Concurrent;
using System.Net;
using System.Threading.RateLimiting;

namespace LeGo.Lite.Http;

/// <summary>
/// Slows down guessing: after so many failed logins within a window an address is refused until the window ends,
/// whatever API key it brings. An address that did not fail is never refused.
/// </summary>
/// <param name="limit">Failures that are answered as such in one window; 0 turns it off.</param>
/// <param name="window">Begins with the first attempt after the one before has ended.</param>
internal sealed class FailedLogins(int limit, TimeSpan window)
{
    // So many guesses have been made before the table is full that forgetting them gives none away.
    private const int MaxAddresses = 20_000;

    private readonly Lock adding = new();
    private volatile ConcurrentDictionary<ulong, FixedWindowRateLimiter> limiters = new();
    private int count;

    /// <summary>How long an address has to wait at most; how much of it is over, the framework's limiter does not say.</summary>
    public TimeSpan Window => window;

    /// <summary>Whether an address is refused, whatever it brings.</summary>
    public bool MustWait(IPAddress? client)
    {
        if (limit == 0 || !limiters.TryGetValue(ClientAddress.Network(client), out var limiter))
        {
            return false;
        }

        _ = limiter.TryReplenish();
        using var lease = limiter.AttemptAcquire(0);
        return !lease.IsAcquired;
    }

    public void Add(IPAddress? client)
    {
        if (limit > 0)
        {
            using var lease = Limiter(ClientAddress.Network(client)).AttemptAcquire();
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
}
