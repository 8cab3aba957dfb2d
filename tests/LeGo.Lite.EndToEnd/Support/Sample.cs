namespace LeGo.Lite.EndToEnd.Support;

/// <summary>What data.sample/README.md says about an item that can be downloaded in every way.</summary>
/// <param name="Certificate">The certificate's name.</param>
/// <param name="PrivateKey">The private key's name.</param>
/// <param name="CertificateApiKey">Of the certificate.</param>
/// <param name="PrivateKeyApiKey">Of the private key.</param>
/// <param name="ChainFile">Of the newest valid order.</param>
/// <param name="KeyFile">Its private key.</param>
internal sealed record Sample(
    string Certificate, string PrivateKey, string CertificateApiKey, string PrivateKeyApiKey, string ChainFile, string KeyFile)
{
    private const string End = "-0123456789abcdef";

    public static readonly Sample[] All =
    [
        Of("web", order: "2026-03-01"),
        Of("mail"),
        Of("printer"),
        Of("rotating") with { CertificateApiKey = $"rotating-cert-old{End}", PrivateKeyApiKey = $"rotating-key-old{End}" },
        Of("k8s", chainFile: "tls.crt", keyFile: "privatekeys/k8s.example.com/tls.key"),
        Of("acme", order: "2026-03-01", keyFile: "certificates/acme.example.com/orders/2026-03-01/privkey.pem"),
        Of("hashed"),
        Of("mounted"),
        Of("shared", keyFile: "privatekeys/shared-key/privkey.pem") with { PrivateKey = "shared-key" },
    ];

    /// <summary>Every API key of the sample, those too that are in no file of it.</summary>
    public static IEnumerable<string> ApiKeys =>
    [
        .. from item in new[] { "web", "mail", "old", "printer", "k8s", "acme", "hashed", "mounted", "locked", "offline" }
           from section in new[] { "key", "cert" }
           select $"{item}-{section}{End}",
        .. from section in new[] { "key", "cert" }
           from age in new[] { "old", "new" }
           select $"rotating-{section}-{age}{End}",
        $"shared-key{End}",
        $"shared-cert{End}",
        $"leaf-only-cert{End}",
    ];

    public string Leaf => Pem.BlocksOf(ChainFile)[0];

    public string Issuers => string.Concat(Pem.BlocksOf(ChainFile)[1..]);

    public string Key => Pem.BlocksOf(KeyFile).Single(block => !block.Contains("PARAMETERS", StringComparison.Ordinal));

    /// <summary>For the two downloads that hold both.</summary>
    public string BothApiKeys => $"{CertificateApiKey}.{PrivateKeyApiKey}";

    /// <summary>The five downloads: route and name, API key, body, file name.</summary>
    public IEnumerable<(string Download, string ApiKey, string Body, string FileName)> Downloads =>
    [
        ($"privatekeys/{PrivateKey}", PrivateKeyApiKey, Key, $"{PrivateKey}.key.pem"),
        ($"certificates/{Certificate}", CertificateApiKey, Leaf + Issuers, $"{Certificate}.cert.pem"),
        ($"privatecertchains/{Certificate}", BothApiKeys, $"{Key}\n{Leaf}{Issuers}", $"{Certificate}.certchainkey.pem"),
        ($"privatecerts/{Certificate}", BothApiKeys, $"{Key}\n{Leaf}", $"{Certificate}.certkey.pem"),
        ($"certrootchains/{Certificate}", CertificateApiKey, Issuers, $"{Certificate}.chain.pem"),
    ];

    public static Sample Named(string item) => All.Single(sample => sample.Certificate == $"{item}.example.com");

    private static Sample Of(string item, string order = "2026-01-01", string chainFile = "fullchain.pem", string? keyFile = null)
    {
        var name = $"{item}.example.com";
        return new(
            name,
            name,
            $"{item}-cert{End}",
            $"{item}-key{End}",
            Path.Combine(Repository.Sample, "certificates", name, "orders", order, chainFile),
            Path.Combine(Repository.Sample, keyFile ?? $"privatekeys/{name}/privkey.pem"));
    }
}
