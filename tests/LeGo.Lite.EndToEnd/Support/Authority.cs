using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A CA: a root, an intermediate that it issued, and what that issues.</summary>
internal sealed class Authority : IDisposable
{
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    public const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private static readonly DateTimeOffset Begin = DateTimeOffset.UtcNow.AddDays(-100);

    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 intermediate;
    private int issued;

    public Authority(string name)
    {
        var ofRoot = Request($"{name} Root", rootKey);
        ofRoot.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(ofRoot.PublicKey, critical: false));
        RootCertificate = ofRoot.CreateSelfSigned(Begin, Begin.AddYears(1));

        var ofIntermediate = Request($"{name} Intermediate", intermediateKey);
        ofIntermediate.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(ofIntermediate.PublicKey, critical: false));
        ofIntermediate.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(RootCertificate, true, false));
        intermediate = ofIntermediate.Create(RootCertificate, Begin, Begin.AddYears(1), [2]);

        static CertificateRequest Request(string name, ECDsa key) => new($"CN={name}", key, HashAlgorithmName.SHA256)
        {
            CertificateExtensions =
            {
                new X509BasicConstraintsExtension(true, false, 0, true),
                new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true),
            },
        };
    }

    public X509Certificate2 RootCertificate { get; }

    public string Root => RootCertificate.ExportCertificatePem() + "\n";

    public string Intermediate => intermediate.ExportCertificatePem() + "\n";

    /// <summary>A key and its chain, without the root. Each begins a minute after the one before, so that its order is the newer one.</summary>
    /// <param name="name">The host.</param>
    /// <param name="from">Begin of validity; null for long ago.</param>
    /// <param name="until">End of validity; null for far away.</param>
    /// <param name="usage">What the key is for.</param>
    /// <param name="key">Its kind.</param>
    /// <param name="url">Where the leaf says that its issuer, the CRL and OCSP are; null if it does not.</param>
    public Pair Issue(
        string name, DateTimeOffset? from = null, DateTimeOffset? until = null, string usage = ServerUsage, string key = "P-256", string? url = null)
    {
        using var made = Make(key);
        CertificateRequest request = made is RSA rsa
            ? new($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new($"CN={name}", (ECDsa)made, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(usage)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(intermediate, true, false));
        if (url is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([$"{url}ocsp"], [$"{url}issuer.crt"]));
            request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"{url}list.crl"]));
        }

        var serial = Interlocked.Increment(ref issued);
        using var leaf = request.Create(
            intermediate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(intermediateKey),
            from ?? DateTimeOffset.UtcNow.AddDays(-10).AddMinutes(serial),
            until ?? DateTimeOffset.UtcNow.AddDays(30),
            [1, (byte)(serial >> 8), (byte)serial]);
        return new(made.ExportPkcs8PrivateKeyPem() + "\n", $"{leaf.ExportCertificatePem()}\n{Intermediate}");
    }

    /// <summary>Another CA's root as an intermediate of this root.</summary>
    public string CrossSign(Authority other)
    {
        var request = new CertificateRequest(other.RootCertificate.SubjectName, other.RootCertificate.PublicKey, HashAlgorithmName.SHA256);
        foreach (var extension in other.RootCertificate.Extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        using var crossed = request.Create(RootCertificate.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), Begin, Begin.AddYears(1), [3]);
        return crossed.ExportCertificatePem() + "\n";
    }

    public void Dispose()
    {
        rootKey.Dispose();
        intermediateKey.Dispose();
        RootCertificate.Dispose();
        intermediate.Dispose();
    }

    private static AsymmetricAlgorithm Make(string key) => key switch
    {
        "RSA" => RSA.Create(2048),
        "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "P-521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        _ => ECDsa.Create(ECCurve.NamedCurves.nistP256),
    };
}
