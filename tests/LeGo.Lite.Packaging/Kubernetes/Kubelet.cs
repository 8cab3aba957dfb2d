using System.Globalization;
using System.Text.Json;
using LeGo.Lite.EndToEnd.Support;

namespace LeGo.Lite.Packaging.Kubernetes;

/// <summary>Lays out the volumes of the server's container as the kubelet does on a node: to owner, mode and links.</summary>
/// <param name="manifests">What is applied.</param>
/// <param name="secrets">What is there beside: each Secret's files by their keys.</param>
internal sealed class Kubelet(Manifests manifests, Dictionary<string, Dictionary<string, string>> secrets) : IDisposable
{
    private const string Data = "..data";

    private readonly TempDirectory temp = TempDirectory.Open();
    private int version;

    /// <summary>Where a volume is on the node.</summary>
    public string this[string volume] => temp[volume];

    /// <summary>All volumes of the server, and where it finds them.</summary>
    public IReadOnlyList<(string Source, string Target)> Mount()
    {
        var mounts = manifests.Container.GetProperty("volumeMounts").EnumerateArray()
            .Select(mount => (Volume: Manifests.Text(mount, "name"), Path: Manifests.Text(mount, "mountPath"))).ToList();
        foreach (var (volume, _) in mounts)
        {
            Write(volume);
        }

        return [.. mounts.Select(mount => (temp[mount.Volume], mount.Path))];
    }

    /// <summary>Writes a volume; where it is there already, what is new in it shows all at once.</summary>
    public void Write(string name)
    {
        var volume = manifests.PodSpec.GetProperty("volumes").EnumerateArray().Single(volume => Manifests.Text(volume, "name") == name);
        Directory.CreateDirectory(temp[name]);
        if (volume.TryGetProperty("emptyDir", out _))
        {
            Own(temp[name], "2777");
            return;
        }

        var payload = volume.TryGetProperty("projected", out var content)
            ? content.GetProperty("sources").EnumerateArray().SelectMany(Files).ToList()
            : [.. Files(volume)];
        if (content.ValueKind == JsonValueKind.Undefined)
        {
            content = volume.EnumerateObject().Single(property => property.Name != "name").Value;
        }

        // Mode and group are those of the pod, also of the directories.
        var mode = content.TryGetProperty("defaultMode", out var given) ? given.GetInt32() : 0b110_100_100;
        var directory = $"..2026_11_01_08_00_00.{++version:000000000}";
        foreach (var (path, text) in payload)
        {
            Own(temp.Write($"{name}/{directory}/{path}", text), Convert.ToString(mode, 8));
        }

        foreach (var inner in Directory.GetDirectories(temp[$"{name}/{directory}"], "*", SearchOption.AllDirectories).Append(temp[$"{name}/{directory}"]).Append(temp[name]))
        {
            Own(inner, "2775");
        }

        var before = new FileInfo(temp[$"{name}/{Data}"]).LinkTarget;
        File.CreateSymbolicLink(temp[$"{name}/..data_tmp"], directory);
        _ = new Command("mv", "-T", temp[$"{name}/..data_tmp"], temp[$"{name}/{Data}"]).RunWell();
        foreach (var top in payload.Select(file => file.Path.Split('/')[0]).Distinct().Where(top => !Path.Exists(temp[$"{name}/{top}"])))
        {
            File.CreateSymbolicLink(temp[$"{name}/{top}"], $"{Data}/{top}");
        }

        if (before is not null)
        {
            Directory.Delete(temp[$"{name}/{before}"], recursive: true);
        }
    }

    public void Dispose() => temp.Dispose();

    /// <summary>Of a ConfigMap or a Secret, which a volume names a little differently than a source of several.</summary>
    private IEnumerable<(string Path, string Text)> Files(JsonElement source)
    {
        var isSecret = source.TryGetProperty("secret", out var from);
        if (!isSecret)
        {
            from = source.GetProperty("configMap");
        }

        var name = Manifests.Text(from, isSecret && from.TryGetProperty("secretName", out _) ? "secretName" : "name");
        var files = (isSecret ? secrets : manifests.ConfigMaps())[name];
        return from.TryGetProperty("items", out var items)
            ? items.EnumerateArray().Select(item => (Manifests.Text(item, "path"), files[Manifests.Text(item, "key")]))
            : files.Select(file => (file.Key, file.Value));
    }

    private void Own(string path, string mode)
    {
        var group = manifests.PodSpec.GetProperty("securityContext").GetProperty("fsGroup").GetInt32().ToString(CultureInfo.InvariantCulture);
        _ = new Command("chown", $"0:{group}", path).RunWell();
        _ = new Command("chmod", mode, path).RunWell();
    }
}
