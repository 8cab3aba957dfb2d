using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>A chain and its private key, proven fit for TLS, and the CAs of the clients that are let in with it.</summary>
internal sealed class ServerCertificate
{
    // At security level 2, the default of OpenSSL as Debian builds it.
    private const int MinRsaBits = 2048;

    // P-256, P-384, P-521: TLS has signatures for no other (RFC 8446, section 4.2.3).
    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    private ServerCertificate(CertificateChain chain, PrivateKey key, CertificateAuthorities? clientAuthorities)
    {
        (Chain, Key, ClientAuthorities) = (chain, key, clientAuthorities);
        ClientRoots = clientAuthorities is null ? null : [.. clientAuthorities.Der.Select(der => X509CertificateLoader.LoadCertificate(der.Span))];

        // Offline: nothing that a certificate names is fetched. The clients are told whose certificate is asked for.
        var trust = ClientRoots is null ? null : SslCertificateTrust.CreateForX509Collection(ClientRoots, sendTrustInHandshake: true);
#pragma warning disable CA2000 // The leaf lives as long as the context that takes it, and connections may use that after the next renewal.
        Handshake = SslStreamCertificateContext.Create(Leaf(), Issuers(), offline: true, trust);
#pragma warning restore CA2000
    }

    public CertificateChain Chain { get; }

    public PrivateKey Key { get; }

    public CertificateAuthorities? ClientAuthorities { get; }

    /// <summary>The same, as .NET wants them. Null: clients need no certificate.</summary>
    public X509Certificate2Collection? ClientRoots { get; }

    /// <summary>The leaf with its private key, and its intermediates.</summary>
    public SslStreamCertificateContext Handshake { get; }

    public DateTimeOffset NotAfter => Chain.NotAfter;

    /// <summary>Null if this key, or an issuer's, is not fit for TLS.</summary>
    public static ServerCertificate? Make(CertificateChain chain, PrivateKey key, CertificateAuthorities? clientAuthorities)
    {
        try
        {
            var made = new ServerCertificate(chain, key, clientAuthorities);
            return IsFit(made.Handshake.TargetCertificate) && made.Handshake.IntermediateCertificates.All(IsFitIssuer) ? made : null;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or NotSupportedException)
        {
            // A kind of key that .NET does not know, a curve that OpenSSL does not.
            return null;
        }
    }

    public bool IsOf(CertificateChain otherChain, PrivateKey otherKey, CertificateAuthorities? otherClientAuthorities) =>
        Chain.Equals(otherChain) && Key.Equals(otherKey) && Equals(ClientAuthorities, otherClientAuthorities);

    // OpenSSL takes any key it can read, and refuses it only in each handshake.
    private static bool IsFit(X509Certificate2 leaf)
    {
        using var ec = leaf.GetECDsaPublicKey();
        using var rsa = leaf.GetRSAPublicKey();
        return ec is null ? rsa?.KeySize >= MinRsaBits : Curves.Contains(ec.ExportParameters(includePrivateParameters: false).Curve.Oid.Value);
    }

    private static bool IsFitIssuer(X509Certificate2 issuer)
    {
        using var rsa = issuer.GetRSAPublicKey();
        return rsa is null || rsa.KeySize >= MinRsaBits;
    }

    private X509Certificate2 Leaf()
    {
        // The only importer of every label that a key file may have wants characters.
        var characters = ArrayPool<char>.Shared.Rent(Key.Pem.Length);
        try
        {
            var length = Encoding.ASCII.GetChars(Key.Pem.Span, characters);
            return X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Chain.Pem.Span[..Chain.LeafLength]), characters.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters, clearArray: true);
        }
    }

    private X509Certificate2Collection Issuers()
    {
        var issuers = new X509Certificate2Collection();
        issuers.ImportFromPem(Encoding.ASCII.GetString(Chain.Pem.Span[Chain.LeafLength..]));
        return issuers;
    }
}
