using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A private key and a certificate issued for it, as they are served.</summary>
internal sealed record Pair(string Key, string Chain)
{
    /// <summary>As <c>privatecertchains</c> serves them.</summary>
    public string Both => $"{Key}\n{Chain}";

    /// <param name="name">Of the certificate's subject.</param>
    /// <param name="from">Begin of validity; null for long ago.</param>
    /// <param name="until">End of validity; null for far away.</param>
    public static Pair New(string name, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Of(key, name, from, until);
    }

    /// <summary>Another certificate for the same key.</summary>
    public static Pair Again(Pair pair)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(pair.Key);
        return Of(key, "again", null, null);
    }

    private static Pair Of(ECDsa key, string name, DateTimeOffset? from, DateTimeOffset? until)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(from ?? now.AddDays(-30), until ?? now.AddDays(30));
        return new(key.ExportPkcs8PrivateKeyPem() + "\n", certificate.ExportCertificatePem() + "\n");
    }
}
