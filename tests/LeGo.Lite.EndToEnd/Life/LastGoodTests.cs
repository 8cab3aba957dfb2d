using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>Broken PEM material keeps what was served before; what is deleted, revoked or closed goes at once.</summary>
public sealed class LastGoodTests
{
    private const string GoesOn = "goes on being served";

    [Theory]
    [InlineData(Web.Chain, "truncate -s 0")]
    [InlineData(Web.Chain, "truncate -s 2500")]
    [InlineData(Web.Chain, "cp", "privatekeys/web.example.com/privkey.pem")]
    [InlineData(Web.Chain, "cp", "certificates/mail.example.com/orders/2026-01-01/fullchain.pem")]
    [InlineData(Web.KeyFile, "truncate -s 500")]
    [InlineData(Web.KeyFile, "cp", "privatekeys/mail.example.com/privkey.pem")]
    [InlineData(Web.Chain, "chmod 000")]
    [InlineData(Web.KeyFile, "chmod 000")]
    public void Broken_material_leaves_what_was_served_before_until_it_is_mended(string file, string tool, string? source = null)
    {
        using var live = new LiveTree(temp => temp.AddSample("tree", "web.example.com", "mail.example.com"), Nobody.Command);
        var before = Downloads(live);
        live.Run("cp", "-p", live[file], live.Beside("good"));

        live.Run(tool.Split(' ')[0], [.. tool.Split(' ')[1..], .. source is null ? Array.Empty<string>() : [live[source]], live[file]]);

        live.Server.WaitForLog(": error: ");
        live.Server.WaitForLog(GoesOn);
        live.WaitForScans();
        Assert.Equal(before, Downloads(live));
        Assert.Distinct(
            live.Server.LogLines.Where(line => line.Contains(": error: ", StringComparison.Ordinal)).Select(line => line[line.IndexOf('[', StringComparison.Ordinal)..]));

        live.Run("mv", live.Beside("good"), live[file]);
        live.AssertNoErrors();
        Assert.Equal(before, Downloads(live));
    }

    [Fact]
    public void Metadata_holds_at_once_for_material_that_is_kept()
    {
        using var live = new LiveTree("web.example.com");
        Break(live, Web.Chain);

        live.Run("sed", "-i", "s/web-cert-0/new-cert-0/", live[Web.CertificateYaml]);

        live.WaitForStatus(200, apiKey: "new-cert-0123456789abcdef");
        live.WaitForStatus(401);
        live.WaitForBody(Web.NewerChain, apiKey: "new-cert-0123456789abcdef");
    }

    [Fact]
    public void Material_that_is_kept_gives_way_to_a_newer_order()
    {
        using var live = new LiveTree(temp =>
        {
            var tree = temp.AddSample("tree", "web.example.com");
            Directory.Move(Path.Combine(tree, Web.NewerOrder), temp["later"]);
            return tree;
        });
        live.WaitForBody(Web.OlderChain);
        Break(live, $"{Web.OlderOrder}/fullchain.pem");
        Assert.Equal(Web.OlderChain, live.Server.Download(Web.Certificate, Web.CertificateApiKey).Text);

        live.Run("mv", "later", live[Web.NewerOrder]);
        live.WaitForBody(Web.NewerChain);
    }

    /// <summary>An order, whatever its PEM file holds: whole, kept from before, or broken in the same moment.</summary>
    [Theory]
    [InlineData("known_revoked: true", "whole")]
    [InlineData("known_revoked: true", "kept")]
    [InlineData("known_revoked: true", "breaks")]
    [InlineData("status: invalid", "whole")]
    [InlineData("no_such_key: 1", "kept")]
    public void An_order_that_may_no_longer_be_served_goes_at_once(string metadata, string material)
    {
        using var live = new LiveTree("web.example.com");
        if (material == "kept")
        {
            Break(live, Web.Chain);
            Assert.Equal(Web.NewerChain, live.Server.Download(Web.Certificate, Web.CertificateApiKey).Text);
        }

        var breaking = material == "breaks" ? "truncate -s 500 \"$2\" && " : "";
        live.Run("sh", "-c", $"{breaking} echo \"$0\" >> \"$1\"", metadata, live[Web.OrderYaml], live[Web.Chain]);
        live.WaitForBody(Web.OlderChain);

        File.WriteAllText(live[Web.Chain], Web.NewerChain);
        live.Run("cp", Path.Combine(Repository.Sample, Web.OrderYaml), live[Web.OrderYaml]);
        live.WaitForBody(Web.NewerChain);
        live.AssertNoErrors();
    }

    /// <summary>The same if it was kept from before.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_deleted_is_gone(bool kept)
    {
        using var live = new LiveTree("web.example.com");
        if (kept)
        {
            Break(live, Web.KeyFile);
        }

        live.WaitForBody(Web.Key, Web.PrivateKey, Web.KeyApiKey);

        live.Run("rm", live[Web.KeyFile]);
        live.WaitForStatus(404, Web.PrivateKey, Web.KeyApiKey);
        live.WaitForStatus(404, "privatecertchains/web.example.com", Web.BothApiKeys);
        live.WaitForBody(Web.NewerChain);

        if (kept)
        {
            Break(live, Web.Chain);
            live.WaitForBody(Web.NewerChain);
            live.WaitForStatus(404, "privatecertchains/web.example.com", Web.BothApiKeys);
        }

        live.Run("rm", live[Web.Chain]);
        live.WaitForBody(Web.OlderChain);
        live.Run("rm", "-r", live[Web.OlderOrder]);
        live.WaitForStatus(404);
        live.Run("rm", "-r", live[Web.Certificate]);
        live.WaitForStatus(401);
        live.Run("rm", "-r", live[Web.PrivateKey]);
        live.WaitForStatus(401, Web.PrivateKey, Web.KeyApiKey);
        live.AssertNoErrors();
    }

