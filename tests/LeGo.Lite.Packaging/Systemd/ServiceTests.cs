using System.Text.Json;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Systemd;

/// <summary>The units as they are, run by a real systemd.</summary>
public sealed class ServiceTests : IDisposable
{
    private const string Tree = "var/lib/lego-lite";
    private const string Http = "http://127.0.0.1:4050";
    private const string Https = "https://127.0.0.1:443";
    private const string ApiKey = "a-key-that-is-a-credential";

    private readonly Machine machine = new(temp =>
    {
        var units = Path.Combine(Repository.Root, "packaging/systemd");
        Repository.RequireBinary();
        foreach (var (from, to) in new[]
        {
            (Repository.Binary, "usr/bin/lego-lite"),
            (Path.Combine(units, "lego-lite.service"), "usr/lib/systemd/system/lego-lite.service"),
            (Path.Combine(units, "lego-lite.socket"), "usr/lib/systemd/system/lego-lite.socket"),
            (Path.Combine(units, "lego-lite.sysusers"), "usr/lib/sysusers.d/lego-lite.conf"),
            (Path.Combine(units, "lego-lite.tmpfiles"), "usr/lib/tmpfiles.d/lego-lite.conf"),
        })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(temp[$"add/{to}"])!);
            File.Copy(from, temp[$"add/{to}"]);
        }

        // The server gets its own private key and an API key as credentials, and port 443 from systemd.
        temp.AddSample($"add/{Tree}", "web.example.com", "mail.example.com");
        temp.Write($"add/{Tree}/{Web.CertificateYaml}", "api_key_file: /run/credentials/lego-lite.service/web.api-key\n");
        temp.Write("add/etc/lego-lite/web.api-key", ApiKey);
        File.SetUnixFileMode(temp["add/etc/lego-lite/web.api-key"], UnixFileMode.UserRead);
        temp.Write("add/etc/lego-lite/lego-lite.yaml", $$"""
            data: /{{Tree}}
            listen: ["{{Http}}", "{{Https}}"]
            reload: { rescan: 1h }
            log: { format: systemd }
            tls:
              fullchain: /{{Tree}}/{{Web.Chain}}
              privkey: /run/credentials/lego-lite.service/tls.key
            """);
        temp.Write("add/etc/systemd/system/lego-lite.service.d/test.conf", $"""
            [Service]
            LoadCredential=web.api-key:/etc/lego-lite/web.api-key
            LoadCredential=tls.key:/{Tree}/{Web.KeyFile}
            WatchdogSec=10s
            RestartSec=100ms
            TimeoutStopSec=2s
            """);
        temp.Write("add/etc/systemd/system/lego-lite.socket.d/test.conf", """
            [Socket]
            ListenStream=
            ListenStream=127.0.0.1:443
            """);
    });

    public void Dispose() => machine.Dispose();

    [Fact]
    public void Systemd_runs_reloads_watches_and_stops_it()
    {
        Install();

        // The socket alone: the first connection starts the service.
        machine.RunWell("systemctl", "start", "lego-lite.socket");
        Assert.Equal("inactive", machine.Show("ActiveState"));
        Assert.Equal(Web.NewerChain, Download(Https));
        Assert.Equal(Web.NewerChain, Download(Http));
        Assert.Equal("active", machine.Show("ActiveState"));
        Assert.Equal("serving 2 private keys and 2 certificates from /var/lib/lego-lite: 0 errors, 0 warnings", machine.Show("StatusText"));

        // It can do little, and what it can't it has not missed.
        var process = machine.Show("MainPID");
        var status = machine.RunWell("cat", $"/proc/{process}/status");
        foreach (var line in new[] { "NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000" })
        {
            Assert.Contains(line + '\n', status, StringComparison.Ordinal);
        }

        // A change that nothing can see, as with a network file system: only a rescan shows it.
        machine.RunWell("sh", "-c", $"mount -t tmpfs -o mode=755 tmpfs /{Tree}/certificates/mail.example.com");
        machine.RunWell("systemctl", "reload", "lego-lite.service");
        Wait.Until(
            () => machine.Show("StatusText").Contains(" and 1 certificate ", StringComparison.Ordinal), () => $"it looks at the tree again\n{machine.Journal}");
        Wait.Until(() => machine.Show("ActiveState") == "active", () => "it is ready again");
        Assert.Equal((process, "0"), (machine.Show("MainPID"), machine.Show("NRestarts")));

        // The socket stays open while it hangs, and while it is started anew.
        machine.RunWell("kill", "-STOP", process);
        Assert.Equal(Web.NewerChain, Download(Https));
        Assert.Equal("1", machine.Show("NRestarts"));

        machine.RunWell("systemctl", "stop", "lego-lite.socket", "lego-lite.service");
        Assert.Equal(("inactive", "success", "0"), (machine.Show("ActiveState"), machine.Show("Result"), machine.Show("ExecMainStatus")));

        var journal = Journal();
        Assert.Contains(journal, line => line.Priority == "6" && line.Message.Contains(" certificates web.example.com 200 served ", StringComparison.Ordinal));
        Assert.Contains(journal, line => line.Priority == "3" && line.Message.Contains("mail.example.com", StringComparison.Ordinal) && line.Message.Contains(": error: ", StringComparison.Ordinal));
        Assert.DoesNotContain(journal, line => line.Message.Contains(ApiKey, StringComparison.Ordinal) || line.Message.StartsWith('<'));
    }

    [Fact]
    public void A_user_made_for_the_time_being_gets_the_credentials_and_reads_the_tree_by_its_group()
    {
        Install();
        machine.RunWell("sh", "-c", "cat >/etc/systemd/system/lego-lite.service.d/user.conf <<'.'\n[Service]\nDynamicUser=yes\nUser=lego-lite-now\nGroup=\nSupplementaryGroups=lego-lite\n.");
        machine.RunWell("systemctl", "daemon-reload");
        machine.RunWell("systemctl", "start", "lego-lite.socket");

        Assert.Equal(Web.NewerChain, Download(Https));
        Assert.Equal("serving 2 private keys and 2 certificates from /var/lib/lego-lite: 0 errors, 0 warnings", machine.Show("StatusText"));
    }

    /// <summary>What a package does, beside adding files.</summary>
    private void Install()
    {
        machine.RunWell("systemd-sysusers", "lego-lite.conf");
        machine.RunWell("systemd-tmpfiles", "--create", "lego-lite.conf");
        machine.RunWell("chown", "-R", "root:lego-lite", $"/{Tree}");
        machine.RunWell("chmod", "-R", "o-rwx", $"/{Tree}");
    }

    private string Download(string address) => machine.RunWell(
        "curl", "-qsSk", "--max-time", "60", "-H", $"apiKey: {ApiKey}", $"{address}{LegoLite.Path(Web.Certificate)}");

    private IReadOnlyList<(string Priority, string Message)> Journal() =>
    [
        .. machine.RunWell("journalctl", "--no-pager", "-o", "json", "-u", "lego-lite.service").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => ($"{line.GetProperty("PRIORITY")}", $"{line.GetProperty("MESSAGE")}")),
    ];
}
