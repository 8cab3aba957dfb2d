using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Release;

public sealed class ReproducibilityTests
{
    [Fact]
    public void The_same_commit_gives_the_same_bytes()
    {
        using var temp = new TempDirectory();
        var clone = Clone(temp, "somewhere/else/with a longer name");

        _ = Release(clone, "umask 077; exec scripts/release.sh").RunWell();

        var release = Path.Combine(clone, "artifacts", "release");
        Assert.Equal(Names(ReleaseFiles.Directory), Names(release));
        Assert.True(
            Linked(ReleaseFiles.Bill).SequenceEqual(Linked(Path.Combine(release, Path.GetFileName(ReleaseFiles.Bill)))), ReleaseFiles.Outdated);
        foreach (var file in Directory.EnumerateFiles(release))
        {
            var first = Path.Combine(ReleaseFiles.Directory, Path.GetFileName(file));
            Assert.True(File.ReadAllBytes(first).AsSpan().SequenceEqual(File.ReadAllBytes(file)), $"{Path.GetFileName(file)} differs");
            Assert.Equal(File.GetUnixFileMode(first), File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void A_change_that_is_in_no_commit_is_refused()
    {
        using var temp = new TempDirectory();
        var clone = Clone(temp, "clone");
        File.AppendAllText(Path.Combine(clone, "README.md"), "A change.\n");

        var result = Release(clone, "exec scripts/release.sh").Run();

        Assert.Equal(1, result.Status);
        Assert.Equal(["release: a release is made of a commit. These changes are in none:", " M README.md"], result.ErrorLines);
        Assert.False(Directory.Exists(Path.Combine(clone, "artifacts")));
    }

    /// <summary>In a mount namespace of its own, where /etc/os-release is another's.</summary>
    [Fact]
    public void A_system_that_is_not_Debian_is_refused()
    {
        using var temp = new TempDirectory();
        var other = temp.Write("os-release", "ID=fedora\nVERSION_ID=43\n");

        var result = new Command(
            "unshare", "--mount", "sh", "-c", "mount --bind \"$0\" /etc/os-release && exec scripts/sysroot.sh arm64 \"$1\"", other, temp["sysroot"])
        {
            Directory = Repository.Root,
        }.Run();

        Assert.Equal(1, result.Status);
        Assert.Equal(
            "sysroot: a release is linked with Debian's packages, and this is fedora-43. Make it on Debian, in a container for example.",
            Assert.Single(result.ErrorLines));
        Assert.False(Directory.Exists(temp["sysroot"]));
    }

    private static string Clone(TempDirectory temp, string name)
    {
        _ = new Command("git", "clone", "--quiet", Repository.Root, temp[name]).RunWell();
        return temp[name];
    }

    private static Command Release(string directory, string script) => new("sh", "-c", script)
    {
        Directory = directory,
        Environment = [("TZ", "Asia/Kathmandu"), ("LC_ALL", "C"), ("USER", "somebody")],
        SafetyNet = TimeSpan.FromMinutes(60),
    };

    /// <summary>Debian's packages, with their versions.</summary>
    private static IEnumerable<string> Linked(string bill) =>
        File.ReadLines(bill).Where(line => line.Contains("\"purl\": \"pkg:deb/", StringComparison.Ordinal));

    private static IEnumerable<string> Names(string directory) =>
        Directory.EnumerateFileSystemEntries(directory).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);
}
