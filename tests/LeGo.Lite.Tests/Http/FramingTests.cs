using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>After a request that a proxy may end elsewhere, no other is read on the same connection.</summary>
public sealed class FramingTests(SampleServer server) : IClassFixture<SampleServer>
{
    private const string Health = "/legocerthub/api/health HTTP/1.1\nHost: localhost";
    private const string Next = $"\n\nGET {Health}\nConnection: close";

    [Theory]
    [InlineData("chunked", "HTTP/1.1")]
    [InlineData("identity", "HTTP/1.1")]
    [InlineData("gzip, chunked", "HTTP/1.1")]
    [InlineData("chunked", "HTTP/1.0")]
    public async Task A_transfer_coding_is_refused(string coding, string version)
    {
        foreach (var target in new[] { "/legocerthub/api/health", $"{Sample.Base}/privatekeys/printer.example.com", "/" })
        {
            var received = await server.ReceiveAsync($"GET {target} {version}\nHost: localhost\nConnection: keep-alive\napiKey: printer-key-0123456789abcdef\nTransfer-Encoding: {coding}\n\n0\n{Next}");

            AssertClosed(400, received);
        }
    }

    [Theory]
    [InlineData(405, "POST")]
    [InlineData(204, "GET")]
    public async Task After_content_the_connection_ends(int status, string method) =>
        AssertClosed(status, await server.ReceiveAsync($"{method} {Health}\nContent-Length: 5\n\nhello{Next}"));

    [Theory]
    [InlineData("")]
    [InlineData("\nContent-Length: 0")]
    public async Task Without_content_it_goes_on(string header)
    {
        var received = await server.ReceiveAsync($"GET {Health}{header}{Next}");

        var responses = received.Split("HTTP/1.1 204 No Content\r\n");
        Assert.Equal(3, responses.Length);
        Assert.DoesNotContain("Connection:", responses[1], StringComparison.OrdinalIgnoreCase);
    }

    private static void AssertClosed(int status, string received)
    {
        var response = Response.Read("", received);
        Assert.Equal((status, "close"), (response.Status, response["Connection"]));
        Assert.DoesNotContain("HTTP/1.1 ", response.Body, StringComparison.Ordinal);
    }
}
