using System.Security.Cryptography;
using LeGo.Lite.EndToEnd.Support;
using LeGo.Lite.Packaging.Release;
using Xunit;

namespace LeGo.Lite.Packaging.Debian;

/// <summary>What is in the packages that <c>make deb</c> leaves.</summary>
public sealed class PackageTests
{
    private const string Config = "packaging/debian/lego-lite.yaml";

    public static TheoryData<string> Architectures => [.. Package.Architectures];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void It_holds_what_is_installed_and_nothing_else(string architecture)
    {
        var package = Package.Made(architecture);

        Assert.Equal(architecture, package.Field("Architecture"));
        Assert.Equal("adduser", package.Field("Depends"));
        Assert.Equal(
            [
                "drwxr-xr-x ./etc/lego-lite/",
                "-rw-r----- ./etc/lego-lite/lego-lite.yaml",
                "-rw-r--r-- ./lib/systemd/system/lego-lite.service",
                "-rw-r--r-- ./lib/systemd/system/lego-lite.socket",
                "-rwxr-xr-x ./usr/bin/lego-lite",
                "-rw-r--r-- ./usr/share/bash-completion/completions/lego-lite",
                "drwxr-xr-x ./usr/share/doc/lego-lite/",
                "-rw-r--r-- ./usr/share/doc/lego-lite/THIRD-PARTY-NOTICES.TXT.gz",
                "-rw-r--r-- ./usr/share/doc/lego-lite/changelog.Debian.gz",
                "-rw-r--r-- ./usr/share/doc/lego-lite/changelog.gz",
                "-rw-r--r-- ./usr/share/doc/lego-lite/copyright",
                "-rw-r--r-- ./usr/share/fish/vendor_completions.d/lego-lite.fish",
                "-rw-r--r-- ./usr/share/lintian/overrides/lego-lite",
                "-rw-r--r-- ./usr/share/man/man1/lego-lite.1.gz",
                "-rw-r--r-- ./usr/share/zsh/vendor-completions/_lego-lite",
                "drwxr-x--- ./var/lib/lego-lite/",
                "drwxr-xr-x ./var/lib/lego-lite/certificates/",
                "drwxr-xr-x ./var/lib/lego-lite/privatekeys/",
            ],
            package.Contents.Where(line => line.Contains("lego-lite", StringComparison.Ordinal)).Select(line => line.Replace("root/root ", "", StringComparison.Ordinal)));
        Assert.All(package.Contents, line => Assert.Contains(" root/root ", line, StringComparison.Ordinal));
        Assert.All(
            package.Contents.Where(line => !line.Contains("lego-lite", StringComparison.Ordinal)),
            line => Assert.StartsWith("drwxr-xr-x ", line, StringComparison.Ordinal));
        Assert.Equal("/etc/lego-lite/lego-lite.yaml\n", new Command("dpkg-deb", "--info", package.File, "conffiles").RunWell().Text);
    }

    [Theory]
    [InlineData("amd64", "Advanced Micro Devices X86-64")]
    [InlineData("arm64", "AArch64")]
    public void Its_binary_is_of_its_architecture_and_needs_nothing(string architecture, string machine)
    {
        using var temp = new TempDirectory();
        Package.Made(architecture).Unpack(temp.Path);

        var elf = new Command("readelf", "--wide", "--file-header", "--program-headers", "--dynamic", temp["usr/bin/lego-lite"]).RunWell().Lines;

        Assert.Contains(elf, line => line.StartsWith("  Machine:", StringComparison.Ordinal) && line.EndsWith(machine, StringComparison.Ordinal));
        Assert.DoesNotContain(elf, line => line.Contains("(NEEDED)", StringComparison.Ordinal) || line.Contains("INTERP", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Lintian_finds_nothing(string architecture)
    {
        var result = new Command("lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0", Package.Made(architecture).File) { SafetyNet = TimeSpan.FromMinutes(10) }.Run();

        Assert.Equal("", result.Text);
        Assert.Equal(0, result.Status);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void The_same_binary_and_commit_give_the_same_bytes(string architecture)
    {
        using var temp = new TempDirectory();
        var made = Package.Made(architecture);
        made.Unpack(temp["unpacked"]);
        File.Copy(ReleaseFiles.Notices, temp["unpacked/usr/bin/THIRD-PARTY-NOTICES.TXT"]);

        // Another place, umask and time zone.
        new Command(
            "sh", "-c", "umask 077; exec \"$0\" \"$@\"", Path.Combine(Repository.Root, "scripts", "deb.sh"), temp["unpacked/usr/bin/lego-lite"], architecture, temp["again"])
        {
            Environment = [("TZ", "Asia/Tokyo"), ("TMPDIR", temp.Path)],
            SafetyNet = TimeSpan.FromMinutes(10),
        }.RunWell();

        Assert.Equal(Digest(made.File), Digest(Assert.Single(Directory.GetFiles(temp["again"]))));
    }

    [Fact]
    public void Its_config_shows_each_setting_as_the_sample_config_does()
    {
        string[] sample = Settings("lego-lite.yaml"), packaged = Settings(Config);

        Assert.Equal(sample.Length, packaged.Length);
        Assert.Equal(
            ["data: ./data.sample → data: /var/lib/lego-lite", "  format: text → format: systemd"],
            sample.Zip(packaged).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.First} → {pair.Second.TrimStart()}"));
    }

    /// <summary>The lines of a config without what is said of them; settings that are commented out are settings.</summary>
    private static string[] Settings(string file) =>
        [.. File.ReadLines(Path.Combine(Repository.Root, file)).SkipWhile(line => line.StartsWith('#')).Select(line => line.TrimStart('#').Split('#')[0].TrimEnd())];

    private static string Digest(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
}
