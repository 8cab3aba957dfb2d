using CsCheck;
using LeGo.Lite.Catalog;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

public sealed class TimelineTests
{
    private static readonly DateTimeOffset Zero = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Few different times, so that windows touch, coincide, nest and are empty or reversed.
    private static readonly Gen<Candidate[]> GenCandidates =
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 12], (from, until) => new Candidate(At(from), At(until))).Array[0, 9];

    [Fact]
    public void At_any_time_the_first_whose_window_holds_it()
    {
        Gen.Select(GenCandidates, Gen.Int[-1, 13]).Sample((candidates, now) =>
        {
            var timeline = Timeline<Candidate>.Of(candidates, candidate => (candidate.From, candidate.Until), At(now));
            foreach (var time in Moments().Where(time => time >= At(now)))
            {
                Assert.Same(Model(candidates, time), timeline.At(time));
            }
        });
    }

    [Fact]
    public void Keeps_exactly_what_can_still_come_and_makes_it_once()
    {
        Gen.Select(GenCandidates, Gen.Int[-1, 13]).Sample((candidates, now) =>
        {
            var made = new List<Candidate>();
            _ = Timeline<Candidate>.Of(candidates, candidate => (candidate.From, candidate.Until), At(now)).Select(candidate =>
            {
                made.Add(candidate);
                return candidate;
            });

            var needed = Moments().Where(time => time >= At(now)).Select(time => Model(candidates, time)).OfType<Candidate>();
            Assert.Equal(
                needed.ToHashSet<Candidate>(ReferenceEqualityComparer.Instance),
                made.ToHashSet<Candidate>(ReferenceEqualityComparer.Instance));
            Assert.Equal(made.Count, made.Distinct(ReferenceEqualityComparer.Instance).Count());
        });
    }

    [Fact]
    public void Where_nothing_is_made_of_a_candidate_nothing_holds()
    {
        Gen.Select(GenCandidates, Gen.Int[0, 511]).Sample((candidates, mask) =>
        {
            var kept = candidates.Where((_, i) => (mask >> i & 1) == 1).ToHashSet<object>(ReferenceEqualityComparer.Instance);
            var timeline = Timeline<Candidate>.Of(candidates, candidate => (candidate.From, candidate.Until), At(-1))
                .Select(candidate => kept.Contains(candidate) ? candidate : null);
            foreach (var time in Moments())
            {
                // Not the next best: the newest valid order decides, whatever it lacks.
                var expected = Model(candidates, time);
                Assert.Same(expected is not null && kept.Contains(expected) ? expected : null, timeline.At(time));
            }
        });
    }

    [Fact]
    public void The_next_change_is_the_first_time_at_which_something_else_holds()
    {
        Gen.Select(GenCandidates, Gen.Int[-1, 13]).Sample((candidates, now) =>
        {
            var timeline = Timeline<Candidate>.Of(candidates, candidate => (candidate.From, candidate.Until), At(now));
            foreach (var time in Moments().Where(time => time >= At(now)))
            {
                var holds = Model(candidates, time);
                var changes = Moments().Where(later => later > time && !ReferenceEquals(Model(candidates, later), holds));
                Assert.Equal(changes.Select(change => (DateTimeOffset?)change).FirstOrDefault(), timeline.NextChange(time));
            }
        });
        Assert.Null(Timeline<string>.Never.NextChange(Zero));
    }

    [Fact]
    public void Always_holds_at_any_time()
    {
        var always = Timeline<string>.Always("x");

        Assert.Equal("x", always.At(DateTimeOffset.MinValue));
        Assert.Equal("x", always.At(Zero));
        Assert.Equal("x", always.At(DateTimeOffset.MaxValue.AddTicks(-1)));
    }

    [Fact]
    public void Thousands_of_windows_are_quick()
    {
        // Nested, so that a scan of all open windows at each edge would be 10^9 steps.
        var candidates = Enumerable.Range(0, 30_000).Select(i => new Candidate(At(i), At(90_000 - i))).ToArray();

        var timeline = Timeline<Candidate>.Of([.. candidates.Reverse()], candidate => (candidate.From, candidate.Until), At(-1));

        Assert.Same(candidates[^1], timeline.At(At(45_000)));
        Assert.Same(candidates[0], timeline.At(At(0)));
    }

    private static DateTimeOffset At(int step) => Zero.AddHours(step);

    /// <summary>Every edge a candidate can have, a tick before and a tick after it.</summary>
    private static IEnumerable<DateTimeOffset> Moments() =>
        Enumerable.Range(-1, 15).SelectMany(step => new[] { At(step).AddTicks(-1), At(step), At(step).AddTicks(1) });

    private static Candidate? Model(Candidate[] candidates, DateTimeOffset time) =>
        candidates.FirstOrDefault(candidate => candidate.From <= time && time < candidate.Until);

    private sealed record Candidate(DateTimeOffset From, DateTimeOffset Until);
}
