using System.Globalization;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>SIGHUP, which is <c>systemctl reload</c>: a rescan at once, and what is told of it.</summary>
public sealed class HangUpTests
{
    private const string Rescanned = "looked at everything anew, as SIGHUP asks for";

    [Fact]
    public void Where_nothing_is_watched_a_change_is_served_when_it_is_ready_again()
    {
        using var notify = new NotifyListener();
        using var live = new LiveTree(
            temp => temp.AddSample("tree", "web.example.com"),
            (_, arguments) => Limited.Command("max_inotify_instances", 0, arguments),
            _ => [notify.Setting]);
        notify.WaitFor("READY=1");

        for (var ready = 2; ready < 5; ready++)
        {
            // Written this very moment: it is not at rest yet, and is waited for.
            var (order, served) = ready % 2 == 0 ? (Web.OlderOrder, Web.OlderChain) : (Web.NewerOrder, Web.NewerChain);
            File.Copy(Path.Combine(Repository.Sample, order, "fullchain.pem"), live[Web.Chain], overwrite: true);
            live.Server.Signal("HUP");
            notify.WaitFor("READY=1", ready);

            Assert.Equal(served, live.Server.Download(Web.Certificate, Web.CertificateApiKey).Text);
            Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]*$", notify.Messages[^2]);
        }

        live.Server.WaitForLog(Rescanned);
        Assert.Equal(0, live.Server.Stop());
    }

    /// <summary>It is the whole rescan, not only that of the tree.</summary>
    [Fact]
    public void What_is_outside_the_tree_is_read_too()
    {
        using var notify = new NotifyListener();
        using var authority = new Authority("SIGHUP");
        var (first, second) = (authority.Issue("localhost"), authority.Issue("localhost"));
        using var live = new LiveTree(
            temp =>
            {
                var tree = temp.AddSample("tree", "web.example.com");
                temp.Write("tree/certificates/web.example.com/certificate.yaml", $"api_key_file: {temp.Write("api-key", Web.CertificateApiKey)}\n");
                Write(temp["tls.crt"], temp["tls.key"], first);
                return tree;
            },
            (_, arguments) => LegoLite.Command([.. arguments, "--listen", "https://127.0.0.1:0"]),
            temp => [notify.Setting, ("LEGO_LITE_TLS__FULLCHAIN", temp["tls.crt"]), ("LEGO_LITE_TLS__PRIVKEY", temp["tls.key"])]);
        notify.WaitFor("READY=1");

        File.WriteAllText(live.Beside("api-key"), "another-key-0123456789abcdef");
        Write(live.Beside("tls.crt"), live.Beside("tls.key"), second);
        live.Server.Signal("HUP");
        notify.WaitFor("READY=1", 2);

        Assert.Equal(401, live.Server.Download(Web.Certificate, Web.CertificateApiKey).Status);
        Assert.Equal(200, live.Server.Download(Web.Certificate, "another-key-0123456789abcdef").Status);
        live.Server.WaitForLog("the server's own certificate was renewed");
    }

    [Fact]
    public void Many_at_once_do_no_harm()
    {
        using var live = new LiveTree(temp => temp.AddSample("tree", "web.example.com"));
        for (var i = 0; i < 20; i++)
        {
            live.Server.Signal("HUP");
        }

        live.Server.WaitForLog(Rescanned);
        Assert.Equal(200, live.Server.Download(Web.Certificate, Web.CertificateApiKey).Status);
        Assert.Equal(0, live.Server.Stop());
    }

    [Fact]
    public void While_the_tree_is_first_read_it_is_heard_and_everything_is_looked_at_once_more()
    {
        const ulong Hup = 1;
        using var notify = new NotifyListener();
        using var temp = new TempDirectory();
        var tree = temp.AddLargeTree("tree");
        Repository.RequireBinary();
        using var server = new Command("env", "--default-signal", Repository.Binary, "serve", "--data", tree, "--listen", "http://127.0.0.1:0")
        {
            Environment = [notify.Setting],
        }.Start();
        try
        {
            Wait.Until(
                () => File.ReadLines($"/proc/{server.Id}/status").Any(line =>
                    line.StartsWith("SigCgt:", StringComparison.Ordinal) && (ulong.Parse(line["SigCgt:".Length..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Hup) != 0),
                () => "SIGHUP is caught");
            // It takes ten times as long to read the tree as to come here. Where it does not, this is told after READY=1, and tests less.
            _ = new Command("sh", "-c", $"kill -HUP {server.Id}").RunWell();

            notify.WaitFor("READY=1", 2);
            Assert.StartsWith("RELOADING=1\n", notify.Messages[1], StringComparison.Ordinal);
        }
        finally
        {
            server.Kill();
            server.WaitForExit();
        }
    }

    /// <summary>Who closes a terminal ends what runs in it.</summary>
    [Fact]
    public void In_a_terminal_it_ends_the_server()
    {
        using var temp = new TempDirectory();
        var tree = temp.AddSample("tree", "web.example.com");
        using var terminal = LegoLite.Serve(new Command(
            "script", "-qfec", $"exec '{Repository.Binary}' serve --data '{tree}' --listen http://127.0.0.1:0", "/dev/null")
        { Directory = temp.Path });

        terminal.Signal("HUP", terminal.Child);

        // As a shell says it of a process that a signal ended.
        Assert.Equal(128 + 1, terminal.WaitForExit());
    }

    private static void Write(string fullchain, string privkey, Pair pair)
    {
        File.WriteAllText(fullchain, pair.Chain);
        File.WriteAllText(privkey, pair.Key);
    }
}
