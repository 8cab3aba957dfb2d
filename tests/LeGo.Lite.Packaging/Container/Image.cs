using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Text.Json;
using LeGo.Lite.EndToEnd.Support;
using LeGo.Lite.Packaging.Release;
using Xunit;

namespace LeGo.Lite.Packaging.Container;

/// <summary>What <c>make image</c> made, taken apart.</summary>
internal sealed class Image
{
    private readonly Dictionary<string, byte[]> files = [];

    /// <param name="architecture">Such as amd64; this machine's if it is not said.</param>
    public Image(string? architecture = null)
    {
        Archive = Path.Combine(Repository.Root, FileName(architecture ?? OwnArchitecture));
        Assert.True(File.Exists(Archive), $"There is no {Archive}: run make image.");
        using var file = File.OpenRead(Archive);
        using var archive = new TarReader(file);
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } content)
            {
                using var all = new MemoryStream();
                content.CopyTo(all);
                files[entry.Name] = all.ToArray();
            }
        }

        var manifest = Assert.Single(Json("manifest.json").EnumerateArray());
        Tags = [.. manifest.GetProperty("RepoTags").EnumerateArray().Select(tag => tag.GetString()!)];
        LayerArchives = [.. manifest.GetProperty("Layers").EnumerateArray().Select(layer => files[layer.GetString()!])];
        Platform = Json(manifest.GetProperty("Config").GetString()!);
        Settings = Platform.GetProperty("config");
    }

    public static string OwnArchitecture { get; } = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";

    public string Archive { get; }

    public IReadOnlyList<string> Tags { get; }

    /// <summary>As tar files.</summary>
    public IReadOnlyList<byte[]> LayerArchives { get; }

    /// <summary>What it is for.</summary>
    public JsonElement Platform { get; }

    /// <summary>How it is run.</summary>
    public JsonElement Settings { get; }

    /// <summary>From the root of the repository.</summary>
    public static string FileName(string architecture) => $"artifacts/image/lego-lite-{ReleaseFiles.Version}-{architecture}.tar";

    public string[] Words(string property) => [.. Settings.GetProperty(property).EnumerateArray().Select(word => word.GetString()!)];

    private JsonElement Json(string file) => JsonSerializer.Deserialize<JsonElement>(files[file]);
}
