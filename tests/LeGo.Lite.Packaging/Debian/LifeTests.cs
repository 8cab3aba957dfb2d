using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Debian;

/// <summary>The package is installed, upgraded, removed and purged in a clean Debian, in which no systemd runs.</summary>
public sealed class LifeTests : IDisposable
{
    private const string Config = "/etc/lego-lite/lego-lite.yaml";
    private const string Data = "/var/lib/lego-lite";
    private const string Enabled = "/etc/systemd/system/multi-user.target.wants/lego-lite.service";

    private static readonly Sample Web = Sample.Named("web");

    private readonly CleanRoot root = new();
    private readonly TempDirectory temp = new();

    public void Dispose()
    {
        root.Dispose();
        temp.Dispose();
    }

    [Fact]
    public void Installed_it_serves_its_tree_to_who_may_and_nobody_else_reads_it()
    {
        root.Install(Package.Native);

        Assert.Equal("640 root:lego-lite", root.Access(Config));
        Assert.Equal("755 root:root", root.Access("/etc/lego-lite"));
        Assert.Equal("750 root:lego-lite", root.Access(Data));
        Assert.Equal("755 root:lego-lite", root.Access($"{Data}/privatekeys"));
        Assert.Equal("755 root:lego-lite", root.Access($"{Data}/certificates"));
        Assert.EndsWith($":{Data}:/usr/sbin/nologin\n", root.Shell("grep ^lego-lite: /etc/passwd"), StringComparison.Ordinal);
        Assert.StartsWith("lego-lite:!", root.Shell("grep ^lego-lite: /etc/shadow"), StringComparison.Ordinal);
        Assert.Equal("lego-lite\n", root.Shell("id -Gn lego-lite"));
        Assert.Equal("/lib/systemd/system/lego-lite.service", new FileInfo(root[Enabled]).LinkTarget);
        Assert.False(Directory.Exists(root["/etc/systemd/system/sockets.target.wants"]));
        Assert.Empty(root.AsServer("lego-lite", "check").RunWell().Text);

        AddItem();

        Assert.Empty(root.AsServer("lego-lite", "check").RunWell().Text);
        AssertServes();
        var other = root.Command("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "cat", Config, $"{Data}/privatekeys/web.example.com/privkey.pem").Run();
        Assert.Equal((1, ""), (other.Status, other.Text));
        Assert.Equal(1, root.AsServer("touch", $"{Data}/privatekeys/written").Run().Status);
        Assert.Empty(root.Shell("dpkg --audit; dpkg --verify lego-lite"));
    }

    [Fact]
    public void What_the_man_page_says_to_do_first_works()
    {
        root.Install(Package.Native);
        File.Copy(Web.KeyFile, root["/root/www.key"]);
        File.Copy(Web.ChainFile, root["/root/www.pem"]);

        Assert.Empty(root.Shell("umask 077\n" + ManPage.Examples[0]));

        var apiKey = root.Shell($"sed 's/^api_key: //' {Data}/privatekeys/www/key.yaml").TrimEnd();
        using var server = Serve();
        Assert.Equal(Web.Key, server.Download("privatekeys/www", apiKey).Text);
    }

    [Fact]
    public void An_upgrade_keeps_a_changed_config_and_takes_a_new_one_otherwise()
    {
        root.Install(Package.Native);
        AddItem();
        var newConfig = Package.Native.Next(temp, "9.0-1", unpacked => File.AppendAllText(unpacked + Config, "# of version 9\n"));
        var newerConfig = Package.Native.Next(temp, "9.1-1", unpacked => File.AppendAllText(unpacked + Config, "# of version 9.1\n"));
        var sameConfig = newerConfig.Next(temp, "9.2-1");

        // Nobody changed it: there is nothing to ask.
        root.Install(newConfig);
        Assert.EndsWith("# of version 9\n", File.ReadAllText(root[Config]), StringComparison.Ordinal);
        Assert.Equal("640 root:lego-lite", root.Access(Config));

        // Both did: what apt does when it must not ask.
        File.AppendAllText(root[Config], "# of mine\n");
        var mine = File.ReadAllText(root[Config]);
        root.Install(newerConfig, "--force-confdef", "--force-confold");
        Assert.Equal(mine, File.ReadAllText(root[Config]));
        Assert.EndsWith("# of version 9.1\n", File.ReadAllText(root[Config + ".dpkg-dist"]), StringComparison.Ordinal);
        Assert.Equal("640 root:lego-lite", root.Access(Config));
        Assert.StartsWith("640 root:", root.Access(Config + ".dpkg-dist"), StringComparison.Ordinal);

        // Only somebody here did.
        root.Install(sameConfig);
        Assert.Equal(mine, File.ReadAllText(root[Config]));
        Assert.Equal("750 root:lego-lite", root.Access(Data));
        AssertServes();
    }

    [Fact]
    public void An_upgrade_keeps_owners_and_modes_that_were_chosen()
    {
        root.Install(Package.Native);
        root.Shell($"""
            adduser --system --group --quiet deploy
            chown deploy:lego-lite {Data}; chmod 2770 {Data}
            chown deploy:deploy {Data}/privatekeys
            rmdir {Data}/certificates; ln -s /etc {Data}/certificates
            chmod 600 {Config}; chown lego-lite:root {Config}
            """);

        root.Install(Package.Native.Next(temp, "9.0-1", unpacked => File.AppendAllText(unpacked + Config, "# of version 9\n")));

        Assert.Equal("2770 deploy:lego-lite", root.Access(Data));
        Assert.Equal("755 deploy:deploy", root.Access($"{Data}/privatekeys"));
        Assert.Equal("600 lego-lite:root", root.Access(Config));
        Assert.Equal("755 root:root", root.Access("/etc"));
    }

    [Fact]
    public void Removed_it_leaves_config_and_tree_and_comes_back_with_them()
    {
        root.Install(Package.Native);
        AddItem();
        File.AppendAllText(root[Config], "# of mine\n");

        root.Shell("dpkg --remove lego-lite");

        Assert.All(
            ["/usr/bin/lego-lite", "/lib/systemd/system/lego-lite.service", "/usr/share/doc/lego-lite", "/usr/share/man/man1/lego-lite.1.gz"],
            path => Assert.False(Path.Exists(root[path]), path));
        Assert.Equal("640 root:lego-lite", root.Access(Config));
        Assert.Equal("750 root:lego-lite", root.Access(Data));

        root.Install(Package.Native);

        Assert.EndsWith("# of mine\n", File.ReadAllText(root[Config]), StringComparison.Ordinal);
        Assert.Equal("640 root:lego-lite", root.Access(Config));
        Assert.True(File.Exists(root[Enabled]) || new FileInfo(root[Enabled]).LinkTarget is not null);
        AssertServes();
    }

    [Fact]
    public void Removed_with_an_empty_tree_it_comes_back_with_one_that_it_can_read()
    {
        root.Install(Package.Native);
        root.Shell("dpkg --remove lego-lite");
        Assert.False(Path.Exists(root[Data]));

        root.Install(Package.Native);

        Assert.Equal("750 root:lego-lite", root.Access(Data));
        Assert.Empty(root.AsServer("lego-lite", "check").RunWell().Text);
    }

    [Fact]
    public void Purged_it_leaves_nothing_but_its_user()
    {
        var before = root.Paths();
        var passwords = File.ReadAllLines(root["/etc/passwd"]);
        root.Install(Package.Native);
        root.Install(Package.Native.Next(temp, "9.0-1"));
        root.AsServer("lego-lite", "check").RunWell();

        var purged = root.Command("dpkg", "--purge", "lego-lite").RunWell();

        Assert.Empty(purged.Errors);
        Assert.Equal(before, root.Paths());
        Assert.StartsWith("lego-lite:", Assert.Single(File.ReadAllLines(root["/etc/passwd"]).Except(passwords)), StringComparison.Ordinal);
        Assert.Equal(1, root.Command("dpkg-query", "--status", "lego-lite").Run().Status);
    }

    [Fact]
    public void Purged_it_leaves_a_tree_that_is_not_empty_and_says_so()
    {
        root.Install(Package.Native);
        AddItem();
        var items = $"cd {Data} && find . -type f -exec sha256sum {{}} + | sort && find . -printf '%p %m %u:%g\n' | sort";
        var tree = root.Shell(items);

        var purged = root.Command("dpkg", "--purge", "lego-lite").RunWell();

        Assert.Contains($"{Data} is kept, as it may hold private keys", purged.Errors, StringComparison.Ordinal);
        Assert.False(Path.Exists(root["/etc/lego-lite"]));
        Assert.Equal(tree, root.Shell(items));

        root.Install(Package.Native);

        AssertServes();
    }

    [Fact]
    public void Where_systemd_runs_the_service_is_started_restarted_and_stopped()
    {
        // What tells that it runs, and a systemctl that writes down what it is told and says of the service that it is enabled and runs.
        Directory.CreateDirectory(root["/run/systemd/system"]);
        File.WriteAllText(root["/usr/bin/systemctl"], "#!/bin/sh\necho \"$*\" >>/systemctl\necho enabled\n");
        root.Shell("chmod 755 /usr/bin/systemctl");

        root.Install(Package.Native);
        Assert.Equal(["daemon-reload", "start lego-lite.service"], Orders());

        root.Install(Package.Native.Next(temp, "9.0-1"));
        Assert.Equal(["daemon-reload", "restart lego-lite.service"], Orders());

        root.Shell("dpkg --remove lego-lite");
        Assert.Equal(["stop lego-lite.socket", "stop lego-lite.service", "daemon-reload"], Orders());
    }

    /// <summary>As a root with a common umask would.</summary>
    private void AddItem()
    {
        foreach (var item in new[] { "privatekeys/web.example.com", "certificates/web.example.com" })
        {
            new Command("cp", "-R", Path.Combine(Repository.Sample, item), root[$"{Data}/{item}"]).RunWell();
        }
    }

    private void AssertServes()
    {
        using var server = Serve();
        Assert.All(Web.Downloads, item => Assert.Equal(item.Body, server.Download(item.Download, item.ApiKey).Text));
        Assert.Equal(0, server.Stop());
    }

    /// <summary>As the unit does, with the config of the package, but on a port of its own.</summary>
    private LegoLite Serve() => LegoLite.Serve(root.AsServer("lego-lite", "serve", "--listen", "http://127.0.0.1:0"));

    /// <summary>What systemctl was told to do since the last call, without options and questions.</summary>
    private string[] Orders()
    {
        var told = File.ReadAllLines(root["/systemctl"]);
        File.Delete(root["/systemctl"]);
        return
        [
            .. told.Select(line => string.Join(' ', line.Split(' ').Where(word => !word.StartsWith("--", StringComparison.Ordinal))))
                .Where(order => !order.StartsWith("is-", StringComparison.Ordinal) && !order.StartsWith("preset ", StringComparison.Ordinal))
                .Distinct(),
        ];
    }
}
