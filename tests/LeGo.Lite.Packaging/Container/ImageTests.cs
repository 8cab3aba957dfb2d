using System.Buffers.Binary;
using System.Formats.Tar;
using LeGo.Lite.EndToEnd.Support;
using LeGo.Lite.Packaging.Release;
using Xunit;

namespace LeGo.Lite.Packaging.Container;

/// <summary>The image of Containerfile.</summary>
public sealed class ImageTests
{
    [Theory]
    [InlineData("amd64", "linux-x64", 62)]
    [InlineData("arm64", "linux-arm64", 183)]
    public void It_holds_the_binary_of_the_release_and_nothing_else(string architecture, string rid, int machine)
    {
        using var layer = new TarReader(new MemoryStream(Assert.Single(new Image(architecture).LayerArchives)));

        var entry = layer.GetNextEntry(copyData: true)!;

        Assert.Equal(("lego-lite", TarEntryType.RegularFile, 0, 0), (entry.Name, entry.EntryType, entry.Uid, entry.Gid));
        Assert.Equal("rwxr-xr-x", Text(entry.Mode));
        using var content = new MemoryStream();
        entry.DataStream!.CopyTo(content);
        Assert.True(File.ReadAllBytes(ReleaseFiles.Binary(rid)).AsSpan().SequenceEqual(content.ToArray()), "That is another binary.");
        Assert.Equal(machine, BinaryPrimitives.ReadUInt16LittleEndian(content.GetBuffer().AsSpan(18))); // e_machine of ELF
        Assert.Null(layer.GetNextEntry());

        static string Text(UnixFileMode mode) => string.Concat(
            Enumerable.Range(0, 9).Select(bit => ((int)mode & (256 >> bit)) != 0 ? "rwx"[bit % 3] : '-'));
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void It_runs_the_binary_as_a_user_who_is_nobody_else_and_asks_it_for_its_health(string architecture)
    {
        var image = new Image(architecture);
        Assert.Equal("65532:65532", image.Settings.GetProperty("User").GetString());
        Assert.Equal(["/lego-lite"], image.Words("Entrypoint"));
        AssertNone("Cmd");
        AssertNone("Volumes");
        Assert.Equal(["4051/tcp"], image.Settings.GetProperty("ExposedPorts").EnumerateObject().Select(port => port.Name));
        Assert.Equal(
            ["CMD", "/lego-lite", "health", "http://127.0.0.1:4050/certwarden/api/health"],
            image.Settings.GetProperty("Healthcheck").GetProperty("Test").EnumerateArray().Select(word => word.GetString()!));

        void AssertNone(string property) =>
            Assert.True(!image.Settings.TryGetProperty(property, out var value) || value.GetRawText() is "null" or "[]" or "{}", $"{property}: {value}");
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void It_says_what_it_is(string architecture)
    {
        var image = new Image(architecture);
        Assert.Equal(("linux", architecture), (image.Platform.GetProperty("os").GetString(), image.Platform.GetProperty("architecture").GetString()));
        Assert.Contains(image.Tags, tag => tag.EndsWith($"lego-lite:{ReleaseFiles.Version}", StringComparison.Ordinal));
        var labels = image.Settings.GetProperty("Labels");
        Assert.Equal("lego-lite", labels.GetProperty("org.opencontainers.image.title").GetString());
        Assert.Equal(ReleaseFiles.Version, labels.GetProperty("org.opencontainers.image.version").GetString());
    }

    [Theory]
    [InlineData("amd64", "linux-x64")]
    [InlineData("arm64", "linux-arm64")]
    public void Made_again_elsewhere_it_is_the_same_to_the_byte(string architecture, string rid)
    {
        using var temp = new TempDirectory();
        _ = new Command("git", "clone", "--quiet", Repository.Root, temp["clone"]).RunWell();
        File.Copy(ReleaseFiles.Binary(rid), temp["clone/binary"]);

        _ = Script(temp["clone"], architecture, "binary").RunWell();

        var again = File.ReadAllBytes(Path.Combine(temp["clone"], Image.FileName(architecture)));
        Assert.True(File.ReadAllBytes(new Image(architecture).Archive).AsSpan().SequenceEqual(again), "The same binary and commit gave another image.");
    }

    [Fact]
    public void None_is_made_of_a_binary_that_needs_libraries()
    {
        var result = Script(Repository.Root, Image.OwnArchitecture, "/bin/sh").Run();

        Assert.Equal(1, result.Status);
        Assert.StartsWith("image.sh: /bin/sh needs libraries", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private static Command Script(string repository, string architecture, string binary) =>
        new(Path.Combine(repository, "scripts/image.sh"), ReleaseFiles.Version, architecture, binary);
}
