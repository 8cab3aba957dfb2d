using System.Text.RegularExpressions;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Release;

/// <summary>What <c>make release</c> made of the last commit.</summary>
internal static class ReleaseFiles
{
    public const string Outdated = "Debian's packages are newer than this release: make clean release";

    public static string Version { get; } =
        Regex.Match(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")), "<Version>(.+)</Version>").Groups[1].Value;

    public static string Directory { get; } = Path.Combine(Repository.Root, "artifacts", "release");

    public static string Bill => Find($"lego-lite-{Version}.cdx.json");

    /// <summary>Of others whose work is in .NET's parts.</summary>
    public static string Notices => Find("THIRD-PARTY-NOTICES.TXT");

    public static string Commit => Git("rev-parse", "HEAD");

    /// <param name="rid">Such as linux-x64.</param>
    public static string Binary(string rid) => Find($"lego-lite-{Version}-{rid}");

    public static string Git(params IReadOnlyList<string> arguments) =>
        new Command("git", arguments) { Directory = Repository.Root }.RunWell().Text.TrimEnd();

    private static string Find(string name)
    {
        var file = Path.Combine(Directory, name);
        Assert.True(File.Exists(file), $"There is no {file}: run make release.");
        return file;
    }
}
