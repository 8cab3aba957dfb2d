namespace LeGo.Lite.EndToEnd.Support;

/// <summary>web.example.com of the sample, the item that most tests change: where its files are in a tree, and what is served of them.</summary>
internal static class Web
{
    public const string CertificateApiKey = "web-cert-0123456789abcdef";
    public const string KeyApiKey = "web-key-0123456789abcdef";
    public const string BothApiKeys = $"{CertificateApiKey}.{KeyApiKey}";

    public const string Certificate = "certificates/web.example.com";
    public const string CertificateYaml = $"{Certificate}/certificate.yaml";
    public const string Orders = $"{Certificate}/orders";

    public const string OlderOrder = $"{Orders}/2026-01-01";
    public const string NewerOrder = $"{Orders}/2026-03-01";
    public const string Chain = $"{NewerOrder}/fullchain.pem";
    public const string OrderYaml = $"{NewerOrder}/order.yaml";

    public const string PrivateKey = "privatekeys/web.example.com";
    public const string KeyYaml = $"{PrivateKey}/key.yaml";
    public const string KeyFile = $"{PrivateKey}/privkey.pem";

    public static readonly string Key = File.ReadAllText(Path.Combine(Repository.Sample, KeyFile));

    public static readonly string OlderChain = File.ReadAllText(Path.Combine(Repository.Sample, OlderOrder, "fullchain.pem"));

    /// <summary>Of the newest valid order.</summary>
    public static readonly string NewerChain = File.ReadAllText(Path.Combine(Repository.Sample, Chain));
}
