using System.Globalization;
using System.Text.RegularExpressions;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Systemd;

/// <summary>What systemd says of the units, without being run.</summary>
public sealed partial class UnitTests
{
    private static readonly string Units = Path.Combine(Repository.Root, "packaging/systemd");

    [Fact]
    public void Systemd_has_nothing_to_say_about_them()
    {
        using var temp = new TempDirectory();
        var service = File.ReadAllText(Path.Combine(Units, "lego-lite.service"));
        var programs = Program().Matches(service).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(["/usr/bin/lego-lite", "/bin/kill"], programs);

        // The programs are looked for.
        temp.Write("lego-lite.service", service.Replace(programs[0], Repository.Binary, StringComparison.Ordinal));
        File.Copy(Path.Combine(Units, "lego-lite.socket"), temp["lego-lite.socket"]);
        Repository.RequireBinary();
        var verified = new Command("systemd-analyze", "verify", "--man=no", temp["lego-lite.service"], temp["lego-lite.socket"]).RunWell();

        Assert.Equal("", verified.Text + verified.Errors);
    }

    [Fact]
    public void What_an_intruder_could_do_in_the_service_is_little_and_the_unit_says_how_little()
    {
        var unit = Path.Combine(Units, "lego-lite.service");
        var said = Exposure().Match(new Command("systemd-analyze", "security", "--no-pager", "--offline=true", unit).RunWell().Text);
        var version = new Command("systemd-analyze", "--version").RunWell().Text.Split(' ')[1];

        Assert.InRange(double.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture), 0.1, 1.5);
        var recorded = Recorded().Match(File.ReadAllText(unit));
        Assert.True(recorded.Success);
        if (version == recorded.Groups[2].Value)
        {
            Assert.Equal(said.Groups[1].Value, recorded.Groups[1].Value);
        }
    }

    [Fact]
    public void The_user_and_the_place_of_the_tree_are_those_of_the_unit()
    {
        using var root = new TempDirectory();
        root.Write("usr/lib/sysusers.d/lego-lite.conf", File.ReadAllText(Path.Combine(Units, "lego-lite.sysusers")));
        root.Write("usr/lib/tmpfiles.d/lego-lite.conf", File.ReadAllText(Path.Combine(Units, "lego-lite.tmpfiles")));
        Directory.CreateDirectory(root["etc"]);

        _ = new Command("systemd-sysusers", $"--root={root.Path}").RunWell();
        _ = new Command("systemd-tmpfiles", $"--root={root.Path}", "--create").RunWell();

        var user = File.ReadLines(root["etc/passwd"]).Single(line => line.StartsWith("lego-lite:", StringComparison.Ordinal)).Split(':');
        Assert.Equal(("LeGo.Lite", "/var/lib/lego-lite"), (user[4], user[5]));
        Assert.EndsWith("/nologin", user[6], StringComparison.Ordinal);
        Assert.Equal($"0 {user[3]} 750", new Command("stat", "-c", "%u %g %a", root["var/lib/lego-lite"]).RunWell().Text.TrimEnd());
    }

    [GeneratedRegex(@"^Exec\w+=(\S+)", RegexOptions.Multiline)]
    private static partial Regex Program();

    [GeneratedRegex(@"Overall exposure level for lego-lite\.service: (\d+\.\d)")]
    private static partial Regex Exposure();

    [GeneratedRegex(@"^# systemd-analyze security --offline=true: (\d+\.\d) \w+ \(systemd (\d+)\)$", RegexOptions.Multiline)]
    private static partial Regex Recorded();
}
