using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeGo.Lite.Catalog;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LeGo.Lite.Http;

/// <summary>Each TLS handshake uses the certificate that is in force at its moment; connections made before are not disturbed.</summary>
internal sealed class TlsHandshake(LiveCatalog catalog, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // id-kp-clientAuth (RFC 5280, section 4.2.1.12).
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    public TlsHandshakeCallbackOptions Options => new()
    {
        HandshakeTimeout = Timeout,
        OnConnection = _ => ValueTask.FromResult(Answer(catalog.Current.Tls!.Record!.At(time.GetUtcNow()))),
    };

    private static SslServerAuthenticationOptions Answer(ServerCertificate certificate)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Handshake,
#pragma warning disable CA5398 // What the system's OpenSSL would choose by itself can be TLS 1.0.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
            AllowRenegotiation = false,
        };
        if (certificate.ClientRoots is { } roots)
        {
            options.ClientCertificateRequired = true;

            // A session taken up again would not show the client's certificate to a CA that has changed since.
            options.AllowTlsResume = false;
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
            options.CertificateChainPolicy.ApplicationPolicy.Add(ClientAuthentication);
        }

        return options;
    }
}
