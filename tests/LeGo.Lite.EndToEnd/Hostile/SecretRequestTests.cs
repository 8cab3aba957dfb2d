using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Hostile;

/// <summary>No API key gets into the log, wherever in a request or a handshake it is, and however it is written there.</summary>
public sealed class SecretRequestTests
{
    private const string Download = "/legocerthub/api/v1/download";

    /// <summary>What makes other ASP.NET servers say more.</summary>
    private static readonly (string Name, string Value)[] Noise =
    [
        ("LEGO_LITE_LOG__LEVEL", "trace"),
        .. from prefix in new[] { "", "ASPNETCORE_", "DOTNET_" }
           from category in new[] { "Default", "Microsoft", "Microsoft.AspNetCore", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft__AspNetCore" }
           from provider in new[] { "", "Console__" }
           select ($"{prefix}Logging__{provider}LogLevel__{category}", "Trace"),
        ("ASPNETCORE_ENVIRONMENT", "Development"), ("DOTNET_ENVIRONMENT", "Development"), ("ASPNETCORE_DETAILEDERRORS", "true"),
        ("ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", "Microsoft.AspNetCore.SpaProxy"), ("ASPNETCORE_URLS", "http://127.0.0.1:1"),
        ("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true"), ("Kestrel__Endpoints__Other__Url", "http://127.0.0.1:1"),
    ];

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("systemd")]
    public void No_request_brings_a_secret_into_the_log(string format)
    {
        const int Limit = 1_000;
        using var temp = new TempDirectory();
        using var server = Serve(
            temp, ("LEGO_LITE_LOG__FORMAT", format), ("LEGO_LITE_TRUSTED_PROXIES__0", "127.0.0.1"), ("LEGO_LITE_FAILED_LOGINS_PER_MINUTE", $"{Limit}"));
        var answers = new StringBuilder();

        foreach (var apiKey in Sample.ApiKeys)
        {
            foreach (var request in Requests(apiKey))
            {
                answers.Append(Encoding.Latin1.GetString(RawHttp.Send(server.Address, request)));
            }
        }

        foreach (var apiKey in new[] { Web.KeyApiKey, "printer-cert-0123456789abcdef" })
        {
            foreach (var request in Requests(apiKey))
            {
                answers.Append(Encoding.Latin1.GetString(RawHttp.Send(server.SecureAddress, request)));
            }

            foreach (var headers in Http2Requests(apiKey))
            {
                using var connection = new RawHttp2(server.SecureAddress);
                connection.AddRequest(1, headers);
                Assert.True(connection.Flush());
                answers.Append(connection.Outcome(1)).Append('\n');
            }
        }

        foreach (var sample in Sample.All)
        {
            foreach (var (download, apiKey, _, _) in sample.Downloads)
            {
                // Another client, whom the failures of the first do not hinder.
                Assert.Equal(200, Curl.Get(server.Url(download), "-H", $"apiKey: {apiKey}", "-H", "X-Forwarded-For: 192.0.2.1").Status);
            }
        }

        Assert.Equal(0, server.Stop());

        // Each kind of refusal was there, so that each way through the server was taken.
        Assert.All([" 400 ", " 401 ", " 404 ", " 405 ", " 414 ", " 429 ", " 431 "], status => Assert.Contains(status, answers.ToString(), StringComparison.Ordinal));
        Assert.True(server.LogLines.Length > Limit, "The requests are not in the log.");
        Assert.DoesNotContain(server.LogLines, line => line.Contains("Microsoft", StringComparison.Ordinal));
        Secrets.AssertNone(server.Log);
        Assert.DoesNotContain(Sample.ApiKeys, apiKey => answers.ToString().Contains(apiKey, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void No_handshake_brings_a_secret_into_the_log()
    {
        const string ApiKey = Web.KeyApiKey;
        using var temp = new TempDirectory();
        using var server = Serve(temp, ("LEGO_LITE_TLS__CLIENT_CA", Path.Combine(Repository.Sample, "roots.pem")));
        var plain = server.SecureAddress.Replace("https:", "http:", StringComparison.Ordinal);
        var pair = Pair.New(ApiKey);
        using var certificate = X509Certificate2.CreateFromPem(pair.Chain, pair.Key);

        // The last ones are TLS, but no hello: an alert, and data.
        foreach (var garbage in new[] { $"GET {Download}/{Web.PrivateKey}/{ApiKey} HTTP/1.1\r\nHost: x\r\n\r\n", $"\u0016\u0003\u0001\0\u0019{ApiKey}", ApiKey, "\u0015\u0003\u0001\0\u0002\u0002\u0028", $"\u0017\u0003\u0003\0\u0018{ApiKey}" })
        {
            _ = RawHttp.Send(plain, garbage + new string('x', 300));
        }

        Refused(new() { TargetHost = ApiKey });
        Refused(new() { TargetHost = $"{ApiKey}.example.com", ApplicationProtocols = [new(ApiKey)] });
        Refused(new() { ClientCertificates = [certificate], LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate });

        Assert.Equal(0, server.Stop());
        Secrets.AssertNone(server.Log);
        Assert.DoesNotContain(server.LogLines, line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal));

        // With TLS 1.3 a client learns only afterwards that its certificate was refused.
        void Refused(SslClientAuthenticationOptions tls) => Assert.True(
            Record.Exception(() =>
            {
                using var stream = RawHttp.Open(server.SecureAddress, tls);
                stream.Write(Encoding.ASCII.GetBytes($"GET {Download}/{Web.PrivateKey}/{ApiKey} HTTP/1.1\r\nHost: x\r\n\r\n"));
                stream.ReadExactly(new byte[1]);
            }) is AuthenticationException or IOException);
    }

    private static LegoLite Serve(TempDirectory temp, params IReadOnlyList<(string Name, string Value)> settings)
    {
        foreach (var file in new[] { "appsettings.json", "appsettings.Development.json", "appsettings.Production.json" })
        {
            temp.Write(file, """{"Logging":{"LogLevel":{"Default":"Trace","Microsoft":"Trace"},"Console":{"LogLevel":{"Default":"Trace"}}}}""");
        }

        return LegoLite.Serve(LegoLite.Command("serve", "--data", Repository.Sample, "--listen", "http://127.0.0.1:0", "--listen", "https://127.0.0.1:0") with
        {
            Directory = temp.Path,
            Environment = [.. Noise, LegoLite.OwnCertificate, .. settings],
        });
    }

    /// <summary>Each place in a URL that it can have.</summary>
    private static string[] Targets(string apiKey)
    {
        var encoded = Secrets.PercentEncoded(apiKey);
        return
        [
            $"{Download}/certificates/web.example.com/{apiKey}",
            $"{Download}/certificates/web.example.com/{encoded}",
            $"{Download}/privatecerts/printer.example.com/{apiKey}.{apiKey}/cert.pem",
            $"{Download}/privatecerts/printer.example.com/{encoded}%2e{encoded}",
            $"/legocerthub/api/v1/%64ownload/privatekeys/web.example.com/{apiKey}",
            $"/legocerthub/api/v1/%64ownload/privatekeys/web.example.com/{encoded}",
            $"{Download}/certificates/{apiKey}",
            $"{Download}/certificates/{encoded}",
            $"{Download}/{apiKey}/web.example.com",
            $"/{apiKey}",
            $"//{encoded}//",
            $"{Download}/certificates/web.example.com?apiKey={apiKey}",
            $"{Download}/certificates/web.example.com/x?{encoded}#{apiKey}",
            $"http://{apiKey}.example.com{Download}/certificates/web.example.com/{apiKey}",
            $"http://x/{encoded}",
            $"{Download}/certificates/web.example.com/{apiKey}%",
            $"{Download}/certificates/web.example.com/%zz{apiKey}",
            $"{Download}/certificates/web.example.com/%00{apiKey}",
            $"{Download}/certificates/web.example.com/%ff{apiKey}%c3",
            $"{Download}/certificates/web.example.com/../../{apiKey}",
            $"{Download}/certificates/web.example.com/{apiKey}{new string('x', 9000)}",
            $"*{apiKey}",
            apiKey,
            $"{Download}/certificates/web.example.com%2F{apiKey}",
            $"{Download}/certificates/web.example.com%2f{encoded}",
            $"{Download}/certificates%2Fweb.example.com%2F{apiKey}",
            $"{Download}/privatekeys/web.example.com/{encoded.ToUpperInvariant()}",
            $"{Download}/privatekeys/web.example.com/{Secrets.TwiceEncoded(apiKey)}",
            $"{Download}/privatekeys/{Secrets.TwiceEncoded(apiKey)}%252F{apiKey}",
            $"/%6Cegocerthub/%61pi/v1/%64ownload/%70rivatekeys/web%2eexample%2Ecom/{encoded[..30]}{apiKey[10..]}",
        ];
    }

    /// <summary>Every way to send it that is not a good download.</summary>
    private static IEnumerable<string> Requests(string apiKey)
    {
        var encoded = Secrets.PercentEncoded(apiKey);
        foreach (var target in Targets(apiKey))
        {
            yield return $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        }

        var request = $"{Download}/certificates/web.example.com HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
        yield return $"GET {request}apiKey: {apiKey}.\r\n\r\n";
        yield return $"GET {request}apiKey: .{apiKey}\r\n\r\n";
        yield return $"GET {request}X-API-Key: {encoded}\r\n\r\n";
        yield return $"GET {request}apiKey: {apiKey}{new string('x', 5000)}\r\n\r\n";
        yield return $"GET {request}apiKey: {apiKey}{new string('x', 50_000)}\r\n\r\n";
        yield return $"GET {request}apiKey: {apiKey}\r\napiKey: {apiKey}\r\n\r\n";
        yield return $"GET {request}apiKey: {apiKey}\u0001\r\n\r\n";
        yield return $"GET {request}{apiKey}: x\r\n\r\n";
        yield return $"GET {request}{apiKey}\r\n\r\n";
        yield return $"GET {request}Authorization: Bearer {apiKey}\r\nReferer: http://x/{apiKey}\r\nCookie: {apiKey}\r\nIf-None-Match: {apiKey}\r\n\r\n";
        yield return $"GET {request.Replace("Host: x", $"Host: {apiKey}/", StringComparison.Ordinal)}\r\n\r\n";
        yield return $"GET {request.Replace("Host: x", $"Host: {apiKey}", StringComparison.Ordinal)}\r\n\r\n";
        yield return $"GET {request}Content-Length: {apiKey}\r\n\r\n";
        yield return $"GET {request}Transfer-Encoding: {apiKey}\r\n\r\n";
        yield return $"POST {request}Transfer-Encoding: chunked\r\n\r\n{apiKey}\r\n";
        yield return $"POST {Download}/certificates/web.example.com/{apiKey} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        yield return $"{apiKey} /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        yield return $"GET {Download}/certificates/web.example.com/{apiKey} HTTP/{apiKey}\r\n\r\n";
        yield return $"GET {Download}/certificates/web.example.com/{apiKey}\0 HTTP/1.1\r\nHost: x\r\n\r\n";
        yield return $"GET {Download}/certificates/web.example.com/ {apiKey} HTTP/1.1\r\nHost: x\r\n\r\n";
        yield return $"{apiKey}\r\n\r\n";
        foreach (var client in new[] { apiKey, encoded, $"{apiKey}, 192.0.2.9", $"192.0.2.9, {apiKey}", $"192.0.2.9:{apiKey}", $"[fe80::1%{apiKey}]", $"\"{apiKey}" })
        {
            yield return $"GET {request}X-Forwarded-For: {client}\r\nForwarded: for={client}\r\nX-Forwarded-Host: {client}\r\n\r\n";
        }
    }

    private static IEnumerable<IEnumerable<(string Name, string Value)>> Http2Requests(string apiKey)
    {
        const string Certificate = $"{Download}/certificates/web.example.com";
        return
        [
            .. Targets(apiKey).Select(target => RawHttp2.Get(target)),
            RawHttp2.Get(Certificate, ("apikey", $"{apiKey}.")),
            RawHttp2.Get(Certificate, ("apikey", $"{apiKey}\u0001")),
            RawHttp2.Get(Certificate, ("apikey", $"{apiKey}\r\nx: y")),
            RawHttp2.Get(Certificate, ("x-api-key", $"{apiKey}{new string('x', 20_000)}")),
            RawHttp2.Get(Certificate, (apiKey, "x")),
            RawHttp2.Get(Certificate, (apiKey.ToUpperInvariant(), "x")),
            RawHttp2.Get(Certificate, ($":{apiKey}", "x")),
            RawHttp2.Get(Certificate, ("content-length", apiKey)),
            RawHttp2.Get(Certificate, ("transfer-encoding", apiKey)),
            RawHttp2.Get(Certificate, ("x-forwarded-for", apiKey)),
            [(":method", apiKey), (":scheme", "https"), (":authority", "x"), (":path", Certificate)],
            [(":method", "GET"), (":scheme", apiKey), (":authority", "x"), (":path", Certificate)],
            [(":method", "GET"), (":scheme", "https"), (":authority", apiKey), (":path", Certificate)],
            [(":method", "GET"), (":scheme", "https"), (":authority", $"{apiKey}/@"), (":path", Certificate)],
            [(":method", "CONNECT"), (":authority", apiKey)],
        ];
    }
}
