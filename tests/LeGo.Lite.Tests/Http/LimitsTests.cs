using LeGo.Lite.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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
    public void Connections_leave_descriptors_for_the_tree(long descriptors, long connections)
    {
        var limits = new KestrelServerLimits();

        Limits.Set(limits, descriptors);

        Assert.Equal(connections, limits.MaxConcurrentConnections);
    }

    [Fact]
    public void A_process_may_have_descriptors_open() => Assert.InRange(OwnProcess.MaxDescriptors, 4, long.MaxValue);
}
