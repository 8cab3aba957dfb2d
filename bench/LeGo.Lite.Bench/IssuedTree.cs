using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeGo.Lite.Bench;

/// <summary>A small tree as a public CA fills it: each chain a leaf and an intermediate, 3 kB for RSA.</summary>
internal static class IssuedTree
{
    public const int Pairs = 10;

    /// <summary>The pair with an RSA key; so have all others but one.</summary>
    public const int Rsa = 0;

    /// <summary>The pair with an ECDSA key.</summary>
    public const int P256 = 1;

    // What the extensions of a public CA take on top of those here: policies, addresses of its services, timestamps of logs (RFC 6962).
    private const int LogTimestamps = 240;

    public static async Task<Tree> MakeAsync(string path, CancellationToken stop)
    {
        var tree = new Tree(path, Pairs);
        var (notBefore, notAfter) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(89));
        using var caKey = RSA.Create(2048);
        var ca = new CertificateRequest("CN=Intermediate R1, O=Example Trust Services, C=US", caKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        ca.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        ca.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var signer = X509SignatureGenerator.CreateForRSA(caKey, RSASignaturePadding.Pkcs1);
        using var intermediate = ca.Create(
            new("CN=Root X1, O=Example Trust Services, C=US"), signer, notBefore, notAfter, [1]);

        for (var pair = 0; pair < Pairs; pair++)
        {
            using AsymmetricAlgorithm key = pair == P256 ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
            var name = new X500DistinguishedName($"CN={Tree.Name(pair)}");
            var request = key is RSA rsa
                ? new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                : new CertificateRequest(name, (ECDsa)key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(Tree.Name(pair));
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.11129.2.4.2", RandomNumberGenerator.GetBytes(LogTimestamps), false));
            using var leaf = request.Create(ca.SubjectName, signer, notBefore, notAfter, [1, (byte)pair]);
            tree.Write(pair, key, $"{leaf.ExportCertificatePem()}\n{intermediate.ExportCertificatePem()}\n");
        }

        await Task.Delay(Tree.Settled, stop);
        return tree;
    }
}
