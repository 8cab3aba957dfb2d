using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LeGo.Lite.Tests.Support;

/// <summary>A throw-away key and the certificates it can have; made anew at each run, for any time.</summary>
internal sealed class Material
{
    private static readonly ECDsa Issuer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly X500DistinguishedName IssuerName = new("CN=LeGo.Lite test CA");
    private static int serial;

    private readonly Func<X500DistinguishedName, CertificateRequest> request;

    private Material(AsymmetricAlgorithm key, Func<X500DistinguishedName, CertificateRequest> request)
    {
        this.request = request;
        KeyPem = key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <summary>Two keys that differ, for most tests; a third, of the other kind.</summary>
    public static Material One { get; } = Make();

    public static Material Two { get; } = Make();

    public static Material Rsa { get; } = MakeRsa();

    /// <summary>The root that all are issued by.</summary>
    public static string IssuerPem { get; } = MakeIssuer();

    /// <summary>PKCS#8, in normal form.</summary>
    public string KeyPem { get; }

    // The keys live as long as the tests.
#pragma warning disable CA2000
    public static Material Make() => Make(ECCurve.NamedCurves.nistP256);

    public static Material Make(ECCurve curve)
    {
        var key = ECDsa.Create(curve);
        return new(key, name => new(name, key, HashAlgorithmName.SHA256));
    }

    public static Material MakeRsa(int bits = 2048)
    {
        var key = RSA.Create(bits);
        return new(key, name => new(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }
#pragma warning restore CA2000

    /// <summary>Leaf and issuer, in normal form.</summary>
    public string Chain(DateTimeOffset notBefore, DateTimeOffset notAfter) => Leaf(notBefore, notAfter) + IssuerPem;

    public string Leaf(DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var leaf = request(new("CN=leaf")).Create(
            IssuerName,
            X509SignatureGenerator.CreateForECDsa(Issuer),
            notBefore,
            notAfter,
            BitConverter.GetBytes(Interlocked.Increment(ref serial)));
        return leaf.ExportCertificatePem() + "\n";
    }

    /// <summary>Valid around <see cref="TempTree.Now"/>.</summary>
    public string Chain() => Chain(TempTree.Now.AddDays(-30), TempTree.Now.AddDays(60));

    /// <summary>The bytes of a PEM text without its frame.</summary>
    public static byte[] Der(string pem)
    {
        var fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string MakeIssuer()
    {
        using var certificate = new CertificateRequest(IssuerName, Issuer, HashAlgorithmName.SHA256).Create(
            IssuerName, X509SignatureGenerator.CreateForECDsa(Issuer), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100), [1]);
        return certificate.ExportCertificatePem() + "\n";
    }
}
