using System.Globalization;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>A file or a directory of the tree changes, in every way that the tools have for it.</summary>
public sealed class ChangeKindTests
{
    /// <summary>In place, a new file under the old name, a rename over it, another name of a file elsewhere.</summary>
    [Theory]
    [InlineData("cp")]
    [InlineData("cp --remove-destination")]
    [InlineData("mv")]
    [InlineData("ln -f")]
    public void A_file_that_is_written_anew_shows(string tool)
    {
        using var live = new LiveTree("web.example.com");
        foreach (var chain in new[] { Web.OlderChain, Web.NewerChain })
        {
            File.WriteAllText(live.Beside("new.pem"), chain);
            Run(live, tool, live.Beside("new.pem"), live[Web.Chain]);
            live.WaitForBody(chain);
            File.Delete(live.Beside("new.pem"));
        }

        live.AssertNoErrors();
    }

    [Theory]
    [InlineData("cp")]
    [InlineData("mv")]
    public void A_change_that_leaves_size_and_time_as_they_were_shows(string tool)
    {
        using var live = new LiveTree("web.example.com");
        live.Run("cp", "-p", live[Web.Chain], live.Beside("before.pem"));
        live.Run("cp", live[$"{Web.OlderOrder}/fullchain.pem"], live.Beside("new.pem"));
        live.Run("touch", "-r", live.Beside("before.pem"), live.Beside("new.pem"));

        live.Run(tool, live.Beside("new.pem"), live[Web.Chain]);
        live.Run("touch", "-r", live.Beside("before.pem"), live[Web.Chain]);

        live.WaitForBody(Web.OlderChain);
        var (before, after) = (new FileInfo(live.Beside("before.pem")), new FileInfo(live[Web.Chain]));
        Assert.Equal((before.Length, before.LastWriteTimeUtc), (after.Length, after.LastWriteTimeUtc));
        live.AssertNoErrors();
    }

    [Fact]
    public void A_changed_API_key_shuts_the_old_one_out()
    {
        using var live = new LiveTree("web.example.com");

        live.Run("sed", "-i", "s/web-cert-0/new-cert-0/", live[Web.CertificateYaml]);

        live.WaitForStatus(200, apiKey: "new-cert-0123456789abcdef");
        live.WaitForStatus(401);
        live.AssertNoErrors();
    }

    [Theory]
    [InlineData("cp")]
    [InlineData("mv")]
    public void A_changed_file_of_an_API_key_shuts_the_old_one_out(string tool)
    {
        using var live = new LiveTree("mounted.example.com");
        live.WaitForStatus(200, "certificates/mounted.example.com", "mounted-cert-0123456789abcdef");
        File.WriteAllText(live.Beside("new.txt"), "changed-cert-0123456789abcdef\n");

        live.Run(tool, live.Beside("new.txt"), live["certificates/mounted.example.com/api-key.txt"]);

        live.WaitForStatus(200, "certificates/mounted.example.com", "changed-cert-0123456789abcdef");
        live.WaitForStatus(401, "certificates/mounted.example.com", "mounted-cert-0123456789abcdef");
        live.AssertNoErrors();
    }

    [Fact]
    public void A_file_that_is_deleted_is_gone_until_it_is_there_again()
    {
        using var live = new LiveTree("web.example.com");

        live.Run("rm", live[Web.Chain]);
        live.WaitForBody(Web.OlderChain);

        File.WriteAllText(live[Web.Chain], Web.NewerChain);
        live.WaitForBody(Web.NewerChain);
        live.AssertNoErrors();
    }

    [Fact]
    public void A_file_that_is_touched_shows_in_its_time()
    {
        using var live = new LiveTree("web.example.com");
        live.Run("sed", "-i", "/^updated_at:/d", live[Web.KeyYaml]);

        foreach (var year in new[] { 2025, 2024 })
        {
            var time = new DateTime(year, 5, 6, 7, 8, 9, DateTimeKind.Utc).ToString("R", CultureInfo.InvariantCulture);
            live.Run("touch", "-d", time, live[Web.KeyFile]);
            Wait.Until(
                () => live.Server.Download(Web.PrivateKey, Web.KeyApiKey)["Last-Modified"] == time, () => $"it is of {time}\n{live.Server.Log}");
        }

        live.AssertNoErrors();
    }

