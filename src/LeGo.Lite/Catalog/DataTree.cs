using System.Buffers;
using System.Collections.Frozen;
using LeGo.Lite.Files;

namespace LeGo.Lite.Catalog;

/// <summary>The names in the data tree (SPEC 2).</summary>
internal static class DataTree
{
    public const string PrivateKeys = "privatekeys";
    public const string Certificates = "certificates";
    public const string Orders = "orders";

    public const string KeyMetadata = "key.yaml";
    public const string CertificateMetadata = "certificate.yaml";
    public const string OrderMetadata = "order.yaml";

    /// <summary>A chain's file name: certbot's, Kubernetes'.</summary>
    public static readonly (string Certbot, string Kubernetes) ChainFileNames = ("fullchain.pem", "tls.crt");

    /// <summary>A private key's file name: certbot's, Kubernetes'.</summary>
    public static readonly (string Certbot, string Kubernetes) KeyFileNames = ("privkey.pem", "tls.key");

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-");

    private static readonly Layout Order = new()
    {
        Files = [OrderMetadata, ChainFileNames.Certbot, ChainFileNames.Kubernetes, KeyFileNames.Certbot, KeyFileNames.Kubernetes],
    };

    private static readonly Layout Certificate = new()
    {
        Files = [CertificateMetadata],
        Named = Only(Orders, new() { Others = Order }),
    };

    private static readonly Layout PrivateKey = new()
    {
        Files = [KeyMetadata, KeyFileNames.Certbot, KeyFileNames.Kubernetes],
    };

    public static readonly Layout Layout = new()
    {
        Named = new Dictionary<string, Layout>
        {
            [PrivateKeys] = new() { Others = PrivateKey },
            [Certificates] = new() { Others = Certificate },
        }.ToFrozenDictionary(),
    };

    /// <summary>What an item may be called. Names match without regard to ASCII case.</summary>
    public static bool IsItemName(ReadOnlySpan<char> name) =>
        name is [not '.', ..] && !name.ContainsAnyExcept(NameCharacters);

    /// <summary>Of the files in here only chains are for everybody: the others can hold a private key or an API key.</summary>
    public static bool IsSecret(string file) => file != ChainFileNames.Certbot && file != ChainFileNames.Kubernetes;

    private static FrozenDictionary<string, Layout> Only(string name, Layout layout) =>
        new Dictionary<string, Layout> { [name] = layout }.ToFrozenDictionary();
}
