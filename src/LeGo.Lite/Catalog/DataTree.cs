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
    public static readonly (string Certbot, string Kubernetes) ChainFile = ("fullchain.pem", "tls.crt");

    /// <summary>A private key's file name: certbot's, Kubernetes'.</summary>
    public static readonly (string Certbot, string Kubernetes) KeyFile = ("privkey.pem", "tls.key");

    public static readonly Layout Layout = new()
    {
        Files = [],
        Named = new Dictionary<string, Layout>
        {
            [PrivateKeys] = new()
            {
                Files = [],
                Others = new() { Files = [KeyMetadata, KeyFile.Certbot, KeyFile.Kubernetes] },
            },
            [Certificates] = new()
            {
                Files = [],
                Others = new()
                {
                    Files = [CertificateMetadata],
                    Named = new Dictionary<string, Layout>
                    {
                        [Orders] = new()
                        {
                            Files = [],
                            Others = new()
                            {
                                Files = [OrderMetadata, ChainFile.Certbot, ChainFile.Kubernetes, KeyFile.Certbot, KeyFile.Kubernetes],
                            },
                        },
                    }.ToFrozenDictionary(),
                },
            },
        }.ToFrozenDictionary(),
    };

    /// <summary>What an item may be called. Names match without regard to ASCII case.</summary>
    public static bool IsItemName(ReadOnlySpan<char> name) =>
        name is [not '.', ..] && !name.ContainsAnyExcept(NameCharacters);

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-");
}
