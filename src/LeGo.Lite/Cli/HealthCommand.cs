using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace LeGo.Lite.Cli;

/// <summary>
/// <c>lego-lite health</c>: whether a server answers, for containers that hold nothing else to ask with. Nothing of the URL but host
/// and port is ever said: it can hold an API key.
/// </summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Null, with what to do about it, where this is nothing to ask.</summary>
    public static Uri? Parse(string text, out string fault)
    {
        // No other names: to look one up, a static binary would load modules of the system's C library, and may crash. And no zone of
        // an IPv6 address: .NET drops it on the way.
        fault = "write a URL of an IP address or localhost, as http://127.0.0.1:4050/certwarden/api/health";
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "", Port: > 0 }
            && (url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || url.Host == "localhost") && !url.IdnHost.Contains('%', StringComparison.Ordinal) ? url : null;
    }

    public static async Task<int> RunAsync(Uri url, TimeProvider time, TextWriter errors)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        string fault;
        try
        {
            var status = await AskAsync(url, patience.Token);
            if (status is >= 200 and <= 299)
            {
                return ExitStatus.Fine;
            }

            fault = $"it answers with status {status}";
        }
        catch (OperationCanceledException)
        {
            fault = $"no answer within {Patience.TotalSeconds:0} seconds";
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded)
        {
            fault = "it does not speak HTTP"; // The message would quote what it speaks.
        }
        catch (HttpRequestException failure)
        {
            fault = failure.GetBaseException().Message;
        }

        await errors.WriteLineAsync($"lego-lite: {url.Authority}: {fault}");
        return ExitStatus.Failure;
    }

    private static async Task<int> AskAsync(Uri url, CancellationToken stop)
    {
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
            SslOptions = new()
            {
                // Nothing that a certificate names is fetched.
                CertificateChainPolicy = new() { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },

#pragma warning disable CA5359 // Whoever answers is taken for the server: at 127.0.0.1 no certificate has the right name, and nothing is sent that is not for everybody.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            },
        };
        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, AtLoopback(url)) { Headers = { { "User-Agent", "lego-lite" }, { "Connection", "close" } } };
        using var response = await client.SendAsync(request, stop);
        return (int)response.StatusCode;
    }

    /// <summary>0.0.0.0 and [::] are what a server listens on; to ask it takes an address.</summary>
    private static Uri AtLoopback(Uri url) => url.Host switch
    {
        "0.0.0.0" => new UriBuilder(url) { Host = $"{IPAddress.Loopback}" }.Uri,
        "[::]" => new UriBuilder(url) { Host = $"[{IPAddress.IPv6Loopback}]" }.Uri,
        _ => url,
    };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        IPAddress[] addresses = host == "localhost" ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Parse(host)];
#pragma warning disable CA2000 // The stream owns it.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
#pragma warning restore CA2000
        try
        {
            await socket.ConnectAsync(addresses, port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
