using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>The machine has no inotify instance left, or too few watches: the rescan shows every change.</summary>
public sealed class WithoutWatcherTests
{
    [Theory]
    [InlineData("max_inotify_instances", 0, "max_user_instances")]
    [InlineData("max_inotify_watches", 0, "max_user_watches")]
    [InlineData("max_inotify_watches", 3, "max_user_watches")]
    public void Changes_show_at_the_next_rescan_and_the_log_says_so_once(string limit, int count, string advice)
    {
        using var live = new LiveTree(
            temp => temp.AddSample("tree", "web.example.com"), (_, arguments) => Limited.Command(limit, count, arguments), _ => [Reload.Rescan("200ms")]);

        live.Run("rm", "-r", live[Web.NewerOrder]);
        live.WaitForBody(Web.OlderChain);
        live.Run("cp", "-R", Path.Combine(Repository.Sample, Web.NewerOrder), live[Web.Orders]);
        live.WaitForBody(Web.NewerChain);
        live.Run("cp", live[$"{Web.OlderOrder}/fullchain.pem"], live[Web.Chain]);
        live.WaitForBody(Web.OlderChain);
        live.WaitForScans();

        live.AssertNoErrors();
        var line = Assert.Single(live.Server.LogLines, line => line.Contains("watched", StringComparison.Ordinal));
        Assert.Contains($" {live.Path} can't be watched, so a change may show only at the next rescan: ", line, StringComparison.Ordinal);
        Assert.Contains($"raise the sysctl fs.inotify.{advice}", line, StringComparison.Ordinal);
    }
}
