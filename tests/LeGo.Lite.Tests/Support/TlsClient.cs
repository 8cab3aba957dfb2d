using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace LeGo.Lite.Tests.Support;

/// <summary>A TLS connection to whatever server; it keeps what it was shown.</summary>
internal sealed class TlsClient : IAsyncDisposable
{
    private TlsClient(Stream transport) => Stream = new(transport);

    public SslStream Stream { get; }

    /// <summary>The certificates that the server sent, the leaf first.</summary>
    public IReadOnlyList<string> Thumbprints { get; private set; } = [];

    /// <exception cref="AuthenticationException">The handshake failed.</exception>
    public static async Task<TlsClient> ConnectAsync(
        EndPoint server, SslProtocols protocols = SslProtocols.None, params IEnumerable<SslApplicationProtocol> applications)
    {
#pragma warning disable CA2000 // The stream closes it.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore CA2000
        await socket.ConnectAsync(server);
        var client = new TlsClient(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await client.Stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = protocols,
                ApplicationProtocols = [.. applications],
                RemoteCertificateValidationCallback = (_, _, chain, _) =>
                {
                    client.Thumbprints = [.. chain!.ChainPolicy.ExtraStore.Select(certificate => certificate.Thumbprint)];
                    return true;
                },
            });
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public static IReadOnlyList<string> ThumbprintsOf(string chain)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(chain);
        return [.. certificates.Select(certificate => certificate.Thumbprint)];
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
