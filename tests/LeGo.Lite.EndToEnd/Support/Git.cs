namespace LeGo.Lite.EndToEnd.Support;

/// <summary>git in a directory, without settings of this machine.</summary>
internal static class Git
{
    public static void Run(string directory, params IReadOnlyList<string> arguments) => new Command("git", arguments)
    {
        Directory = directory,
        Environment = [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")],
    }.RunWell();

    /// <summary>Commits all that is there, to a branch that is made if there is none of this name.</summary>
    public static void Commit(string directory, string branch)
    {
        if (!Directory.Exists(Path.Combine(directory, ".git")))
        {
            Run(directory, "init", "-q");
        }

        Run(directory, "checkout", "-q", "-B", branch);
        Run(directory, "add", "-A");
        Run(directory, "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", "commit", "-q", "-m", branch);
    }
}
