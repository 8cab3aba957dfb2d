using System.Net;
using LeGo.Lite.Http;
using Xunit;

namespace LeGo.Lite.Tests.Http;

public sealed class FailedLoginsTests
{
    // Of the table of addresses.
    private const int MaxAddresses = 20_000;

    // No test takes so long.
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);

    /// <summary>Addresses, and what they count as.</summary>
    private static readonly (IPAddress? Address, string Network)[] Clients =
    [
        (null, "no address"),
        Client("192.0.2.1", "first"),
        Client("::ffff:192.0.2.1", "first"),
        Client("192.0.2.2", "second"),
        Client("::ffff:c000:202", "second"),
        Client("2.0.0.192", "of the bytes of second in another order"),
        Client("255.255.255.255", "the last of IPv4"),
        Client("2001:db8:0:1::", "first of IPv6"),
        Client("2001:db8:0:1::1", "first of IPv6"),
        Client("2001:db8:0:1:ffff:ffff:ffff:ffff", "first of IPv6"),
        Client("2001:db8:0:2::1", "its neighbour"),
        Client("2001:db8:0:0:1::1", "its other neighbour"),
        Client("2001:db8:1:1::1", "another site"),
        Client("c000:201::", "of IPv6, with the bytes of the first"),
        Client("0:0:0:1::c000:201", "of IPv6, that ends with the bytes of the first"),
        Client("ffff:ffff:ffff:ffff::", "the last of IPv6"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void As_many_failures_as_the_limit_are_answered_and_then_none(int limit)
    {
        var logins = new FailedLogins(limit, Window);
        var client = Clients[1].Address;
        for (var failures = 0; failures < limit; failures++)
        {
            // Asking is no failure.
            Assert.False(logins.MustWait(client));
            Assert.False(logins.MustWait(client));
            logins.Add(client);
        }

        for (var i = 0; i < 3; i++)
        {
            Assert.True(logins.MustWait(client));
            logins.Add(client);
        }
    }

    [Fact]
    public void Each_address_waits_for_its_own_failures_only()
    {
        var random = new Random(429);
        for (var round = 0; round < 200; round++)
        {
            var limit = random.Next(1, 6);
            var logins = new FailedLogins(limit, Window);
            var failures = Clients.Select(client => client.Network).Distinct().ToDictionary(network => network, _ => 0);
            for (var step = 0; step < 60; step++)
            {
                var (address, network) = Clients[random.Next(Clients.Length)];
                logins.Add(address);
                failures[network]++;
                Assert.All(Clients, client => Assert.Equal(failures[client.Network] >= limit, logins.MustWait(client.Address)));
            }
        }
    }

    [Fact]
    public void Zero_turns_it_off()
    {
        var logins = new FailedLogins(0, Window);
        foreach (var (address, _) in Clients)
        {
            logins.Add(address);
            Assert.False(logins.MustWait(address));
        }
    }

    /// <summary>The clock of the window can't be set: nothing is asserted of how long it takes, only that it ends.</summary>
    [Fact]
    public void Who_waited_is_heard_again()
    {
        var logins = new FailedLogins(2, TimeSpan.FromMilliseconds(20));
        for (var window = 0; window < 3; window++)
        {
            Assert.True(SpinWait.SpinUntil(Fail, TimeSpan.FromMinutes(1)));
            Assert.True(SpinWait.SpinUntil(() => !logins.MustWait(null), TimeSpan.FromMinutes(1)));
        }

        bool Fail()
        {
            logins.Add(null);
            return logins.MustWait(null);
        }
    }

    [Fact]
    public void Of_a_million_addresses_only_so_many_are_remembered()
    {
        var logins = new FailedLogins(1, Window);
        var next = 0u;
        while (next < 1_000_000)
        {
            var oldest = Address(next);
            for (var i = 0; i < MaxAddresses; i++)
            {
                var newest = Address(next++);
                logins.Add(newest);
                Assert.True(logins.MustWait(newest));
            }

            // Full, and each is there; those that are known take no place.
            Assert.True(logins.MustWait(oldest));
            logins.Add(oldest);
            Assert.True(logins.MustWait(oldest));

            // One more, and all before it are forgotten.
            logins.Add(Address(next));
            Assert.True(logins.MustWait(Address(next)));
            Assert.False(logins.MustWait(oldest));
            Assert.False(logins.MustWait(Address(next - 1)));
        }

        static IPAddress Address(uint number) => new([0x20, 1, 0xd, 0xb8, (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    [Fact]
    public async Task No_failure_is_lost_between_threads()
    {
        const int Threads = 8;
        const int Limit = 4 * Threads;
        var logins = new FailedLogins(Limit, Window);
        using var together = new Barrier(Threads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (var round = 0; round < 300; round++)
                {
                    var (full, almost) = (new IPAddress([10, 0, (byte)(round >> 8), (byte)round]), new IPAddress([10, 1, (byte)(round >> 8), (byte)round]));
                    together.SignalAndWait(TestContext.Current.CancellationToken);
                    for (var i = 0; i < Limit / Threads; i++)
                    {
                        logins.Add(full);
                        if (thread > 0 || i > 0)
                        {
                            logins.Add(almost);
                        }
                    }

                    together.SignalAndWait(TestContext.Current.CancellationToken);
                    Assert.True(logins.MustWait(full));
                    Assert.False(logins.MustWait(almost));
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }

    private static (IPAddress? Address, string Network) Client(string address, string network) => (IPAddress.Parse(address), network);
}
