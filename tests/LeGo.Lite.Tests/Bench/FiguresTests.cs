using System.Diagnostics;
using LeGo.Lite.Bench;
using Xunit;

namespace LeGo.Lite.Tests.Bench;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(new[] { 7.0 }, 7)]
    [InlineData(new[] { 3.0, 1, 2 }, 2)]
    [InlineData(new[] { 4.0, 1, 3, 2 }, 2.5)]
    public void The_median_has_as_many_below_as_above(double[] values, double median) => Assert.Equal(median, values.Median());

    [Theory]
    [InlineData(10, 50, 5)]
    [InlineData(10, 99, 9)]
    [InlineData(150, 50, 75)]
    [InlineData(100_000, 99, 99_000)]
    public void Of_a_percentile_so_many_are_below(int count, int percent, int below) =>
        Assert.Equal(below / (double)Stopwatch.Frequency, Figures.Percentile([.. Enumerable.Range(0, count).Select(value => (long)value)], percent));
}