    [Theory]
    [InlineData("cp -R", "rm -r")]
    [InlineData("mv", "mv")]
    public void A_new_order_shows_and_an_order_that_is_removed_gives_way(string add, string remove)
    {
        using var live = new LiveTree("web.example.com");
        for (var i = 0; i < 2; i++)
        {
            Remove(live, remove, live[Web.NewerOrder], live.Beside($"removed-{i}"));
            live.WaitForBody(Web.OlderChain);

            live.Run("cp", "-R", Path.Combine(Repository.Sample, Web.NewerOrder), live.Beside($"order-{i}"));
            Run(live, add, live.Beside($"order-{i}"), live[Web.NewerOrder]);
            live.WaitForBody(Web.NewerChain);
        }

        File.AppendAllText(live[Web.OrderYaml], "known_revoked: true\n");
        live.WaitForBody(Web.OlderChain);
        live.AssertNoErrors();
    }

    [Theory]
    [InlineData("cp -R", "rm -r")]
    [InlineData("mv", "mv")]
    public void A_new_item_shows_and_a_deleted_one_goes_away(string add, string remove)
    {
        using var live = new LiveTree("web.example.com");
        foreach (var section in new[] { "privatekeys", "certificates" })
        {
            live.Run("cp", "-R", Path.Combine(Repository.Sample, section, "mail.example.com"), live.Beside(section));
            Run(live, add, live.Beside(section), live[$"{section}/mail.example.com"]);
        }

        var mail = Sample.Named("mail");
        foreach (var (download, apiKey, body, _) in mail.Downloads)
        {
            live.WaitForBody(body, download, apiKey);
        }

        Remove(live, remove, live["certificates/mail.example.com"], live.Beside("removed-certificate"));
        live.WaitForStatus(401, "certificates/mail.example.com", mail.CertificateApiKey);
        Assert.Equal(mail.Key, live.Server.Download("privatekeys/mail.example.com", mail.PrivateKeyApiKey).Text);

        Remove(live, remove, live["privatekeys/mail.example.com"], live.Beside("removed-key"));
        live.WaitForStatus(401, "privatekeys/mail.example.com", mail.PrivateKeyApiKey);
        live.WaitForStatus(200);
        live.AssertNoErrors();
    }

    [Fact]
    public void A_new_directory_shows_before_there_is_anything_in_it()
    {
        using var live = new LiveTree("web.example.com");

        live.Run("mkdir", live["certificates/empty"]);
        live.Server.WaitForLog($"{live["certificates/empty"]}:1:1: error: ");

        live.Run("rmdir", live["certificates/empty"]);
        live.AssertNoErrors();
    }

    [Theory]
    [InlineData(Web.KeyYaml, Web.PrivateKey, Web.KeyApiKey)]
    [InlineData(Web.CertificateYaml, Web.Certificate, Web.CertificateApiKey)]
    public void Metadata_that_may_no_longer_be_read_closes_the_item_until_it_may_be(string file, string download, string apiKey)
    {
        using var live = new LiveTree(temp => temp.AddSample("tree", "web.example.com"), Nobody.Command);
        live.WaitForStatus(200, download, apiKey);

        live.Run("chmod", "000", live[file]);
        live.WaitForStatus(401, download, apiKey);
        live.Server.WaitForLog($"{live[file]}:1:1: error: can't read this file: permission denied");

        live.Run("chmod", "644", live[file]);
        live.WaitForStatus(200, download, apiKey);
        live.AssertNoErrors();
    }

    private static void Run(LiveTree live, string tool, string source, string target) =>
        live.Run(tool.Split(' ')[0], [.. tool.Split(' ')[1..], source, target]);

    private static void Remove(LiveTree live, string tool, string what, string to) =>
        live.Run(tool.Split(' ')[0], [.. tool.Split(' ')[1..], what, .. tool == "mv" ? [to] : Array.Empty<string>()]);
}
