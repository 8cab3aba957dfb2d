using System.Collections.Immutable;

namespace LeGo.Lite.Catalog;

/// <summary>
/// Which of several candidates holds at what time: stretches of time that don't overlap, worked out
/// once, so that a request only looks where its own moment falls (SPEC 4).
/// </summary>
internal sealed class Timeline<T>
    where T : class
{
    private readonly ImmutableArray<Stretch> stretches;

    private Timeline(ImmutableArray<Stretch> stretches) => this.stretches = stretches;

    private readonly record struct Stretch(DateTimeOffset From, DateTimeOffset Until, T Value);

    /// <summary>Nothing holds at any time.</summary>
    public static Timeline<T> Never { get; } = new([]);

    /// <summary>Holds <paramref name="value"/> at any time.</summary>
    public static Timeline<T> Always(T value) => new([new(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, value)]);

    /// <summary>
    /// At each time the first of <paramref name="bestFirst"/> whose window, from inclusive and
    /// until exclusive, holds that time. What is over by <paramref name="now"/>, or never first, is
    /// dropped. O(n log n).
    /// </summary>
    public static Timeline<T> Of(IReadOnlyList<T> bestFirst, Func<T, (DateTimeOffset From, DateTimeOffset Until)> window, DateTimeOffset now)
    {
        var edges = new List<(DateTimeOffset Time, int Rank, bool Opens)>(2 * bestFirst.Count);
        for (var rank = 0; rank < bestFirst.Count; rank++)
        {
            var (from, until) = window(bestFirst[rank]);
            if (from < until && now < until)
            {
                edges.Add((from, rank, true));
                edges.Add((until, rank, false));
            }
        }

        edges.Sort((a, b) => a.Time.CompareTo(b.Time));

        var stretches = ImmutableArray.CreateBuilder<Stretch>();
        var open = new SortedSet<int>();
        for (var i = 0; i < edges.Count; i++)
        {
            var (time, rank, opens) = edges[i];
            _ = opens ? open.Add(rank) : open.Remove(rank);
            if (i + 1 < edges.Count && edges[i + 1].Time > time && open.Count > 0 && now < edges[i + 1].Time)
            {
                Extend(time, edges[i + 1].Time, bestFirst[open.Min]);
            }
        }

        return new(stretches.DrainToImmutable());

        void Extend(DateTimeOffset from, DateTimeOffset until, T best)
        {
            if (stretches is [.., var last] && last.Until == from && ReferenceEquals(last.Value, best))
            {
                stretches[^1] = last with { Until = until };
            }
            else
            {
                stretches.Add(new(from, until, best));
            }
        }
    }

    public T? At(DateTimeOffset time)
    {
        foreach (var stretch in stretches)
        {
            if (time < stretch.Until)
            {
                return stretch.From <= time ? stretch.Value : null;
            }
        }

        return null;
    }

    /// <summary>The first time after <paramref name="time"/> at which something else holds, or nothing; null if there is none.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset time)
    {
        foreach (var stretch in stretches)
        {
            if (time < stretch.Until)
            {
                return time < stretch.From ? stretch.From : stretch.Until;
            }
        }

        return null;
    }

    /// <summary>The same stretches of what <paramref name="make"/> gives; each candidate is made once, and where it gives null nothing holds.</summary>
    public Timeline<TOther> Select<TOther>(Func<T, TOther?> make)
        where TOther : class
    {
        var made = new Dictionary<T, TOther?>(ReferenceEqualityComparer.Instance);
        var others = ImmutableArray.CreateBuilder<Timeline<TOther>.Stretch>(stretches.Length);
        foreach (var (from, until, value) in stretches)
        {
            if (!made.TryGetValue(value, out var other))
            {
                made.Add(value, other = make(value));
            }

            if (other is not null)
            {
                others.Add(new(from, until, other));
            }
        }

        return new(others.DrainToImmutable());
    }
}
