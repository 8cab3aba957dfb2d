using System.Security.Cryptography;
using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Release;

public sealed class BinaryTests
{
    [Fact]
    public void A_release_is_the_binaries_their_bill_of_materials_notices_and_the_sums_of_all()
    {
        var version = ReleaseFiles.Version;

        Assert.Equal(
            ["SHA256SUMS", "THIRD-PARTY-NOTICES.TXT", $"lego-lite-{version}-linux-arm64", $"lego-lite-{version}-linux-x64", $"lego-lite-{version}.cdx.json"],
            Directory.EnumerateFileSystemEntries(ReleaseFiles.Directory).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.Equal(
            Directory.EnumerateFiles(ReleaseFiles.Directory).Where(file => Path.GetFileName(file) != "SHA256SUMS").Order(StringComparer.Ordinal)
                .Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}  {Path.GetFileName(file)}"),
            File.ReadLines(Path.Combine(ReleaseFiles.Directory, "SHA256SUMS")));
        _ = new Command("sha256sum", "--check", "--strict", "SHA256SUMS") { Directory = ReleaseFiles.Directory }.RunWell();
    }

    /// <summary>Of both parts of .NET, of packages, and of what is linked in.</summary>
    [Theory]
    [InlineData("License notice for zlib-ng")]
    [InlineData("License notice for BedrockFramework")]
    [InlineData("The MIT License (MIT)")]
    [InlineData("Copyright (c) Antoine Aubry and contributors")]
    [InlineData("Upstream-Name: OpenSSL")]
    [InlineData("from <https://sourceware.org/git/glibc.git>")]
    [InlineData("Apache License")]
    [InlineData("GNU LESSER GENERAL PUBLIC LICENSE")]
    public void The_notices_of_others_are_in_a_release(string notice) =>
        Assert.Contains(notice, File.ReadLines(ReleaseFiles.Notices).Select(line => line.Trim()));

    [Theory]
    [InlineData("linux-x64", "Advanced Micro Devices X86-64")]
    [InlineData("linux-arm64", "AArch64")]
    public void A_binary_is_static_stripped_and_small(string rid, string machine)
    {
        var elf = new Command("readelf", "--wide", "--file-header", "--segments", "--sections", "--dynamic", ReleaseFiles.Binary(rid)).RunWell().Text;

        Assert.Matches($@"Machine: +{machine}\n", elf);
        Assert.Matches(@"Type: +DYN \(Position-Independent Executable file\)\n", elf);
        Assert.Contains(" .text ", elf, StringComparison.Ordinal);
        foreach (var absent in new[] { "INTERP", "(NEEDED)", ".symtab", ".debug_", ".gnu_debuglink" })
        {
            Assert.DoesNotContain(absent, elf, StringComparison.Ordinal);
        }

        // An executable stack is asked for by leaving this out, or by an E.
        Assert.Matches(@"GNU_STACK .* RW +0(x10)?\n", elf);
        Assert.Contains("GNU_RELRO", elf, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(ReleaseFiles.Binary(rid)).Length, 1_000_000, 20_000_000);
        Assert.True(File.GetUnixFileMode(ReleaseFiles.Binary(rid)).HasFlag(UnixFileMode.OtherExecute));
    }

    [Theory]
    [InlineData("linux-x64")]
    [InlineData("linux-arm64")]
    public void A_binary_does_not_tell_where_it_was_built(string rid)
    {
        var bytes = File.ReadAllBytes(ReleaseFiles.Binary(rid));
        var packages = new Command("dotnet", "nuget", "locals", "global-packages", "--list").RunWell().Text.Split(": ")[1].Trim();

        // Where release.sh builds: the repository itself can be in a /src, and .NET's own objects name such paths.
        foreach (var place in new[] { Path.Combine(Repository.Root, "artifacts/release-work"), packages })
        {
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(place)));
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(place)));
        }
    }
}
