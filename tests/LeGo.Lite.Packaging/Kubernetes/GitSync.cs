using LeGo.Lite.EndToEnd.Support;

namespace LeGo.Lite.Packaging.Kubernetes;

/// <summary>What git-sync leaves on the disk: a worktree for the commit, and a link to it that is swapped.</summary>
/// <param name="repository">Where it pulls from.</param>
/// <param name="root">Where it works.</param>
/// <param name="link">In there.</param>
/// <param name="branch">Of the repository.</param>
internal sealed class GitSync(string repository, string root, string link, string branch)
{
    public void Pull()
    {
        if (!Directory.Exists(root))
        {
            Directory.CreateDirectory(root);
            Git.Run(root, "init", "-q", "-b", "git-sync");
        }

        Git.Run(root, "fetch", "-q", "--depth=1", $"file://{repository}", branch);
        var commit = new Command("git", "rev-parse", "FETCH_HEAD") { Directory = root }.RunWell().Lines[0];
        Git.Run(root, "worktree", "add", "-q", "--force", "--detach", $".worktrees/{commit}", commit);

        var before = new FileInfo(Path.Combine(root, link)).LinkTarget;
        File.CreateSymbolicLink(Path.Combine(root, "next"), $".worktrees/{commit}");
        _ = new Command("mv", "-T", Path.Combine(root, "next"), Path.Combine(root, link)).RunWell();
        if (before is not null)
        {
            Git.Run(root, "worktree", "remove", "--force", before);
        }
    }
}
