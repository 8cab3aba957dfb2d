using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Release;

/// <summary>The bill of materials says what is in the binaries, and they agree.</summary>
public sealed class BillOfMaterialsTests
{
    private static readonly JsonElement Bill = JsonDocument.Parse(File.ReadAllText(ReleaseFiles.Bill)).RootElement;

    [Fact]
    public void It_keeps_to_its_schema()
    {
        using var temp = new TempDirectory();
        TempDirectory.Copy(Path.Combine(Repository.Root, "packaging", "sbom"), temp["sbom"]);
        _ = new Command("npm", "ci", "--no-audit", "--no-fund") { Directory = temp["sbom"], SafetyNet = TimeSpan.FromMinutes(10) }.RunWell();
        var broken = temp.Write("broken.json", File.ReadAllText(ReleaseFiles.Bill).Replace("\"name\": \"openssl\"", "\"nome\": \"openssl\"", StringComparison.Ordinal));

        Assert.Equal("1.6", Bill.GetProperty("specVersion").GetString());
        Assert.Empty(Validate(ReleaseFiles.Bill).RunWell().Errors);
        Assert.Equal(1, Validate(broken).Run().Status);

        Command Validate(string file) => new("node", temp["sbom/validate.js"], file);
    }

    [Fact]
    public void It_is_of_this_version_and_commit()
    {
        var metadata = Bill.GetProperty("metadata");
        var release = metadata.GetProperty("component");

        Assert.Equal("lego-lite", Text(release, "name"));
        Assert.Equal(ReleaseFiles.Version, Text(release, "version"));
        Assert.Equal(ReleaseFiles.Commit, Text(release.GetProperty("properties")[0], "value"));
        Assert.Equal(
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(ReleaseFiles.Git("log", "-1", "--format=%ct"), CultureInfo.InvariantCulture)),
            metadata.GetProperty("timestamp").GetDateTimeOffset());
        Assert.Equal(
            [$"lego-lite-{ReleaseFiles.Version}-linux-arm64", $"lego-lite-{ReleaseFiles.Version}-linux-x64"],
            PartsOf(Text(release, "bom-ref")).Select(binary => Text(binary, "name")));
    }

    [Theory]
    [InlineData("linux-x64")]
    [InlineData("linux-arm64")]
    public void It_names_what_is_in_a_binary_and_nothing_else(string rid)
    {
        var binary = ReleaseFiles.Binary(rid);
        var parts = PartsOf(Path.GetFileName(binary)).ToDictionary(part => Text(part, "name").Split("gcc-")[0] is "" ? "gcc" : Text(part, "name"));

        Assert.Equal(
            [
                $"Microsoft.AspNetCore.App.Runtime.{rid}", $"Microsoft.NETCore.App.Runtime.NativeAOT.{rid}", "System.CommandLine", "YamlDotNet",
                "gcc", "glibc", "openssl", "runtime.linux-x64.Microsoft.DotNet.ILCompiler",
            ],
            parts.Keys.Order(StringComparer.Ordinal));

        // As it was asked for.
        var asked = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props"));
        foreach (var package in new[] { "System.CommandLine", "YamlDotNet" })
        {
            var version = Text(parts[package], "version");
            Assert.Contains($"Include=\"{package}\" Version=\"{version}\"", asked, StringComparison.Ordinal);
            Assert.Equal($"pkg:nuget/{package}@{version}", Text(parts[package], "purl"));
            Assert.Equal("MIT", Text(parts[package].GetProperty("licenses")[0].GetProperty("license"), "id"));
        }

        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(binary))),
            Text(Component(Path.GetFileName(binary)).GetProperty("hashes")[0], "content"));
    }

    [Theory]
    [InlineData("linux-x64", "amd64")]
    [InlineData("linux-arm64", "arm64")]
    public void Its_versions_are_those_of_Debian_of_the_lock_file_and_of_the_binary(string rid, string architecture)
    {
        using var temp = new TempDirectory();
        _ = new Command(Path.Combine(Repository.Root, "scripts", "sysroot.sh"), architecture, temp["sysroot"]) { SafetyNet = TimeSpan.FromMinutes(10) }.RunWell();
        var binary = ReleaseFiles.Binary(rid);
        var parts = PartsOf(Path.GetFileName(binary)).ToDictionary(part => Text(part, "name"), part => Text(part, "version"));

        foreach (var line in File.ReadLines(temp["sysroot/linked"]).Select(line => line.Split(' ')))
        {
            Assert.True(line[1] == parts[line[0]], $"{line[0]} is {line[1]}, and was {parts[line[0]]}. {ReleaseFiles.Outdated}");
        }

        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "LeGo.Lite", "packages.lock.json")));
        Assert.Equal(
            Text(locked.RootElement.GetProperty("dependencies").GetProperty("net10.0").GetProperty("Microsoft.DotNet.ILCompiler"), "resolved"),
            parts[$"Microsoft.NETCore.App.Runtime.NativeAOT.{rid}"]);
        Assert.True(File.ReadAllBytes(binary).AsSpan().IndexOf(Encoding.ASCII.GetBytes($"OpenSSL {parts["openssl"].Split('-')[0]} ")) >= 0, parts["openssl"]);
    }

    private static IEnumerable<JsonElement> PartsOf(string reference) =>
        Bill.GetProperty("dependencies").EnumerateArray().Single(dependency => Text(dependency, "ref") == reference)
            .GetProperty("dependsOn").EnumerateArray().Select(part => Component(part.GetString()!));

    private static JsonElement Component(string reference) =>
        Bill.GetProperty("components").EnumerateArray().Single(component => Text(component, "bom-ref") == reference);

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
