using System.Net.Sockets;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>What the server tells systemd, or what else passes NOTIFY_SOCKET.</summary>
public sealed class NotifyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_is_ready_when_it_serves_and_stops_when_it_is_told_to(bool isAbstract)
    {
        using var notify = new NotifyListener(isAbstract);
        using var temp = new TempDirectory();
        var tree = temp.AddSample("tree", "web.example.com");
        using var server = LegoLite.Serve(tree, notify.Setting);
        notify.WaitFor("READY=1");
        Assert.Equal([$"READY=1\nSTATUS=serving 1 private key and 1 certificate from {tree}: 0 errors, 0 warnings"], notify.Messages);
        Assert.Equal(200, server.Download(Web.Certificate, Web.CertificateApiKey).Status);

        Assert.Equal(0, server.Stop());
        Assert.Equal("STOPPING=1", notify.Messages[^1]);
        Assert.Equal(2, notify.Messages.Count);
    }

    [Fact]
    public void It_is_not_ready_without_a_tree_or_an_address()
    {
        using var notify = new NotifyListener();
        using var temp = new TempDirectory();
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();

        foreach (var (data, address) in new[] { ("missing", "127.0.0.1:0"), (temp.AddSample("tree"), $"{taken.LocalEndpoint}") })
        {
            var result = (LegoLite.Command("serve", "--data", data, "--listen", $"http://{address}") with
            {
                Directory = temp.Path,
                Environment = [notify.Setting, ("LEGO_LITE_LOG__FORMAT", "systemd"), ("LEGO_LITE_LOG__LEVEL", "error")],
            }).Run();

            // journald takes the priority from the line.
            Assert.StartsWith("<3>lego-lite: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
            Assert.Equal(1, result.Status);
        }

        Assert.Empty(notify.Messages);
    }

    [Fact]
    public void Twice_in_each_interval_the_watchdog_is_told_what_is_served_now()
    {
        using var notify = new NotifyListener();
        using var live = new LiveTree(
            temp => temp.AddSample("tree", "web.example.com"), settings: _ => [notify.Setting, ("WATCHDOG_USEC", "100000")]);
        notify.WaitFor("WATCHDOG=1\nSTATUS=serving 1 private key and 1 certificate", 5);

        live.Run("rm", "-r", live[Web.Certificate]);
        notify.WaitFor("WATCHDOG=1\nSTATUS=serving 1 private key and 0 certificates", 5);
    }

    [Fact]
    public void Where_nobody_listens_or_all_is_full_it_serves_and_stops()
    {
        using var notify = new NotifyListener();
        notify.Fill();
        foreach (var setting in new[] { notify.Setting, ("NOTIFY_SOCKET", "/nowhere"), ("NOTIFY_SOCKET", "unknown:2") })
        {
            using var live = new LiveTree(temp => temp.AddSample("tree", "web.example.com"), settings: _ => [setting, ("WATCHDOG_USEC", "100000")]);
            live.Run("rm", "-r", live[Web.NewerOrder]);
            live.Server.Signal("HUP");
            live.WaitForBody(Web.OlderChain);

            Assert.Equal(0, live.Server.Stop());
        }
    }
}
