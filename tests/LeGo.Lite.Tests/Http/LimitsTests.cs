using LeGo.Lite.Http;
using Xunit;

namespace LeGo.Lite.Tests.Http;

public sealed class LimitsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(128, 1)]
    [InlineData(130, 2)]
    [InlineData(1024, 896)]
    [InlineData(10_127, 9_999)]
    [InlineData(10_128, 10_000)]
    [InlineData(1_048_576, 10_000)]
    [InlineData(long.MaxValue, 10_000)]
    public void Connections_leave_descriptors_for_the_tree(long descriptors, long connections) =>
        Assert.Equal(connections, Limits.Connections(descriptors));

    [Fact]
    public void Enough_descriptors_are_enough()
    {
        Assert.True(Limits.Connections(Limits.EnoughDescriptors) > Limits.Connections(Limits.EnoughDescriptors - 1));
        Assert.Equal(Limits.Connections(long.MaxValue), Limits.Connections(Limits.EnoughDescriptors));
    }
}
