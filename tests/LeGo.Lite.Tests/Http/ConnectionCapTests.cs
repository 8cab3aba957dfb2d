using System.Net;
using LeGo.Lite.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>How many connections there may be of whom; that they are closed is for the end-to-end tests.</summary>
public sealed class ConnectionCapTests
{
    private readonly ConnectionCap cap = new(40, new([IPNetwork.Parse("10.0.0.0/8")]), TimeProvider.System, NullLogger.Instance);

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", 10)]
    [InlineData("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", 10)]
    [InlineData("127.0.0.1", "127.0.0.1", 40)]
    [InlineData("::1", "::1", 40)]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", 40)]
    public void A_client_has_a_share_and_who_speaks_for_many_may_have_all(string address, string sameClient, int share)
    {
        var (first, second) = (IPAddress.Parse(address), IPAddress.Parse(sameClient));
        for (var i = 0; i < share; i++)
        {
            Assert.True(cap.TryEnter(i % 2 == 0 ? first : second));
        }

        Assert.False(cap.TryEnter(first));
        Assert.False(cap.TryEnter(second));
        Assert.Equal(share < 40, cap.TryEnter(IPAddress.Parse("198.51.100.1")));

        cap.Leave(second);
        Assert.True(cap.TryEnter(first));
    }

    [Fact]
    public void All_clients_together_have_no_more_than_there_may_be()
    {
        var clients = Enumerable.Range(0, 41).Select(i => new IPAddress([192, 0, 2, (byte)i])).ToList();

        Assert.All(clients[..40], client => Assert.True(cap.TryEnter(client)));
        Assert.False(cap.TryEnter(clients[40]));

        cap.Leave(clients[0]);
        Assert.True(cap.TryEnter(clients[40]));
    }
}
