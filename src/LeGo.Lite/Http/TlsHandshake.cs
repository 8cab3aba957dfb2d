using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeGo.Lite.Catalog;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LeGo.Lite.Http;

/// <summary>Each TLS handshake uses the certificate that is in force at its moment; connections made before are not disturbed.</summary>
internal sealed class TlsHandshake(LiveCatalog catalog, TimeProvider time, ILogger log)
{
    // id-kp-clientAuth (RFC 5280, section 4.2.1.12).
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    public TlsHandshakeCallbackOptions Options => new()
    {
        HandshakeTimeout = Limits.FirstWords,
        OnConnection = handshake => ValueTask.FromResult(Answer(
            catalog.Current.Tls!.Record!.At(time.GetUtcNow()), (handshake.Connection.RemoteEndPoint as IPEndPoint)?.Address)),
    };

    private SslServerAuthenticationOptions Answer(ServerCertificate certificate, IPAddress? client)
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
            options.RemoteCertificateValidationCallback = (_, _, chain, errors) => Admit(client, chain, errors);
        }

        return options;
    }

    /// <summary>As .NET decides by itself; but that closes the connection without a word to anybody.</summary>
    private bool Admit(IPAddress? client, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        // Nothing of the certificate itself: it holds what the client likes.
        var faults = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status) ?? X509ChainStatusFlags.NoError;
        log.ClientCertificateRefused(
            ClientAddress.Format(client),
            errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "it has no client certificate"
            : (faults & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0 ? "its certificate is not from a CA of tls.client_ca, or an intermediate is missing"
            : faults.HasFlag(X509ChainStatusFlags.NotTimeValid) ? "its certificate has expired, or is not valid yet"
            : faults.HasFlag(X509ChainStatusFlags.NotValidForUsage) ? "its certificate is not for client authentication"
            : "its certificate is not valid");
        return false;
    }
}
