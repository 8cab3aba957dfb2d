namespace LeGo.Lite.Pieces;

/// <summary>What the pieces work on.</summary>
/// <param name="Tree">A data tree.</param>
/// <param name="Rsa">The name of a pair in it with an RSA key.</param>
/// <param name="P256">The name of a pair with an ECDSA key.</param>
/// <param name="CertificateApiKey">Of the pair with an RSA key.</param>
/// <param name="KeyApiKey">Of the pair with an RSA key.</param>
internal sealed record Sample(string Tree, string Rsa, string P256, string CertificateApiKey, string KeyApiKey)
{
    public byte[] Key(string name) => File.ReadAllBytes($"{Tree}/privatekeys/{name}/privkey.pem");

    public byte[] Chain(string name) => File.ReadAllBytes(Directory.EnumerateFiles($"{Tree}/certificates/{name}", "fullchain.pem", SearchOption.AllDirectories).Single());

    public byte[] Metadata(string name) => File.ReadAllBytes($"{Tree}/certificates/{name}/certificate.yaml");
}
