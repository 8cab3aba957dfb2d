using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>A connection of HTTP/1.1 over TLS that stays open.</summary>
internal sealed class TlsConnection : IDisposable
{
    private readonly TcpClient client;
    private readonly SslStream stream;
    private readonly string host;

    /// <param name="address">Where to connect.</param>
    /// <param name="host">Who has to answer.</param>
    /// <param name="trust">How that is verified.</param>
    /// <param name="pair">The client's own; null: none.</param>
    public TlsConnection(string address, string host, X509ChainPolicy trust, Pair? pair = null)
    {
        this.host = host;
        client = RawHttp.Connect(address);
        stream = new(client.GetStream());
        try
        {
            stream.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = host,
                CertificateChainPolicy = trust,
                ClientCertificateContext = pair is null ? null : Own(pair),
                ApplicationProtocols = [SslApplicationProtocol.Http11],
            });
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What a client shows, with its intermediates.</summary>
    public static SslStreamCertificateContext Own(Pair pair)
    {
        var issuers = new X509Certificate2Collection();
        issuers.ImportFromPem(string.Concat(Pem.Blocks(pair.Chain)[1..]));
#pragma warning disable CA2000 // It lives as long as the context that takes it.
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(pair.Chain, pair.Key), issuers, offline: true);
#pragma warning restore CA2000
    }

    /// <summary>The server's.</summary>
    public string Leaf => PemEncoding.WriteString("CERTIFICATE", stream.RemoteCertificate!.GetRawCertData()) + "\n";

    public void AssertServes()
    {
        stream.Write(Encoding.ASCII.GetBytes($"GET /certwarden/api/health HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        var head = RawHttp.ReadHead(stream);
        Assert.EndsWith("\r\n\r\n", head, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 204 ", head, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        stream.Dispose();
        client.Dispose();
    }
}
