using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>The tree changes while it is served.</summary>
public sealed class ReloadTests
{
    private const string Orders = "certificates/web.example.com/orders";
    private const string Metadata = "certificates/web.example.com/certificate.yaml";

    private static string OlderChain => File.ReadAllText(Path.Combine(Repository.Sample, Orders, "2026-01-01/fullchain.pem"));

    private static string NewerChain => File.ReadAllText(Path.Combine(Repository.Sample, Orders, "2026-03-01/fullchain.pem"));

    [Fact]
    public void A_new_order_shows_and_an_order_that_is_removed_gives_way()
    {
        using var live = new LiveTree("web.example.com");
        Directory.Delete(live[$"{Orders}/2026-03-01"], recursive: true);
        live.WaitForBody(OlderChain);

        TempDirectory.Copy(Path.Combine(Repository.Sample, Orders, "2026-03-01"), live[$"{Orders}/2026-03-01"]);
        live.WaitForBody(NewerChain);

        File.AppendAllText(live[$"{Orders}/2026-03-01/order.yaml"], "known_revoked: true\n");
        live.WaitForBody(OlderChain);
    }

    [Fact]
    public void A_new_item_shows_and_a_deleted_one_goes_away()
    {
        using var live = new LiveTree("web.example.com");
        foreach (var section in new[] { "privatekeys", "certificates" })
        {
            TempDirectory.Copy(Path.Combine(Repository.Sample, section, "mail.example.com"), live[$"{section}/mail.example.com"]);
        }

        var mail = Sample.Named("mail");
        foreach (var (download, apiKey, body, _) in mail.Downloads)
        {
            live.WaitForBody(body, download, apiKey);
        }

        Directory.Delete(live["certificates/mail.example.com"], recursive: true);
        live.WaitForStatus(401, "certificates/mail.example.com", mail.CertificateApiKey);
        Assert.Equal(mail.Key, live.Server.Download("privatekeys/mail.example.com", mail.PrivateKeyApiKey).Text);

        Directory.Delete(live["privatekeys/mail.example.com"], recursive: true);
        live.WaitForStatus(401, "privatekeys/mail.example.com", mail.PrivateKeyApiKey);
        live.WaitForStatus(200);
    }

    [Fact]
    public void Metadata_that_breaks_closes_the_item_until_it_is_mended()
    {
        using var live = new LiveTree("web.example.com");
        var good = File.ReadAllText(live[Metadata]);

        File.WriteAllText(live[Metadata], good + "no_such_key: 1\n");
        live.WaitForStatus(401);
        Assert.Equal(200, live.Server.Download("privatekeys/web.example.com", "web-key-0123456789abcdef").Status);

        File.WriteAllText(live[Metadata], good);
        live.WaitForBody(NewerChain);
    }

