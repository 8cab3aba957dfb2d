using System.Net;
using System.Net.Sockets;
using System.Text;
using LeGo.Lite.Cli;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LeGo.Lite.Tests.Cli;

/// <summary>A server that says one thing to everyone who asks, asked for its health.</summary>
public sealed class HealthCommandTests : IDisposable
{
    private const string Secret = "web-cert-0123456789abcdef";

    private readonly FakeTimeProvider time = new();
    private readonly StringWriter errors = new() { NewLine = "\n" };
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public HealthCommandTests() => listener.Start();

    public void Dispose()
    {
        listener.Dispose();
        errors.Dispose();
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")]
    [InlineData("HTTP/1.0 299 \r\n\r\n")]
    public async Task An_answer_with_2xx_is_fine(string response)
    {
        Assert.Equal((0, ""), await AskAsync(response));
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", "it answers with status 404")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", "it answers with status 302")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\n", "it answers with status 503")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n", "it does not speak HTTP")]
    [InlineData("HTTP/1.1 20", "it does not speak HTTP")]
    [InlineData("HTTP/1.1 2\u001b[31", "it does not speak HTTP")]
    [InlineData("", "it does not speak HTTP")]
    public async Task Any_other_is_one_line_without_the_path(string response, string fault)
    {
        Assert.Equal((1, $"lego-lite: {listener.LocalEndpoint}: {fault}\n"), await AskAsync(response));
    }

    [Fact]
    public async Task It_asks_for_what_the_URL_says_and_sends_nothing_else()
    {
        var (requests, _) = await AnswerAsync("HTTP/1.1 204 No Content\r\n\r\n", $"http://{listener.LocalEndpoint}/a%0d%0ab/health?x=y#z");

        Assert.Equal(
            $"GET /a%0d%0ab/health?x=y HTTP/1.1\r\nHost: {listener.LocalEndpoint}\r\nUser-Agent: lego-lite\r\nConnection: close\r\n\r\n",
            requests);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_waited_for_a_while()
    {
        var asking = HealthCommand.RunAsync(new($"http://{listener.LocalEndpoint}/{Secret}"), time, errors);
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(1, await asking);
        Assert.Equal($"lego-lite: {listener.LocalEndpoint}: no answer within 3 seconds\n", errors.ToString());
    }

    [Fact]
    public async Task Where_nobody_listens_it_says_so()
    {
        var address = listener.LocalEndpoint;
        listener.Stop();

        Assert.Equal(1, await HealthCommand.RunAsync(new($"http://{address}/{Secret}"), time, errors));
        Assert.Equal($"lego-lite: {address}: Connection refused\n", errors.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:4050")]
    [InlineData("/certwarden/api/health")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("http://")]
    [InlineData("http://127.0.0.1:0/")]
    [InlineData("http://lego.example.com/")]
    [InlineData("http://[fe80::1%25lo]:4050/")]
    [InlineData("http://user:web-cert-0123456789abcdef@127.0.0.1/")]
    public async Task What_can_not_be_asked_is_wrong_usage_and_not_repeated(string text)
    {
        using var output = new StringWriter();

        Assert.Equal(2, await new CommandLine(_ => Task.FromResult(7), time, output, errors).RunAsync(["health", text]));

        Assert.Equal("lego-lite: health: write a URL of an IP address or localhost, as http://127.0.0.1:4050/certwarden/api/health. See lego-lite --help.\n", errors.ToString());
    }

    private async Task<(int Status, string Errors)> AskAsync(string response)
    {
        var (_, status) = await AnswerAsync(response, $"http://{listener.LocalEndpoint}/{Secret}");
        return (status, errors.ToString());
    }

    /// <summary>Returns what was asked, and the exit status. Where the server closes without a word, it is asked again a few times.</summary>
    private async Task<(string Requests, int Status)> AnswerAsync(string response, string url)
    {
        var asking = HealthCommand.RunAsync(new(url), time, errors);
        var requests = "";
        while (true)
        {
            var accepting = listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
            if (await Task.WhenAny(asking, accepting) == asking)
            {
                return (requests, await asking);
            }

            using var client = await accepting;
            requests += await ReadAsync(client.GetStream());
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(response), TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var request = new StringBuilder();
        var buffer = new byte[1024];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var length = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.True(length > 0, "It asks for nothing.");
            request.Append(Encoding.ASCII.GetString(buffer, 0, length));
        }

        return request.ToString();
    }
}
