using System.Text.Json;
using LeGo.Lite.EndToEnd.Support;
using LeGo.Lite.Packaging.Release;
using Xunit;

namespace LeGo.Lite.Packaging.Kubernetes;

/// <summary>packaging/kubernetes, as kustomize renders it, against the schemas that Kubernetes publishes.</summary>
public sealed class ManifestTests
{
    [Theory]
    [InlineData("base")]
    [InlineData("mounted")]
    [InlineData("git-sync")]
    public void They_are_valid(string variant)
    {
        var manifests = Manifests.Render(variant);

        Assert.Subset(
            manifests.All.Select(manifest => Manifests.Text(manifest, "kind")).ToHashSet(),
            new HashSet<string> { "ConfigMap", "Deployment", "NetworkPolicy", "PodDisruptionBudget", "Service" });
    }

    [Theory]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFilesytem: true", "/spec/template/spec/containers/0/securityContext")]
    [InlineData("replicas: 2", "replicas: two", "/spec/replicas")]
    [InlineData("runAsUser: 65532", "runAsUser: nobody", "/spec/template/spec/containers/0/securityContext/runAsUser")]
    [InlineData("- name: https\n    port: 443\n", "- name: https\n", "/spec/ports/0")]
    [InlineData("maxUnavailable: 1\n", "maxUnavailable: 1\n  minAvailible: 1\n", "/spec")]
    [InlineData("apiVersion: apps/v1", "apiVersion: apps/v9", "apps/v9")]
    [InlineData("kind: NetworkPolicy", "kind: NetworkPolicies", "NetworkPolicies")]
    public void What_is_wrong_is_found_and_named(string right, string wrong, string place)
    {
        var yaml = Manifests.Kustomize("base").RunWell().Text;
        Assert.Contains(right, yaml, StringComparison.Ordinal);

        var result = Manifests.Validate(yaml.Replace(right, wrong, StringComparison.Ordinal)).Run();

        Assert.Equal((1, ""), (result.Status, result.Text));
        Assert.Contains(place, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mounted")]
    [InlineData("git-sync")]
    public void No_container_can_do_more_than_it_has_to(string variant)
    {
        var manifests = Manifests.Render(variant);
        var pod = manifests.PodSpec;

        Assert.False(pod.GetProperty("automountServiceAccountToken").GetBoolean());
        Assert.True(pod.GetProperty("securityContext").GetProperty("runAsNonRoot").GetBoolean());
        Assert.Equal("RuntimeDefault", Manifests.Text(pod.GetProperty("securityContext").GetProperty("seccompProfile"), "type"));
        Assert.All(Containers(pod), container =>
        {
            var security = container.GetProperty("securityContext");
            Assert.True(security.GetProperty("readOnlyRootFilesystem").GetBoolean());
            Assert.False(security.GetProperty("allowPrivilegeEscalation").GetBoolean());
            Assert.Equal("ALL", Assert.Single(security.GetProperty("capabilities").GetProperty("drop").EnumerateArray()).GetString());
            Assert.InRange(security.GetProperty("runAsUser").GetInt32(), 1000, 65533);
            Assert.True(container.GetProperty("resources").GetProperty("limits").TryGetProperty("memory", out _));
        });
        Assert.All(manifests.Container.GetProperty("volumeMounts").EnumerateArray(), mount => Assert.True(mount.GetProperty("readOnly").GetBoolean()));
        Assert.All(Containers(pod).SelectMany(container => container.GetProperty("volumeMounts").EnumerateArray()), mount => Assert.Single(
            pod.GetProperty("volumes").EnumerateArray(), volume => Manifests.Text(volume, "name") == Manifests.Text(mount, "name")));
    }

    /// <summary>Another pod is ready before one goes, and that one is still there while proxies learn that it goes.</summary>
    [Fact]
    public void A_new_version_is_rolled_out_without_a_gap()
    {
        var manifests = Manifests.Render("mounted");
        var (deployment, pod) = (manifests.Deployment.GetProperty("spec"), manifests.PodSpec);
        var rolling = deployment.GetProperty("strategy").GetProperty("rollingUpdate");

        Assert.Equal((0, 1), (rolling.GetProperty("maxUnavailable").GetInt32(), rolling.GetProperty("maxSurge").GetInt32()));
        Assert.True(deployment.GetProperty("replicas").GetInt32() > 1);
        var sleep = manifests.Container.GetProperty("lifecycle").GetProperty("preStop").GetProperty("sleep").GetProperty("seconds").GetInt32();
        Assert.InRange(sleep, 1, pod.GetProperty("terminationGracePeriodSeconds").GetInt32() - 2);
        Assert.True(manifests.Container.TryGetProperty("readinessProbe", out _));
    }

    [Fact]
    public void Everything_is_about_the_pods_of_this_deployment()
    {
        var manifests = Manifests.Render("mounted");
        var labels = manifests.Deployment.GetProperty("spec").GetProperty("template").GetProperty("metadata").GetProperty("labels").ToString();

        Assert.Equal(labels, Selector(manifests.Deployment, "selector", "matchLabels"));
        Assert.Equal(labels, Selector(manifests.Of("Service").Single(), "selector"));
        Assert.Equal(labels, Selector(manifests.Of("PodDisruptionBudget").Single(), "selector", "matchLabels"));
        Assert.Equal(labels, Selector(manifests.Of("NetworkPolicy").Single(), "podSelector", "matchLabels"));
        Assert.Equal($"lego-lite:{ReleaseFiles.Version}", Manifests.Text(manifests.Container, "image"));

        static string Selector(JsonElement manifest, params IEnumerable<string> path) =>
            path.Aggregate(manifest.GetProperty("spec"), (element, property) => element.GetProperty(property)).ToString();
    }

    [Fact]
    public void The_overlay_in_the_readme_sets_the_image_and_the_repository_and_nothing_else()
    {
        using var temp = new TempDirectory();
        TempDirectory.Copy(Path.Combine(Repository.Root, "packaging/kubernetes"), temp["kubernetes"]);
        _ = temp.Write("kubernetes/kustomization.yaml", File.ReadAllText(temp["kubernetes/README.md"]).Split("```yaml\n")[1].Split("```")[0]);

        var overlay = Manifests.Render(temp["kubernetes"]);

        var given = Manifests.Render("git-sync").PodSpec.ToString();
        Assert.Equal(
            given
                .Replace("\"lego-lite:", "\"registry.example.com/lego-lite:", StringComparison.Ordinal)
                .Replace("team/certificates.git", "us/certificates.git", StringComparison.Ordinal),
            overlay.PodSpec.ToString());
        Assert.Equal("certificates", Manifests.Text(overlay.Deployment.GetProperty("metadata"), "namespace"));
    }

    private static IEnumerable<JsonElement> Containers(JsonElement pod) => new[] { "initContainers", "containers" }
        .SelectMany(kind => pod.TryGetProperty(kind, out var containers) ? containers.EnumerateArray() : []);
}
