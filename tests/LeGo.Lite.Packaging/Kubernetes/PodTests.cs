using System.Text.Json;
using LeGo.Lite.EndToEnd.Support;
using LeGo.Lite.Packaging.Container;
using Xunit;

namespace LeGo.Lite.Packaging.Kubernetes;

/// <summary>The image with the volumes that the manifests give it, as the kubelet and git-sync make them.</summary>
public sealed class PodTests
{
    private const string PairDownload = "privatecertchains/web.example.com";

    private readonly Image image = new();
    private readonly Pair own = Pair.New("lego.example.com");

    [Fact]
    public void The_mounted_variant_serves_its_secrets_and_follows_them()
    {
        var manifests = Manifests.Render("mounted");
        var pair = Pair.New("web.example.com");
        var secrets = Secrets();
        secrets["web-example-com-tls"] = Tls(pair);
        secrets["lego-lite-api-keys"] = new() { ["web.example.com.privatekey"] = Web.KeyApiKey, ["web.example.com.certificate"] = Web.CertificateApiKey };
        using var kubelet = new Kubelet(manifests, secrets);
        using var pod = new RunningContainer(image, kubelet.Mount());
        AssertWell(pod, manifests);
        Assert.Equal(pair.Both, Download(pod));
        Assert.Equal("", pod.Exec("/lego-lite", "check").RunWell().Text);

        var renewed = Pair.New("web.example.com");
        secrets["web-example-com-tls"] = Tls(renewed);
        kubelet.Write("data");

        Wait.Until(() => Download(pod) == renewed.Both, () => $"the new pair is served\n{pod.Server.Log}");
        Assert.Equal("", pod.Exec("/lego-lite", "check").RunWell().Text);
    }

    [Fact]
    public void The_git_sync_variant_serves_the_repository_and_follows_it()
    {
        var manifests = Manifests.Render("git-sync");
        var sidecar = manifests.PodSpec.GetProperty("initContainers").EnumerateArray().Single();
        var mount = sidecar.GetProperty("volumeMounts").EnumerateArray().Single(mount => Manifests.Text(mount, "name") == "data");
        using var temp = new TempDirectory();
        var pair = Commit(temp);
        var secrets = Secrets();
        secrets["lego-lite-git"] = new() { ["ssh"] = "", ["known_hosts"] = "" };
        using var kubelet = new Kubelet(manifests, secrets);
        var mounts = kubelet.Mount();
        var sync = new GitSync(
            temp["repository"],
            kubelet["data"] + Variable(sidecar, "GITSYNC_ROOT")[Manifests.Text(mount, "mountPath").Length..],
            Variable(sidecar, "GITSYNC_LINK"),
            Variable(sidecar, "GITSYNC_REF"));
        sync.Pull();
        using var pod = new RunningContainer(image, mounts, ("LEGO_LITE_DATA", Variable(manifests.Container, "LEGO_LITE_DATA")));
        AssertWell(pod, manifests);
        Assert.Equal(pair.Both, Download(pod));
        AssertOnlyExposed();

        for (var i = 0; i < 2; i++)
        {
            var renewed = Commit(temp);
            sync.Pull();
            Wait.Until(() => Download(pod) == renewed.Both, () => $"the new pair is served\n{pod.Server.Log}");
            AssertOnlyExposed();
        }

        // Git lets everyone read what it checks out: here that is whoever is in the pod.
        void AssertOnlyExposed() =>
            Assert.Contains(": warning: every user of this machine can read this file", Assert.Single(pod.Exec("/lego-lite", "check").RunWell().Lines), StringComparison.Ordinal);
    }

    private static void AssertWell(RunningContainer pod, Manifests manifests)
    {
        foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
        {
            var command = manifests.Container.GetProperty(probe).GetProperty("exec").GetProperty("command").EnumerateArray().Select(word => word.GetString()!);
            _ = pod.Exec([.. command]).RunWell();
        }
    }

    private static string Download(RunningContainer pod) =>
        pod.Curl($"https://127.0.0.1:4051{LegoLite.Path(PairDownload)}", "--insecure", "-H", $"apiKey: {Web.BothApiKeys}").Text;

    private static string Variable(JsonElement container, string name) => Manifests.Text(
        container.GetProperty("env").EnumerateArray().Single(variable => Manifests.Text(variable, "name") == name), "value");

    private static Dictionary<string, string> Tls(Pair pair) => new() { ["tls.key"] = pair.Key, ["tls.crt"] = pair.Chain };

    private Dictionary<string, Dictionary<string, string>> Secrets() => new() { ["lego-lite-tls"] = Tls(own) };

    /// <summary>A new pair in the repository's main branch.</summary>
    private static Pair Commit(TempDirectory temp)
    {
        var pair = Pair.New("web.example.com");
        temp.Write($"repository/{Web.KeyYaml}", $"api_key: {Web.KeyApiKey}\n");
        temp.Write($"repository/{Web.CertificateYaml}", $"api_key: {Web.CertificateApiKey}\n");
        temp.Write($"repository/{Web.KeyFile}", pair.Key);
        temp.Write($"repository/{Web.Chain}", pair.Chain);
        Git.Commit(temp["repository"], "main");
        return pair;
    }
}
