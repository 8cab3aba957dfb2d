using System.Net;
using System.Net.Sockets;
using LeGo.Lite.EndToEnd.Support;
using LeGo.Lite.EndToEnd.Tls;
using Xunit;

namespace LeGo.Lite.EndToEnd.CommandLine;

/// <summary>As a container asks the server that runs in it.</summary>
public sealed class HealthTests(SecureServer fixture) : IClassFixture<SecureServer>
{
    private const string Health = "/certwarden/api/health";

    private readonly LegoLite server = fixture.Server;

    [Fact]
    public void A_server_that_answers_is_well_with_and_without_TLS()
    {
        Assert.Equal(2, server.Addresses.Count());
        foreach (var address in server.Addresses)
        {
            AssertWell(LegoLite.Command("health", address + Health));
            AssertWell(LegoLite.Command("health", address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + Health));
        }
    }

    [Fact]
    public void No_proxy_is_asked()
    {
        AssertWell(LegoLite.Command("health", server.Address + Health) with
        {
            Environment = [("http_proxy", "http://127.0.0.1:1"), ("HTTP_PROXY", "http://127.0.0.1:1"), ("all_proxy", "http://127.0.0.1:1")],
        });
    }

    [Fact]
    public void An_address_of_IPv6_is_written_in_brackets()
    {
        using var temp = new TempDirectory();
        using var server = LegoLite.Serve(LegoLite.Command("serve", "--data", temp.AddSample("tree"), "--listen", "http://[::1]:0"));

        AssertWell(LegoLite.Command("health", server.Address + Health));
    }

    /// <summary>What a server listens on can be copied from its config.</summary>
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    public void Every_address_is_asked_at_loopback(string every)
    {
        using var temp = new TempDirectory();
        var loopback = every[0] == '[' ? "[::1]" : "127.0.0.1";
        using var server = LegoLite.Serve(LegoLite.Command("serve", "--data", temp.AddSample("tree"), "--listen", $"http://{loopback}:0"));

        AssertWell(LegoLite.Command("health", $"http://{every}:{new Uri(server.Address).Port}{Health}"));
    }

    [Fact]
    public void What_is_not_answered_with_2xx_is_one_line_that_tells_no_API_key()
    {
        AssertNotWell($"{server.Address}{LegoLite.Path($"certificates/web.example.com/{Web.CertificateApiKey}")}", "it answers with status 401");
        AssertWell(LegoLite.Command("health", $"{server.Address}{LegoLite.Path("certificates/printer.example.com/printer-cert-0123456789abcdef")}"));
    }

    [Fact]
    public void Where_nobody_listens_it_is_not_well()
    {
        // Nobody else gets the port either.
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = bound.LocalEndPoint;

        AssertNotWell($"http://{address}{Health}", "Connection refused");
        AssertNotWell($"https://{address}{Health}", "Connection refused");
    }

    [Fact]
    public void A_server_without_TLS_is_not_well_over_TLS() =>
        AssertNotWell($"https://{new Uri(server.Address).Authority}{Health}", "");

    /// <summary>It has no certificate to show: there the server is asked at another address.</summary>
    [Fact]
    public void Where_clients_need_a_certificate_it_is_asked_on_loopback()
    {
        using var site = new TlsSite();
        site.WriteFiles(site.Issue());
        site.Write("ca.pem", site.Authority.Root);
        site.Serve($"{TlsSite.InFiles}, client_ca: ca.pem");

        AssertNotWell(site.Https + Health, "");
        AssertWell(LegoLite.Command("health", site.Server.Addresses.First(address => address.StartsWith("http:", StringComparison.Ordinal)) + Health));
    }

    private static void AssertWell(Command command)
    {
        var result = command.Run();
        Assert.Equal((0, "", ""), (result.Status, result.Text, result.Errors));
    }

    private static void AssertNotWell(string url, string fault)
    {
        var result = LegoLite.Command("health", url).Run();

        Assert.Equal((1, ""), (result.Status, result.Text));
        var line = Assert.Single(result.ErrorLines);
        Assert.StartsWith($"lego-lite: {new Uri(url).Authority}: {fault}", line, StringComparison.Ordinal);
        Secrets.AssertNone(line);
    }
}
