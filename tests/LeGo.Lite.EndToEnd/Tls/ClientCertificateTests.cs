using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Tls;

/// <summary><c>tls.client_ca</c>: who may speak to the server at all. An API key is needed as well.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private const string WithClientCa = $"{TlsSite.InTree}, client_ca: ca.pem";

    private const string Stranger = "its certificate is not from a CA of tls.client_ca, or an intermediate is missing";

    private readonly TlsSite site = new();
    private readonly Authority authority = new("Clients");

    public ClientCertificateTests()
    {
        site.WriteItem(site.Issue());
        site.Write("ca.pem", authority.Root);
    }

    public static TheoryData<string, string> Protocols => new MatrixTheoryData<string, string>(["1.2", "1.3"], ["--http1.1", "--http2"]);

    public void Dispose()
    {
        site.Dispose();
        authority.Dispose();
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Only_a_certificate_of_that_ca_for_clients_is_let_in(string tls, string version)
    {
        using var other = new Authority("Clients");
        site.Serve(WithClientCa);
        var now = DateTimeOffset.UtcNow;
        var good = Issue(authority);
        (string What, Pair? Pair, string Reason)[] refused =
        [
            ("none", null, "it has no client certificate"),
            ("of another CA of the same name", Issue(other), Stranger),
            ("of the server's CA", Issue(site.Authority), Stranger),
            ("its own", Pair.New("client.example.com"), Stranger),
            ("expired", authority.Issue("client.example.com", until: now.AddDays(-1), usage: Authority.ClientUsage), "its certificate has expired, or is not valid yet"),
            ("not valid yet", authority.Issue("client.example.com", from: now.AddDays(1), usage: Authority.ClientUsage), "its certificate has expired, or is not valid yet"),
            ("of a server", authority.Issue("client.example.com"), "its certificate is not for client authentication"),
            ("without the intermediate", good with { Chain = TlsSite.LeafOf(good) }, Stranger),
        ];

        foreach (var (what, pair, reason) in refused)
        {
            var result = Download(pair, tls, version).Run();

            // .NET sends no alert: a client sees the end of the connection, by TLS 1.3 in place of the first answer.
            Assert.True(result.Status is 16 or 18 or 35 or 52 or 55 or 56 or 92, $"{what}: {result.Status} {result.Errors}{result.Text}");
            Assert.Empty(result.Output);
            site.Server.WaitForLog($"LeGo.Lite[14] 127.0.0.1 was not let in: {reason}");
        }

        Wait.Until(() => site.Server.LogLines.Count(line => line.Contains(" was not let in: ", StringComparison.Ordinal)) == refused.Length, () => $"each is a line\n{site.Server.Log}");

        Assert.Equal(Web.NewerChain, Download(good, tls, version).RunWell().Text);
        Assert.Equal(401, site.Get(site.Download(Web.Certificate), [.. With(good), version]).Status);
        Assert.Single(site.Server.LogLines, line => line.Contains(" 200 served ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public void Openssl_is_asked_for_a_certificate_of_that_ca(string version)
    {
        site.Serve(WithClientCa);

        var without = site.OpenSsl(TlsSite.HealthRequest, version).Run();
        var with = Speak(version, Issue(authority));

        Assert.Contains("Acceptable client certificate CA names\nCN = Clients Root\n", without.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1", without.Text, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 204 ", with.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_client_ca_nobody_is_asked()
    {
        site.Serve(TlsSite.InTree);

        var result = site.OpenSsl(TlsSite.HealthRequest).Run();

        Assert.Contains("No client certificate CA names sent", result.Text, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 204 ", result.Text, StringComparison.Ordinal);
    }

    /// <summary>A session that is taken up again would let in a client without showing its certificate.</summary>
    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_2 -no_ticket")]
    [InlineData("-tls1_3")]
    public void Another_ca_holds_for_new_connections_and_sessions_alike(string version)
    {
        using var next = new Authority("Next");
        site.Serve(WithClientCa, rescan: "100ms");
        var (old, renewed) = (Issue(authority), Issue(next));
        Assert.Contains("HTTP/1.1 204 ", Speak($"{version} -sess_out {site["session"]}", old).Text, StringComparison.Ordinal);
        var session = File.Exists(site["session"]) ? $"{version} -sess_in {site["session"]}" : version;
        Assert.DoesNotContain("HTTP/1.1", Speak(session, null).Text, StringComparison.Ordinal);
        using var kept = new TlsConnection(site.Https, TlsSite.Name, site.Trust(), old);
        kept.AssertServes();

        site.Write("ca.pem", next.Root);
        Wait.Until(() => Speak(version, renewed).Text.Contains("HTTP/1.1 204 ", StringComparison.Ordinal), () => $"the new CA holds\n{site.Server.Log}");

        Assert.DoesNotContain("HTTP/1.1", Speak(version, old).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1", Speak(session, old).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1", Speak(session, null).Text, StringComparison.Ordinal);
        Assert.NotNull(Record.Exception(kept.AssertServes));
        Assert.Equal(0, site.Renewals);
        site.Server.WaitForLog("clients are asked for certificates of other CAs from now on");

        // Both at once, while clients move from one to the other.
        site.Write("ca.pem", authority.Root + next.Root);
        Wait.Until(() => Speak(version, old).Text.Contains("HTTP/1.1 204 ", StringComparison.Ordinal), () => $"both CAs hold\n{site.Server.Log}");
        Assert.Contains("HTTP/1.1 204 ", Speak(version, renewed).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task A_connection_ends_with_the_certificate_that_let_it_in(int major, int minor)
    {
        site.Serve(WithClientCa);
        var until = DateTimeOffset.UtcNow.AddSeconds(8);
        using var kept = new TlsClient(
            site, new(major, minor), keepsConnection: true, authority.Issue("client.example.com", until: until, usage: Authority.ClientUsage));
        Assert.Equal((HttpStatusCode.OK, Web.NewerChain), await kept.DownloadAsync());
        Assert.Equal(1, kept.Handshakes);

        Wait.Until(() => DateTimeOffset.UtcNow > until, () => "it expires");

        // It has to begin anew, and is not let in.
        Assert.NotNull(await Record.ExceptionAsync(kept.DownloadAsync));
        Assert.NotNull(await Record.ExceptionAsync(kept.DownloadAsync));
        Assert.InRange(kept.Handshakes, 2, int.MaxValue);
    }

    [Theory]
    [InlineData("truncate -s 100 ca.pem", "ca.pem:1:1: error: ")]
    [InlineData("rm ca.pem", "lego-lite.yaml:4:49: error: can't read the file named here: there is no such file")]
    [InlineData(": > ca.pem", "ca.pem:1:1: error: ")]
    public void A_ca_that_breaks_goes_on_holding(string breaks, string problem)
    {
        using var other = new Authority("Other");
        site.Serve(WithClientCa);

        site.Shell(breaks);
        site.Server.WaitForLog(problem);
        var renewed = site.WriteOrder("second", site.Issue());
        Wait.Until(() => Speak("-showcerts", Issue(authority)).Text.Contains(TlsSite.LeafOf(renewed), StringComparison.Ordinal), () => "the certificate is renewed");

        Assert.Contains("HTTP/1.1 204 ", Speak("-tls1_3", Issue(authority)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1", Speak("-tls1_3", Issue(other)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1", Speak("-tls1_3", null).Text, StringComparison.Ordinal);

        site.Write("ca.pem", other.Root);
        Wait.Until(() => Speak("-tls1_3", Issue(other)).Text.Contains("HTTP/1.1 204 ", StringComparison.Ordinal), () => $"the new CA holds\n{site.Server.Log}");
        Assert.Empty(site.Server.OpenErrors);
    }

    /// <summary>Where a chain ends in its root OCSP is to be asked, where the leaf is alone its issuer is missing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_that_a_certificate_names_is_fetched(bool hasRoot)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://{listener.LocalEndpoint}/";
        var own = site.Authority.Issue(TlsSite.Name, url: url);
        site.WriteItem(own with { Chain = hasRoot ? own.Chain + site.Authority.Root : TlsSite.LeafOf(own) });
        site.Write("root.pem", site.Authority.Root + site.Authority.Intermediate);
        site.Serve(WithClientCa);
        var good = authority.Issue("client.example.com", usage: Authority.ClientUsage, url: url);

        var refused = Speak("-status", good with { Chain = TlsSite.LeafOf(good) });
        var served = Speak("-status", good);

        Assert.DoesNotContain("HTTP/1.1", refused.Text, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 204 ", served.Text, StringComparison.Ordinal);
        Assert.Contains("OCSP response: no response sent", served.Text, StringComparison.Ordinal);
        Assert.False(listener.Pending(), "somebody asked");
    }

    private static Pair Issue(Authority authority) => authority.Issue("client.example.com", usage: Authority.ClientUsage);

    private Command Download(Pair? pair, string tls, string version) => site.Curl(
        ["-f", "--tls-max", tls, version, .. With(pair), "-H", $"apiKey: {Web.CertificateApiKey}", site.Download(Web.Certificate)]);

    private Result Speak(string options, Pair? pair) => site.OpenSsl(
        TlsSite.HealthRequest,
        [.. options.Split(' '), .. pair is null ? Array.Empty<string>() : ["-cert", Write(pair), "-cert_chain", Write(pair), "-key", Write(pair)]]).Run();

    private string[] With(Pair? pair) => pair is null ? [] : ["--cert", Write(pair)];

    /// <summary>Chain and key in one file.</summary>
    private string Write(Pair pair)
    {
        var name = $"client-{pair.GetHashCode().ToString("x", CultureInfo.InvariantCulture)}.pem";
        site.Write(name, pair.Chain + pair.Key);
        return site[name];
    }
}
