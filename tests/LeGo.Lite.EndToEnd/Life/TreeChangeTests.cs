using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>Much of the tree changes at once, or all of it.</summary>
public sealed class TreeChangeTests
{
    /// <summary>The directories are new to the server: it has to see the next change in them too, however deep.</summary>
    [Theory]
    [InlineData("cp -R")]
    [InlineData("mv")]
    public void Many_items_that_come_at_once_show_and_so_do_their_changes(string tool)
    {
        var (first, renewed) = (Fleet.New(100), Fleet.New(100));
        using var live = new LiveTree(temp =>
        {
            first.WriteTo(temp, "first", new());
            renewed.WriteTo(temp, "renewed", new());
            return temp.AddSample("tree", "web.example.com");
        });
        var names = first.Items.Select(item => item.Name);

        foreach (var section in new[] { "privatekeys", "certificates" })
        {
            live.Run(tool.Split(' ')[0], [.. tool.Split(' ')[1..], "-t", live[section], .. names.Select(name => live.Beside($"first/{section}/{name}"))]);
        }

        WaitFor(live, first);

        live.Run("cp", "-R", live.Beside("renewed/."), live.Path);
        WaitFor(live, renewed);
        live.AssertNoErrors();

        live.Run("rm", ["-r", .. names.SelectMany(name => new[] { live[$"privatekeys/{name}"], live[$"certificates/{name}"] })]);
        Wait.Until(() => renewed.IsUnknownTo(live.Server), () => $"all are gone\n{live.Server.Log}");
        live.WaitForBody(Web.NewerChain);
        live.AssertNoErrors();
    }

    [Fact]
    public void A_git_checkout_of_many_items_shows()
    {
        var (first, renewed) = (Fleet.New(100), Fleet.New(100));
        using var live = new LiveTree(temp =>
        {
            var tree = temp.AddSample("tree", "web.example.com");
            Git.Commit(tree, "none");
            first.WriteTo(temp, "tree", new("2026-01-01"));
            Git.Commit(tree, "first");
            renewed.WriteTo(temp, "tree", new("2026-03-01"));
            Git.Commit(tree, "renewed");
            Git.Run(tree, "checkout", "-q", "none");
            return tree;
        });
        Assert.True(first.IsUnknownTo(live.Server));

        Git.Run(live.Path, "checkout", "-q", "first");
        WaitFor(live, first);
        Git.Run(live.Path, "checkout", "-q", "renewed");
        WaitFor(live, renewed);
        Git.Run(live.Path, "checkout", "-q", "first");
        WaitFor(live, first);
        live.AssertNoErrors();

        Git.Run(live.Path, "checkout", "-q", "none");
        Wait.Until(() => first.IsUnknownTo(live.Server), () => $"all are gone\n{live.Server.Log}");
        live.WaitForBody(Web.NewerChain);
        live.AssertNoErrors();
    }

    [Fact]
    public void A_git_pull_shows()
    {
        using var live = new LiveTree(
            temp =>
            {
                temp.AddSample("origin", "web.example.com");
                Directory.Move(temp[$"origin/{Web.NewerOrder}"], temp["later"]);
                Git.Commit(temp["origin"], "main");
                Git.Run(temp.Path, "clone", "-q", "origin", "clone");
                return temp["clone"];
            },
            debounce: 300);
        live.WaitForBody(Web.OlderChain);

        Directory.Move(live.Beside("later"), live.Beside($"origin/{Web.NewerOrder}"));
        Git.Commit(live.Beside("origin"), "main");
        Git.Run(live.Path, "pull", "-q");

        live.WaitForBody(Web.NewerChain);
        Assert.DoesNotContain(live.Server.LogLines, line => line.Contains("error:", StringComparison.Ordinal));
        live.AssertNoErrors();
    }

    /// <summary>The tree itself, what is in it, and what it is in. The one that came has to be watched, too.</summary>
    [Theory]
    [InlineData("outer/tree")]
    [InlineData("outer/tree/certificates")]
    [InlineData("outer/tree/certificates/web.example.com")]
    [InlineData("outer")]
    public void A_directory_that_is_replaced_by_another_shows(string replaced)
    {
        using var live = new LiveTree(
            temp =>
            {
                temp.AddSample("outer/tree", "web.example.com");
                temp.AddSample("next/outer/tree", "web.example.com");
                Directory.Delete(temp[$"next/outer/tree/{Web.NewerOrder}"], recursive: true);
                return temp["outer/tree"];
            });
        live.WaitForBody(Web.NewerChain);

        // Not by mv: the second rename has to come before anybody has had time to make sense of the first.
        Directory.Move(live.Beside(replaced), live.Beside("old"));
        Directory.Move(live.Beside($"next/{replaced}"), live.Beside(replaced));
        live.WaitForBody(Web.OlderChain);

        live.Run("cp", "-R", Path.Combine(Repository.Sample, Web.NewerOrder), live[Web.Orders]);
        live.WaitForBody(Web.NewerChain);
        live.AssertNoErrors();
    }

    [Fact]
    public void Items_that_are_moved_out_together_are_gone_and_the_next_change_shows()
    {
        using var live = new LiveTree("web.example.com", "mail.example.com", "printer.example.com");
        Sample[] others = [Sample.Named("mail"), Sample.Named("printer")];

        live.Run("mkdir", "out");
        live.Run("mv", ["-t", "out", .. others.Select(item => live[$"certificates/{item.Certificate}"])]);
        foreach (var item in others)
        {
            live.WaitForStatus(401, $"certificates/{item.Certificate}", item.CertificateApiKey);
        }

        live.Run("rm", "-r", live[Web.NewerOrder]);
        live.WaitForBody(Web.OlderChain);
        live.AssertNoErrors();
    }

    [Fact]
    public void A_tree_that_is_removed_and_made_anew_shows()
    {
        using var live = new LiveTree("web.example.com");

        live.Run("rm", "-r", live.Path);
        live.Run("cp", "-R", Repository.Sample, live.Path);
        var mail = Sample.Named("mail");
        live.WaitForBody(mail.Leaf + mail.Issuers, "certificates/mail.example.com", mail.CertificateApiKey);

        live.Run("rm", "-r", live[Web.NewerOrder]);
        live.WaitForBody(Web.OlderChain);
        live.AssertNoErrors();
    }

    private static void WaitFor(LiveTree live, Fleet fleet) =>
        Wait.Until(() => fleet.IsServedBy(live.Server), () => $"all pairs are served\n{live.Server.Log}");
}
