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
}
