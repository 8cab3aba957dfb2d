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
    private ServerCertificate(CertificateChain chain, PrivateKey key, CertificateAuthorities? clientAuthorities)
    {
        (Chain, Key, ClientAuthorities) = (chain, key, clientAuthorities);
        ClientRoots = clientAuthorities is null ? null : [.. clientAuthorities.Der.Select(der => X509CertificateLoader.LoadCertificate(der.Span))];

        // Offline: nothing that a certificate names is fetched. What is sent is what the file has, because no root is trusted
        // (OpenSsl.DistrustSystemRoots). The clients are told whose certificate is asked for.
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

    /// <summary>Null if OpenSSL refuses a key or a signature.</summary>
    public static ServerCertificate? Make(CertificateChain chain, PrivateKey key, CertificateAuthorities? clientAuthorities)
    {
        try
        {
            var made = new ServerCertificate(chain, key, clientAuthorities);
            return TrialHandshake.Succeeds(made.Handshake) ? made : null;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or NotSupportedException)
        {
            // A kind of key that .NET does not know, a curve that OpenSSL does not.
            return null;
        }
    }

    public bool IsOf(CertificateChain otherChain, PrivateKey otherKey, CertificateAuthorities? otherClientAuthorities) =>
        Chain.Equals(otherChain) && Key.Equals(otherKey) && Equals(ClientAuthorities, otherClientAuthorities);

    /// <summary>Lets in whom the other does.</summary>
    public bool HasClientsOf(ServerCertificate other) => Equals(ClientAuthorities, other.ClientAuthorities);

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
