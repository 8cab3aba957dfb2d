using LeGo.Lite.Bench;
using Xunit;

namespace LeGo.Lite.Tests.Bench;

/// <summary>By hand: distribution functions side by side, and each sample of one set against each of the other.</summary>
public sealed class LikenessTests
{
    [Theory]
    [InlineData(new long[] { 1, 2, 3 }, new long[] { 1, 2, 3 }, 0, 0.5)]
    [InlineData(new long[] { 4, 5 }, new long[] { 1, 2, 3 }, 1, 1)]
    [InlineData(new long[] { 1, 2, 3 }, new long[] { 4, 5 }, 1, 0)]
    [InlineData(new long[] { 1, 2, 2, 4 }, new long[] { 2, 2, 3 }, 1 / 4.0, 5 / 12.0)]
    [InlineData(new long[] { 2, 2, 3 }, new long[] { 1, 2, 2, 4 }, 1 / 4.0, 7 / 12.0)]
    public void Two_sets_are_so_far_apart_and_the_first_is_so_often_greater(long[] first, long[] second, double distance, double greater)
    {
        var likeness = Likeness.Of(first, second);

        Assert.Equal(distance, likeness.Distance, 12);
        Assert.Equal(greater, likeness.Greater, 12);
    }

    /// <summary>1.9495 is the factor in tables of the test for α = 0.001.</summary>
    [Fact]
    public void The_critical_distance_is_that_of_tables() => Assert.Equal(1.9495 * Math.Sqrt(2 / 100.0), Likeness.CriticalDistance(100), 4);
}
