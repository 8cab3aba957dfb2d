using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LeGo.Lite.Bench;

/// <summary>A private key, and a certificate with one order, so many times; no two share a key.</summary>
internal sealed record Tree(string Path, int Pairs)
{
    public const int DirectoriesPerPair = 4;
    public const int FilesPerPair = 4;

    /// <summary>Longer than the default debounce: what was written is settled, and no two writes have the same time.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(500);

    public static string Name(int pair) => $"pair-{pair:d6}.example.com";

    /// <summary>The API key of the certificate.</summary>
    public static string ApiKey(int pair) => $"certificate-{pair:d6}";

    /// <summary>The API key of the private key; no longer or shorter than the certificate's.</summary>
    public static string PrivateKeyApiKey(int pair) => $"private-key-{pair:d6}";

    public async Task MakeAsync(CancellationToken stop)
    {
        Parallel.For(0, Pairs, new() { CancellationToken = stop }, pair =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Write(pair, key, Chain(pair, key));
        });

        // So that the disk does not catch up while others are measured.
        _ = await Command.OutputAsync("sync", ["-f", Path], stop);
        await Task.Delay(Settled, stop);
    }

    public void Write(int pair, AsymmetricAlgorithm key, string chain)
    {
        Directory.CreateDirectory($"{Path}/privatekeys/{Name(pair)}");
        File.WriteAllText(KeyMetadata(pair), Metadata(PrivateKeyApiKey(pair)));
        File.WriteAllText(KeyFile(pair), key.ExportPkcs8PrivateKeyPem() + "\n");

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(ChainFile(pair))!);
        File.WriteAllText(CertificateMetadata(pair), Metadata(ApiKey(pair)));
        File.WriteAllText(ChainFile(pair), chain);
    }

    /// <summary>Another certificate for the same key.</summary>
    public string NewChain(int pair)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(KeyFile(pair)));
        return Chain(pair, key);
    }

    public void WriteOver(int pair, string chain) => File.WriteAllText(ChainFile(pair), chain);

    public void RenameOver(int pair, string chain)
    {
        File.WriteAllText(ChainFile(pair) + ".new", chain);
        File.Move(ChainFile(pair) + ".new", ChainFile(pair), overwrite: true);
    }

    public void DisablePrivateKey(int pair) => File.AppendAllText(KeyMetadata(pair), "api_key_disabled: true\n");

    public void AllowUrl(int pair)
    {
        File.AppendAllText(KeyMetadata(pair), "api_key_via_url: true\n");
        File.AppendAllText(CertificateMetadata(pair), "api_key_via_url: true\n");
    }

    public string KeyFile(int pair) => $"{Path}/privatekeys/{Name(pair)}/privkey.pem";

    public string ChainFile(int pair) => $"{Path}/certificates/{Name(pair)}/orders/2026-01-01/fullchain.pem";

    private string KeyMetadata(int pair) => $"{Path}/privatekeys/{Name(pair)}/key.yaml";

    public string CertificateMetadata(int pair) => $"{Path}/certificates/{Name(pair)}/certificate.yaml";

    private static string Metadata(string apiKey) => $"api_key_sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(apiKey)))}\n";

    // No two are the same: an ECDSA signature is random.
    private static string Chain(int pair, ECDsa key)
    {
        var name = new X500DistinguishedName($"CN={Name(pair)}");
        using var certificate = new CertificateRequest(name, key, HashAlgorithmName.SHA256).Create(
            name, X509SignatureGenerator.CreateForECDsa(key), DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(89), [1]);
        return certificate.ExportCertificatePem() + "\n";
    }
}