    [Fact]
    public void A_changed_API_key_shuts_the_old_one_out()
    {
        using var live = new LiveTree("web.example.com");

        // As long as the old one, and with its time: only the content differs.
        var time = File.GetLastWriteTimeUtc(live[Metadata]);
        File.WriteAllText(live[Metadata], File.ReadAllText(live[Metadata]).Replace("web-cert-0", "new-cert-0", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(live[Metadata], time);

        live.WaitForStatus(200, "certificates/web.example.com", "new-cert-0123456789abcdef");
        live.WaitForStatus(401);
    }

    [Fact]
    public void A_problem_is_logged_when_it_appears_and_when_it_clears()
    {
        using var live = new LiveTree("web.example.com");
        var good = File.ReadAllText(live[Metadata]);
        var problem = $"{live[Metadata]}:1:1: error: write keys and values, as in key: value";
        string[] About() => [.. live.Server.LogLines.Where(line => line.Contains(problem, StringComparison.Ordinal))];

        File.WriteAllText(live[Metadata], "- nonsense\n");
        live.WaitForStatus(401);
        live.WaitForScans();
        Assert.EndsWith($" {problem}", Assert.Single(About()), StringComparison.Ordinal);

        File.WriteAllText(live[Metadata], good);
        live.WaitForStatus(200);
        live.WaitForScans();
        Assert.Equal(2, About().Length);
        Assert.EndsWith($" cleared: {problem}", About()[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_that_is_gone_goes_on_being_served()
    {
        using var live = new LiveTree("web.example.com");

        Directory.Move(live.Path, live.Beside("gone"));
        live.Server.WaitForLog("can't be read");
        live.WaitForBody(NewerChain);

        Directory.Move(live.Beside("gone"), live.Path);
        live.Server.WaitForLog("can be read again");
        live.WaitForScans();
        live.WaitForBody(NewerChain);
        Assert.Single(live.Server.LogLines, line => line.Contains("can't be read", StringComparison.Ordinal));
        Assert.Single(live.Server.LogLines, line => line.Contains("can be read again", StringComparison.Ordinal));
    }

    [Fact]
    public void The_root_may_be_a_link_that_is_swapped()
    {
        using var temp = new TempDirectory();
        temp.AddSample("v1", "web.example.com");
        temp.AddSample("v2", "web.example.com");
        Directory.Delete(temp[$"v1/{Orders}/2026-03-01"], recursive: true);
        Directory.CreateSymbolicLink(temp["current"], "v1");
        using var server = LegoLite.Serve(temp["current"], ("LEGO_LITE_RELOAD__RESCAN", "100ms"));
        Assert.Equal(OlderChain, server.Download("certificates/web.example.com", "web-cert-0123456789abcdef").Text);

        // As git-sync does: a new link, moved over the old one.
        Directory.CreateSymbolicLink(temp["next"], "v2");
        new Command("mv", "-T", temp["next"], temp["current"]).RunWell();

        Wait.Until(
            () => server.Download("certificates/web.example.com", "web-cert-0123456789abcdef").Text == NewerChain,
            () => $"v2 is served\n{server.Log}");
    }

    [Fact]
    public void A_Kubernetes_volume_is_followed_when_its_data_link_is_swapped()
    {
        using var live = new LiveTree("web.example.com");
        var key = live["privatekeys/web.example.com"];
        Mount(1, "web-key-0123456789abcdef");
        foreach (var (file, name) in new[] { ("key.yaml", "key.yaml"), ("tls.key", "privkey.pem") })
        {
            File.Delete(Path.Combine(key, name));
            File.CreateSymbolicLink(Path.Combine(key, file), $"..data/{file}");
        }

        live.WaitForBody(Sample.Named("web").Key, "privatekeys/web.example.com", "web-key-0123456789abcdef");
        live.WaitForScans();

        Mount(2, "swapped-key-0123456789abcdef");

        live.WaitForBody(Sample.Named("web").Key, "privatekeys/web.example.com", "swapped-key-0123456789abcdef");
        live.WaitForStatus(401, "privatekeys/web.example.com", "web-key-0123456789abcdef");
        Assert.Empty(LegoLite.Command("check", "--data", live.Path).RunWell().Output);

        // As the kubelet does: a new directory, then a link to it that is moved over the old one.
        void Mount(int version, string apiKey)
        {
            var directory = Path.Combine(key, $"..version_{version}");
            Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, "key.yaml"), $"api_key: {apiKey}\n");
            File.Copy(Path.Combine(Repository.Sample, "privatekeys/web.example.com/privkey.pem"), Path.Combine(directory, "tls.key"));
            Directory.CreateSymbolicLink(Path.Combine(key, "..data_tmp"), $"..version_{version}");
            new Command("mv", "-T", Path.Combine(key, "..data_tmp"), Path.Combine(key, "..data")).RunWell();
        }
    }

    [Fact]
    public void No_request_fails_while_the_tree_changes()
    {
        using var live = new LiveTree("web.example.com");
        var url = live.Server.Url("certificates/web.example.com");
        string[] request = ["-w", "\n%{http_code}\n", "-H", "apiKey: web-cert-0123456789abcdef", .. Enumerable.Repeat(url, 100)];
        var seen = new HashSet<string>();

        for (var i = 0; i < 6; i++)
        {
            var (from, to) = (live[$"{Orders}/2026-03-01"], live[$"{Orders}/.hidden"]);
            Directory.Move(i % 2 == 0 ? from : to, i % 2 == 0 ? to : from);
            var bodies = Curl.Run(request).Text.Split("\n200\n");
            Assert.Equal(101, bodies.Length);
            seen.UnionWith(bodies[..^1]);
            live.WaitForBody(i % 2 == 0 ? OlderChain : NewerChain);
            seen.UnionWith(Curl.Run(request).Text.Split("\n200\n")[..^1]);
        }

        Assert.Equal(new HashSet<string> { OlderChain, NewerChain }, seen);
    }

    [Fact]
    public void A_git_pull_shows()
    {
        using var temp = new TempDirectory();
        temp.AddSample("origin", "web.example.com");
        Git("origin", "init", "-q");
        Directory.Move(temp[$"origin/{Orders}/2026-03-01"], temp["later"]);
        Commit("First order");
        Git(".", "clone", "-q", "origin", "clone");
        using var server = LegoLite.Serve(temp["clone"], ("LEGO_LITE_RELOAD__RESCAN", "100ms"));
        Assert.Equal(OlderChain, server.Download("certificates/web.example.com", "web-cert-0123456789abcdef").Text);

        Directory.Move(temp["later"], temp[$"origin/{Orders}/2026-03-01"]);
        Commit("Second order");
        Git("clone", "pull", "-q");

        Wait.Until(
            () => server.Download("certificates/web.example.com", "web-cert-0123456789abcdef").Text == NewerChain,
            () => $"the second order is served\n{server.Log}");
        Assert.DoesNotContain(server.LogLines, line => line.Contains("error:", StringComparison.Ordinal));

        void Commit(string message)
        {
            Git("origin", "add", "-A");
            Git("origin", "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", "commit", "-q", "-m", message);
        }

        void Git(string directory, params IEnumerable<string> arguments) =>
            new Command("git", [.. arguments])
            {
                Directory = temp[directory],
                Environment = [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")],
            }.RunWell();
    }
}
