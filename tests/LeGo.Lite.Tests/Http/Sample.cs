using System.Text;
using LeGo.Lite.Catalog;
using LeGo.Lite.Tests.Support;

namespace LeGo.Lite.Tests.Http;

/// <summary>What data.sample/README.md says about an item; null: there is no item of that kind.</summary>
internal sealed record SampleItem(string Name, string[]? KeyApiKeys, string[]? CertificateApiKeys)
{
    public string PrivateKey { get; init; } = Name;

    public bool ViaUrl { get; init; }

    public bool Disabled { get; init; }

    /// <summary>The first API key that opens a route.</summary>
    public string ApiKey(string route) => route switch
    {
        "privatekeys" => Sample.Item(PrivateKey).KeyApiKeys![0],
        "certificates" or "certrootchains" => CertificateApiKeys![0],
        _ => $"{CertificateApiKeys![0]}.{Sample.Item(PrivateKey).KeyApiKeys![0]}",
    };
}

/// <summary>The sample tree, with all times fixed.</summary>
internal static class Sample
{
    public const string Base = "/legocerthub/api/v1/download";

    public static readonly string[] Routes = ["privatekeys", "certificates", "privatecertchains", "privatecerts", "certrootchains"];

    /// <summary>When every file of a copy was last written.</summary>
    public static readonly DateTimeOffset FileTime = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly SampleItem[] Items =
    [
        Pair("web"),
        Pair("mail"),
        Pair("old"),
        Pair("printer") with { ViaUrl = true },
        new("rotating.example.com",
            ["rotating-key-old-0123456789abcdef", "rotating-key-new-0123456789abcdef"],
            ["rotating-cert-old-0123456789abcdef", "rotating-cert-new-0123456789abcdef"]),
        Pair("k8s"),
        Pair("acme"),
        Pair("hashed"),
        Pair("mounted"),
        new("shared-key", ["shared-key-0123456789abcdef"], null),
        new("shared.example.com", null, ["shared-cert-0123456789abcdef"]) { PrivateKey = "shared-key" },
        new("leaf-only.example.com", null, ["leaf-only-cert-0123456789abcdef"]) { PrivateKey = "shared-key" },
        Pair("locked") with { Disabled = true },
        Pair("offline"),
    ];

    public static string Folder => TempTree.Sample;

    public static SampleItem Item(string name) => Items.Single(item => item.Name == name);

    public static string Text(string path) => File.ReadAllText(Path.Combine(Folder, path), Encoding.ASCII);

    /// <summary>A copy in a temporary directory; <paramref name="edit"/> may change it.</summary>
    public static string Copy(Action<string>? edit = null)
    {
        var copy = Directory.CreateTempSubdirectory("lego-lite-").FullName;
        foreach (var directory in Directory.EnumerateDirectories(Folder, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(copy, Path.GetRelativePath(Folder, directory)));
        }

        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(copy, Path.GetRelativePath(Folder, file)));
        }

        edit?.Invoke(copy);
        foreach (var file in Directory.EnumerateFiles(copy, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, FileTime.UtcDateTime);
        }

        return copy;
    }

    /// <summary>The snapshot of the sample as it is, without a copy to clean up.</summary>
    public static CatalogSnapshot Scan(DateTimeOffset now) => new CatalogSource(Folder, []).Scan(now);

    private static SampleItem Pair(string name) =>
        new($"{name}.example.com", [$"{name}-key-0123456789abcdef"], [$"{name}-cert-0123456789abcdef"]);
}
