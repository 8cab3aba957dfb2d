using System.Net;
using LeGo.Lite.Config;
using Xunit;

namespace LeGo.Lite.Tests.Config;

public sealed class ListenAddressTests
{
    private const string Form = "write an address as http://127.0.0.1:4050 or https://0.0.0.0:4051";
    private const string NoAddress = "write the IP address to listen on, or localhost; every address is 0.0.0.0, or [::]";

    [Theory]
    [InlineData("http://127.0.0.1:4050", "http://127.0.0.1:4050", true)]
    [InlineData("http://127.0.0.1:4050/", "http://127.0.0.1:4050", true)]
    [InlineData("HTTP://127.1.2.3:1", "http://127.1.2.3:1", true)]
    [InlineData("http://127.0.0.1", "http://127.0.0.1:80", true)]
    [InlineData("http://127.0.0.1:0", "http://127.0.0.1:0", true)]
    [InlineData("http://127.0.0.1:65535", "http://127.0.0.1:65535", true)]
    [InlineData("http://[::1]:4050", "http://[::1]:4050", true)]
    [InlineData("http://[0:0:0:0:0:0:0:1]", "http://[::1]:80", true)]
    [InlineData("http://localhost:4050", "http://localhost:4050", true)]
    [InlineData("http://LocalHost:4050", "http://localhost:4050", true)]
    [InlineData("http://0.0.0.0:4050", "http://0.0.0.0:4050", false)]
    [InlineData("http://[::]:4050", "http://[::]:4050", false)]
    [InlineData("http://192.168.1.2:80", "http://192.168.1.2:80", false)]
    [InlineData("http://[fd00::1]:80", "http://[fd00::1]:80", false)]
    [InlineData("http://128.0.0.1:80", "http://128.0.0.1:80", false)]
    [InlineData("https://127.0.0.1", "https://127.0.0.1:443", true)]
    [InlineData("HTTPS://0.0.0.0:4051", "https://0.0.0.0:4051", false)]
    [InlineData("https://localhost:4051", "https://localhost:4051", true)]
    public void Takes_an_IP_address_or_localhost(string text, string expected, bool isLoopback)
    {
        var address = ListenAddress.Parse(text, out _);

        Assert.Equal((expected, isLoopback), (address?.ToString(), address!.IsLoopback));
        Assert.Equal(expected.StartsWith("https:", StringComparison.Ordinal), address.IsTls);
    }

    [Theory]
    [InlineData("http://127.0.0.1:4050", "127.0.0.1:4050", true)]
    [InlineData("https://127.0.0.1:4050", "127.0.0.1:4050", true)]
    [InlineData("http://127.0.0.1:4050", "0.0.0.0:4050", false)]
    [InlineData("http://127.0.0.1:4050", "127.0.0.1:4051", false)]
    [InlineData("http://127.0.0.1:4050", "[::1]:4050", false)]
    [InlineData("http://0.0.0.0:4050", "127.0.0.1:4050", false)]
    [InlineData("http://[::]:4050", "[::]:4050", true)]
    [InlineData("http://[::]:4050", "0.0.0.0:4050", false)]
    [InlineData("http://localhost:4050", "127.0.0.1:4050", true)]
    [InlineData("http://localhost:4050", "[::1]:4050", true)]
    [InlineData("http://localhost:4050", "127.0.0.2:4050", false)]
    [InlineData("http://localhost:4050", "0.0.0.0:4050", false)]
    [InlineData("http://127.0.0.1:0", "127.0.0.1:4050", false)]
    public void A_socket_is_one_for_an_address_if_it_is_bound_to_that(string address, string bound, bool expected) =>
        Assert.Equal(expected, ListenAddress.Parse(address, out _)!.IsBoundTo(IPEndPoint.Parse(bound)));

    [Theory]
    [InlineData("", Form)]
    [InlineData("4050", Form)]
    [InlineData("127.0.0.1:4050", Form)]
    [InlineData(":4050", Form)]
    [InlineData("http://", Form)]
    [InlineData("http://:4050", Form)]
    [InlineData("http://127.0.0.1:65536", Form)]
    [InlineData("http://127.0.0.1:-1", Form)]
    [InlineData("http://[::1", Form)]
    [InlineData("http://127.0.0.1:4050/certwarden", Form)]
    [InlineData("http://127.0.0.1:4050?x", Form)]
    [InlineData("http://127.0.0.1:4050#x", Form)]
    [InlineData("http://user@127.0.0.1:4050", Form)]
    [InlineData("http://user:secret@127.0.0.1:4050", Form)]
    [InlineData("ftp://127.0.0.1:4050", Form)]
    [InlineData("https://127.0.0.1:4050/certwarden", Form)]
    [InlineData("http://localhost:0", "localhost needs a port; for any free one write 127.0.0.1:0")]
    [InlineData("http://lego.example.com:4050", NoAddress)]
    [InlineData("http://localhost.example.com:4050", NoAddress)]
    [InlineData("http://*:4050", "")]
    [InlineData("http://+:4050", "")]
    public void Refuses_everything_else(string text, string expected)
    {
        Assert.Null(ListenAddress.Parse(text, out var fault));
        Assert.Equal(expected.Length == 0 ? fault : expected, fault);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }
}
