using System.Globalization;
using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Hostile;

/// <summary>Who sends from ever new addresses gets ever new guesses, but not the server's memory.</summary>
public sealed class ManyAddressesTests
{
    private const int Addresses = 1_000_000;
    private const int AtOnce = 250;

    // It stays below 90; were each address remembered for good, it would be 300.
    private const int MaxMegabytes = 200;

    private const string Close = "Connection: close\r\n";

    [Fact]
    public void A_million_addresses_that_failed_are_not_remembered_for_good()
    {
        using var server = LegoLite.Serve(
            Repository.Sample,
            ("LEGO_LITE_FAILED_LOGINS_PER_MINUTE", "1"),
            ("LEGO_LITE_TRUSTED_PROXIES__0", "127.0.0.1"),
            ("LEGO_LITE_LOG__LEVEL", "warning"));
        const string First = "11.0.0.0";
        var length = Send(First, 401).Length - Close.Length;
        _ = Send(First, 429);

        using var connection = RawHttp.Connect(server.Address);
        var stream = connection.GetStream();
        for (var first = 1; first < Addresses; first += AtOnce)
        {
            stream.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(first, AtOnce).Select(i => Request($"11.{i >> 16}.{(i >> 8) & 255}.{i & 255}")))));

            // Each is as long as the first: only the date differs.
            var responses = new byte[AtOnce * length];
            stream.ReadExactly(responses);
            Assert.Equal(AtOnce, responses.AsSpan().Count("HTTP/1.1 401 "u8));
        }

        Assert.InRange(server.ResidentMegabytes, 1, MaxMegabytes);

        byte[] Send(string address, int status)
        {
            var response = RawHttp.Send(server.Address, Request(address, Close));
            Assert.StartsWith($"HTTP/1.1 {status} ", Encoding.ASCII.GetString(response), StringComparison.Ordinal);
            return response;
        }
    }

    private static string Request(string address, string header = "") => string.Create(
        CultureInfo.InvariantCulture,
        $"GET /certwarden/api/v1/download/{Web.PrivateKey} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\n{header}\r\n");
}
