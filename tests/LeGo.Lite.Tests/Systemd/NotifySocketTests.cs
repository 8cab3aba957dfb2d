using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LeGo.Lite.Systemd;
using LeGo.Lite.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LeGo.Lite.Tests.Systemd;

public sealed class NotifySocketTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly TempTree temp = new();
    private readonly Socket listening = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly NotifySocket notify;

    public NotifySocketTests()
    {
        var path = temp["notify"];
        listening.Bind(new UnixDomainSocketEndPoint(path));
        notify = new(path, time);
    }

    public void Dispose()
    {
        listening.Dispose();
        temp.Dispose();
    }

    [Fact]
    public async Task Each_message_is_one_datagram()
    {
        await notify.ReadyAsync("serving");
        await notify.ReloadingAsync();
        await notify.AliveAsync("serving on");
        await notify.StoppingAsync();

        var now = (long)time.GetElapsedTime(0).TotalMicroseconds;
        Assert.Equal(
            ["READY=1\nSTATUS=serving", $"RELOADING=1\nMONOTONIC_USEC={now}", "WATCHDOG=1\nSTATUS=serving on", "STOPPING=1"],
            [Receive(), Receive(), Receive(), Receive()]);
    }

    /// <summary>systemd compares it with its own clock, to tell this reload from one before.</summary>
    [Fact]
    public async Task The_time_of_a_reload_is_that_of_the_clock_that_counts_from_boot()
    {
        await new NotifySocket(temp["notify"], TimeProvider.System).ReloadingAsync();

        // /proc/uptime counts the time in which the machine slept, too.
        var said = TimeSpan.FromMicroseconds(long.Parse(Receive().Split('=')[^1], CultureInfo.InvariantCulture));
        var upTime = TimeSpan.FromSeconds(double.Parse((await File.ReadAllTextAsync("/proc/uptime", TestContext.Current.CancellationToken)).Split(' ')[0], CultureInfo.InvariantCulture));
        Assert.InRange(said, TimeSpan.FromTicks(1), upTime + TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task A_name_after_an_at_sign_is_one_of_the_abstract_namespace()
    {
        var name = $"lego-lite-{Guid.NewGuid():N}";
        using var named = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        named.Bind(new UnixDomainSocketEndPoint($"\0{name}"));

        await new NotifySocket($"@{name}", time).StoppingAsync();

        Assert.Equal("STOPPING=1", Receive(named));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("vsock:2:1234")]
    [InlineData("@")]
    [InlineData("/nowhere/notify")]
    [InlineData("/nowhere/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task Where_nobody_can_be_told_nothing_happens(string? address) => await new NotifySocket(address, time).ReadyAsync("serving");

    [Fact]
    public async Task A_socket_that_is_full_is_waited_for_by_the_message_alone()
    {
        var written = Fill();

        var telling = notify.ReadyAsync("serving");
        Assert.False(telling.IsCompleted);
        for (; written > 0; written--)
        {
            Assert.Equal("full", Receive());
        }

        await telling;
        Assert.Equal("READY=1\nSTATUS=serving", Receive());
    }

    [Fact]
    public async Task A_socket_that_stays_full_is_given_up()
    {
        Fill();
        var telling = notify.ReadyAsync("serving");
        Assert.False(telling.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(10));

        await telling;
    }

    /// <summary>Returns how many messages fit.</summary>
    private int Fill()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        socket.Connect(listening.LocalEndPoint!);
        for (var written = 0; ; written++)
        {
            try
            {
                socket.Send("full"u8);
            }
            catch (SocketException full) when (full.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable)
            {
                return written;
            }
        }
    }

    private string Receive() => Receive(listening);

    private static string Receive(Socket socket)
    {
        var buffer = new byte[200];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
