using System.Globalization;
using System.Text.RegularExpressions;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>What the log says of changes in the tree.</summary>
public sealed partial class ReloadLogTests
{
    [Fact]
    public void Each_reload_that_changed_something_is_one_line_with_its_counts()
    {
        using var live = new LiveTree(temp =>
        {
            var tree = temp.AddSample("tree", "web.example.com", "mail.example.com", "printer.example.com");
            Directory.Move(Path.Combine(tree, "certificates"), temp["certificates"]);
            return tree;
        });

        // Renames: the server can't read them half done.
        live.Run("mv", "certificates", live["certificates"]);
        WaitForReloads(live, (3, 0, 0));

        live.Run("sed", "-i", "s/web-cert-0/new-cert-0/", live[Web.CertificateYaml]);
        WaitForReloads(live, (3, 0, 0), (0, 1, 0));

        live.Run("mv", live[Web.NewerOrder], "order");
        WaitForReloads(live, (3, 0, 0), (0, 1, 0), (0, 1, 0));

        live.Run("mv", live["certificates/mail.example.com"], "mail");
        WaitForReloads(live, (3, 0, 0), (0, 1, 0), (0, 1, 0), (0, 0, 1));

        live.Run("mv", live["certificates"], "certificates");
        WaitForReloads(live, (3, 0, 0), (0, 1, 0), (0, 1, 0), (0, 0, 1), (0, 0, 2));
    }

    [Fact]
    public void What_changes_nothing_that_is_served_is_not_in_the_log()
    {
        using var live = new LiveTree("web.example.com");

        live.Run("touch", live[Web.CertificateYaml], live[Web.KeyYaml], live[Web.KeyFile], live[Web.Chain], live[Web.Orders], live.Path);
        live.Run("cp", live[Web.Chain], live[$"{Web.NewerOrder}/unknown.pem"]);
        live.Run("cp", "-p", live[Web.Chain], "same.pem");
        live.Run("mv", "same.pem", live[Web.Chain]);
        live.WaitForScans();

        // Only what made the server read the tree again.
        WaitForReloads(live, (1, 0, 0), (0, 1, 0));
        Assert.All(live.Server.LogLines, line => Assert.True(Line().IsMatch(line) || line.Contains("privatekeys", StringComparison.Ordinal), line));
    }

    [Fact]
    public void A_problem_is_logged_when_it_appears_and_when_it_clears()
    {
        using var live = new LiveTree("web.example.com");
        var good = File.ReadAllText(live[Web.CertificateYaml]);
        var problem = $"{live[Web.CertificateYaml]}:1:1: error: write keys and values, as in key: value";
        string[] About() => [.. live.Server.LogLines.Where(line => line.Contains(problem, StringComparison.Ordinal))];

        File.WriteAllText(live[Web.CertificateYaml], "- nonsense\n");
        live.WaitForStatus(401);
        live.WaitForScans();
        Assert.EndsWith($" {problem}", Assert.Single(About()), StringComparison.Ordinal);

        File.WriteAllText(live[Web.CertificateYaml], good);
        live.WaitForStatus(200);
        live.WaitForScans();
        Assert.Equal(2, About().Length);
        Assert.EndsWith($" cleared: {problem}", About()[1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_every_user_can_read_is_logged_until_it_is_closed()
    {
        using var temp = TempDirectory.Open();
        var tree = temp.AddSample("tree", "mail.example.com");
        _ = new Command("chmod", "-R", "o+rX", tree).RunWell();
        _ = new Command("chmod", "o-rwx", tree).RunWell();
        using var live = new LiveTree(_ => tree);
        var warning = $"{live["privatekeys/mail.example.com/key.yaml"]}:1:1: warning: every user of this machine can read this file and 2 more ";

        // The second is above the tree: nothing in it changes.
        foreach (var (directory, times) in new[] { (live.Path, 1), (temp.Path, 2) })
        {
            live.Run("chmod", "o+x", live.Path, temp.Path);
            WaitFor($"] {warning}", times);
            live.Run("chmod", "o-x", directory);
            WaitFor($"] cleared: {warning}", times);
        }

        Assert.Empty(Reloads(live));

        void WaitFor(string part, int times) => Wait.Until(
            () => live.Server.LogLines.Count(line => line.Contains(part, StringComparison.Ordinal)) == times, () => $"{part}, {times} times\n{live.Server.Log}");
    }

    private static void WaitForReloads(LiveTree live, params (int, int, int)[] expected)
    {
        Wait.Until(() => Reloads(live).Length >= expected.Length, () => $"{expected[^1]} is in the log\n{live.Server.Log}");
        Assert.Equal(expected, Reloads(live));
    }

    private static (int Added, int Changed, int Removed)[] Reloads(LiveTree live) =>
    [
        .. from line in live.Server.LogLines
           let counts = Line().Match(line)
           where counts.Success
           select (Count(counts, 1), Count(counts, 2), Count(counts, 3)),
    ];

    private static int Count(Match counts, int group) => int.Parse(counts.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"reloaded.* (\d+)[a-z ]* added, (\d+) changed, (\d+) removed.* ms$")]
    private static partial Regex Line();
}
