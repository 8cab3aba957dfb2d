using LeGo.Lite.Http;
using Xunit;

namespace LeGo.Lite.Tests.Http;

public sealed class LimitsTests
{
    private const long Gigabyte = 1L << 30;

    [Theory]
    [InlineData(0, Gigabyte, 1)]
    [InlineData(128, Gigabyte, 1)]
    [InlineData(130, Gigabyte, 2)]
    [InlineData(1024, Gigabyte, 896)]
    [InlineData(10_127, 2 * Gigabyte, 9_999)]
    [InlineData(10_128, 2 * Gigabyte, 10_000)]
    [InlineData(1_048_576, 2 * Gigabyte, 10_000)]
    [InlineData(long.MaxValue, long.MaxValue, 10_000)]
    [InlineData(long.MaxValue, Gigabyte / 4, 2_048)]
    [InlineData(long.MaxValue, 0, 1)]
    public void Connections_leave_descriptors_and_memory_for_the_tree(long descriptors, long memory, long connections) =>
        Assert.Equal(connections, Limits.Connections(descriptors, memory));

    [Fact]
    public void Enough_descriptors_are_enough()
    {
        Assert.True(Connections(Limits.EnoughDescriptors) > Connections(Limits.EnoughDescriptors - 1));
        Assert.Equal(Connections(long.MaxValue), Connections(Limits.EnoughDescriptors));

        static long Connections(long descriptors) => Limits.Connections(descriptors, long.MaxValue);
    }
}
