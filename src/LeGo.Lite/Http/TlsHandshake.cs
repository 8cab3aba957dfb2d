using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeGo.Lite.Catalog;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LeGo.Lite.Http;

/// <summary>Each TLS handshake uses the certificate that is in force at its moment; connections made before are not disturbed, unless they let in a client that would not be let in now.</summary>
internal sealed class TlsHandshake(LiveCatalog catalog, TimeProvider time, ILogger log)
{
    // id-kp-clientAuth (RFC 5280, section 4.2.1.12).
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>Who was let in by the client's certificate, and until when.</summary>
    private sealed record Admission(ServerCertificate By, DateTimeOffset NotAfter);

    public void Use(ListenOptions address)
    {
        address.Use(CloseWithoutHello);
        _ = address.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = Limits.FirstWords,
            OnConnection = handshake => ValueTask.FromResult(Answer(catalog.Current.Tls!.Record!.At(time.GetUtcNow()), handshake.Connection)),
        });
        address.Use(UseOwnPipes);
    }

    /// <summary>A connection can last longer than what let its client in: then it is cut, and the client may begin anew.</summary>
    public RequestDelegate AdmitStill(RequestDelegate next) => context =>
    {
        var now = time.GetUtcNow();
        if (context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(typeof(Admission), out var value) == true
            && value is Admission admission
            && (now >= admission.NotAfter || !admission.By.HasClientsOf(catalog.Current.Tls!.Record!.At(now))))
        {
            // The request first, so that it has no answer; over HTTP/2 that alone would leave the connection.
            context.Abort();
            context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
            return Task.CompletedTask;
        }

        return next(context);
    };

    private static ConnectionDelegate CloseWithoutHello(ConnectionDelegate next) => async connection =>
    {
        try
        {
            await next(connection);
        }
        catch (NotSupportedException)
        {
            // SslStream's answer to a record that is TLS, but no hello. Kestrel would log it, with its stack, for seven bytes from anybody.
        }
    };

    /// <summary>Without Kestrel's, which cost more (ADR 15).</summary>
    private ConnectionDelegate UseOwnPipes(ConnectionDelegate next) => connection =>
    {
        var stream = connection.Features.GetRequiredFeature<ISslStreamFeature>().SslStream;
        connection.Transport = new ConnectionPipes(connection, stream, time, waitsWithoutBuffer: true);
        return next(connection);
    };

    private SslServerAuthenticationOptions Answer(ServerCertificate certificate, BaseConnectionContext connection)
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
            options.RemoteCertificateValidationCallback = (_, shown, chain, errors) =>
            {
                if (!Admit(connection, chain, errors))
                {
                    return false;
                }

                connection.Items[typeof(Admission)] = new Admission(certificate, ((X509Certificate2)shown!).NotAfter);
                return true;
            };
        }

        return options;
    }

    /// <summary>As .NET decides by itself; but that closes the connection without a word to anybody.</summary>
    private bool Admit(BaseConnectionContext connection, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        // Nothing of the certificate itself: it holds what the client likes.
        var faults = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status) ?? X509ChainStatusFlags.NoError;
        log.ClientCertificateRefused(
            ClientAddress.Format((connection.RemoteEndPoint as IPEndPoint)?.Address),
            errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "it has no client certificate"
            : (faults & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0 ? "its certificate is not from a CA of tls.client_ca, or an intermediate is missing"
            : faults.HasFlag(X509ChainStatusFlags.NotTimeValid) ? "its certificate has expired, or is not valid yet"
            : faults.HasFlag(X509ChainStatusFlags.NotValidForUsage) ? "its certificate is not for client authentication"
            : "its certificate is not valid");
        return false;
    }
}