    [Theory]
    [InlineData(Web.PrivateKey, Web.KeyFile, Web.KeyApiKey)]
    [InlineData(Web.NewerOrder, Web.Chain, Web.CertificateApiKey)]
    public void What_was_deleted_and_comes_back_broken_is_not_served(string directory, string file, string apiKey)
    {
        using var live = new LiveTree("web.example.com");
        live.Run("rm", "-r", live[Web.OlderOrder]);
        var download = directory == Web.PrivateKey ? Web.PrivateKey : Web.Certificate;
        live.WaitForStatus(200, download, apiKey);

        live.Run("mv", live[directory], "away");
        Wait.Until(() => live.Server.Download(download, apiKey).Status != 200, () => $"it is gone\n{live.Server.Log}");
        live.Run("truncate", "-s", "500", $"away/{Path.GetFileName(file)}");
        live.Run("mv", "away", live[directory]);

        live.Server.WaitForLog($"{live[file]}:1:1: error: ");
        live.WaitForScans();
        live.Server.Download(download, apiKey).Expect(
            404, directory == Web.PrivateKey ? "error: not found (private key has no pem)" : "error: not found (certificate has no valid order)");
    }

    [Theory]
    [InlineData(Web.CertificateYaml, Web.Certificate, Web.CertificateApiKey, Web.PrivateKey, Web.KeyApiKey)]
    [InlineData(Web.KeyYaml, Web.PrivateKey, Web.KeyApiKey, Web.Certificate, Web.CertificateApiKey)]
    public void Metadata_that_breaks_closes_the_item_until_it_is_mended(
        string metadata, string download, string apiKey, string other, string otherApiKey)
    {
        using var live = new LiveTree("web.example.com");
        var before = Downloads(live);
        live.Run("cp", "-p", live[metadata], "good");

        foreach (var script in new[] { "echo no_such_key: 1 >> \"$0\"", "truncate -s 0 \"$0\"", "truncate -s 70K \"$0\"" })
        {
            live.Run("sh", "-c", script, live[metadata]);
            live.WaitForStatus(401, download, apiKey);
            live.WaitForStatus(401, "privatecertchains/web.example.com", Web.BothApiKeys);
            live.WaitForStatus(200, other, otherApiKey);

            live.Run("cp", "-p", "good", live[metadata]);
            live.WaitForStatus(200, download, apiKey);
            Assert.Equal(before, Downloads(live));
        }

        live.AssertNoErrors();
    }

    [Fact]
    public void A_tree_that_is_gone_goes_on_being_served()
    {
        using var live = new LiveTree("web.example.com");
        var before = Downloads(live);

        live.Run("mv", live.Path, "gone");
        live.Server.WaitForLog("can't be read");
        Assert.Equal(before, Downloads(live));

        live.Run("mv", "gone", live.Path);
        live.Server.WaitForLog("can be read again");
        live.WaitForScans();
        Assert.Equal(before, Downloads(live));
        Assert.Single(live.Server.LogLines, line => line.Contains("can't be read", StringComparison.Ordinal));
        Assert.Single(live.Server.LogLines, line => line.Contains("can be read again", StringComparison.Ordinal));
        live.AssertNoErrors();
    }

    [Theory]
    [InlineData("")]
    [InlineData("privatekeys")]
    [InlineData("certificates")]
    public void A_tree_that_may_no_longer_be_read_goes_on_being_served(string directory)
    {
        using var live = new LiveTree(temp => temp.AddSample("tree", "web.example.com"), Nobody.Command);
        var before = Downloads(live);

        live.Run("chmod", "000", live[directory]);
        try
        {
            live.Server.WaitForLog("can't be read");
            Assert.Equal(before, Downloads(live));
        }
        finally
        {
            live.Run("chmod", "755", live[directory]);
        }

        live.Server.WaitForLog("can be read again");
        live.WaitForScans();
        Assert.Equal(before, Downloads(live));
        live.AssertNoErrors();
    }

    [Fact]
    public void An_order_that_may_no_longer_be_listed_is_kept_and_watched_once_it_may_be()
    {
        using var live = new LiveTree(temp => temp.AddSample("tree", "web.example.com"), Nobody.Command);
        var before = Downloads(live);
        live.Run("chmod", "000", live[Web.NewerOrder]);
        live.Server.WaitForLog($"{live[Web.NewerOrder]}:1:1: error: ");
        live.Server.WaitForLog(GoesOn);
        live.WaitForScans();
        Assert.Equal(before, Downloads(live));

        live.Run("chmod", "755", live[Web.NewerOrder]);
        live.AssertNoErrors();
        live.Run("cp", live[$"{Web.OlderOrder}/fullchain.pem"], live[Web.Chain]);
        live.WaitForBody(Web.OlderChain);
    }

    private static void Break(LiveTree live, string file)
    {
        live.Run("truncate", "-s", "500", live[file]);
        live.Server.WaitForLog($"{live[file]}:1:1: error: ");
        live.WaitForScans();
    }

    private static string[] Downloads(LiveTree live) =>
    [
        .. Sample.Named("web").Downloads.Select(each => live.Server.Download(each.Download, each.ApiKey)).Select(response => $"{response.Status}\n{response.Text}"),
    ];
}
