using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using LeGo.Lite.EndToEnd.Support;

namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>A client of .NET by one version of HTTP, with one connection or one for each request.</summary>
internal sealed class TlsClient : IDisposable
{
    private readonly HttpClient client;
    private readonly SocketsHttpHandler handler;

    /// <param name="site">What it speaks to.</param>
    /// <param name="version">Of HTTP.</param>
    /// <param name="keepsConnection">Else there is one for each request.</param>
    /// <param name="pair">The client's own certificate; null: none.</param>
    public TlsClient(TlsSite site, Version version, bool keepsConnection, Pair? pair = null)
    {
        handler = new()
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = keepsConnection ? Timeout.InfiniteTimeSpan : TimeSpan.Zero,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(RawHttp.Connect(site.Https).GetStream()),
            SslOptions = new()
            {
                CertificateChainPolicy = site.Trust(),
                ClientCertificateContext = pair is null ? null : TlsConnection.Own(pair),
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    Handshakes++;
                    Leaf = PemEncoding.WriteString("CERTIFICATE", certificate!.GetRawCertData()) + "\n";
                    return errors == SslPolicyErrors.None;
                },
            },
        };
        client = new(handler)
        {
            BaseAddress = new(site.Url("")),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Wait.SafetyNet,
        };
    }

    public int Handshakes { get; private set; }

    /// <summary>The server's, in the last handshake.</summary>
    public string Leaf { get; private set; } = "";

    /// <summary>A download of the sample.</summary>
    public async Task<(HttpStatusCode Status, string Body)> DownloadAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"legocerthub/api/v1/download/{Web.Certificate}")
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
            Headers = { { "apiKey", Web.CertificateApiKey } },
        };
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public void Dispose()
    {
        client.Dispose();
        handler.Dispose();
    }
}
