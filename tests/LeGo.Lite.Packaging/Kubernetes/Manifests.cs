using System.Text;
using System.Text.Json;
using LeGo.Lite.EndToEnd.Support;

namespace LeGo.Lite.Packaging.Kubernetes;

/// <summary>What kustomize makes of a directory of packaging/kubernetes.</summary>
internal sealed class Manifests
{
    private static readonly string Place = Path.Combine(Repository.Root, "packaging/kubernetes");

    private Manifests(string yaml)
    {
        Yaml = yaml;
        All = [.. JsonSerializer.Deserialize<JsonElement>(Validate(yaml).RunWell().Output).EnumerateArray()];
    }

    public string Yaml { get; }

    /// <summary>Valid ones: others fail.</summary>
    public IReadOnlyList<JsonElement> All { get; }

    public JsonElement Deployment => Of("Deployment").Single();

    public JsonElement PodSpec => Deployment.GetProperty("spec").GetProperty("template").GetProperty("spec");

    /// <summary>The server's.</summary>
    public JsonElement Container => PodSpec.GetProperty("containers").EnumerateArray().Single(container => Text(container, "name") == "lego-lite");

    public static Manifests Render(string variant) => new(Kustomize(variant).RunWell().Text);

    public static Command Kustomize(string variant) => new("kubectl", "kustomize", Path.Combine(Place, variant));

    /// <summary>Prints the documents as JSON; or what is wrong in which one, and fails.</summary>
    public static Command Validate(string yaml) =>
        new("node", Path.Combine(Repository.Root, "tests/LeGo.Lite.Packaging/Kubernetes/schemas/validate.mjs")) { Input = Encoding.UTF8.GetBytes(yaml) };

    public static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public IEnumerable<JsonElement> Of(string kind) => All.Where(manifest => Text(manifest, "kind") == kind);

    /// <summary>Each file of the ConfigMaps, by ConfigMap and key.</summary>
    public Dictionary<string, Dictionary<string, string>> ConfigMaps() => Of("ConfigMap").ToDictionary(
        map => Text(map.GetProperty("metadata"), "name"),
        map => map.GetProperty("data").EnumerateObject().ToDictionary(file => file.Name, file => file.Value.GetString()!));
}
