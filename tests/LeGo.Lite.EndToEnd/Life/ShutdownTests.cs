using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

public sealed class ShutdownTests
{
    private const string ApiKey = "web-cert-0123456789abcdef";

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void A_signal_ends_it_well_while_a_connection_is_idle(string signal)
    {
        using var temp = new TempDirectory();
        using var server = LegoLite.Serve(temp.AddSample("tree"));
        using var client = RawHttp.Connect(server.Address);
        client.GetStream().Write("GET /legocerthub/api/health HTTP/1.1\r\nHost: x\r\n\r\n"u8);
        Assert.StartsWith("HTTP/1.1 204 ", RawHttp.ReadHead(client.GetStream()), StringComparison.Ordinal);

        Assert.Equal(0, server.Stop(signal));
        Assert.Empty(server.LogLines);
    }

    /// <summary>
    /// One connection asks for more than its buffers hold and does not read, so that the server is stuck
    /// in the middle of a response when the signal comes. Then it reads: that response has to be whole.
    /// </summary>
    [Fact]
    public void A_response_in_flight_is_completed()
    {
        // No more than the server drops at the end: what is unread when it closes resets the connection.
        const int Requests = 150;
        using var temp = new TempDirectory();
        var tree = temp.AddSample("tree", "web.example.com");
        var chainFile = Path.Combine(tree, "certificates/web.example.com/orders/2026-03-01/fullchain.pem");
        var blocks = Pem.BlocksOf(chainFile);
        var chain = string.Concat([.. blocks, .. Enumerable.Repeat(blocks[^1], 18)]);
        File.WriteAllText(chainFile, chain);
        using var server = LegoLite.Serve(tree);
        using var client = RawHttp.Connect(server.Address);
        client.ReceiveBufferSize = 64 * 1024;
        using var stream = new BufferedStream(client.GetStream());
        var request = $"GET /legocerthub/api/v1/download/certificates/web.example.com HTTP/1.1\r\nHost: x\r\napiKey: {ApiKey}\r\n\r\n";
        stream.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, Requests))));
        stream.Flush();
        server.WaitForLog(" 200 served ");

        server.Signal("TERM");
        var complete = 0;
        while (RawHttp.ReadHead(stream) is { Length: > 0 } head)
        {
            Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
            var body = new byte[chain.Length];
            stream.ReadExactly(body);
            Assert.Equal(chain, Encoding.ASCII.GetString(body));
            complete++;
        }

        Assert.InRange(complete, 1, Requests - 1);
        Assert.Equal(0, server.WaitForExit());
    }

    /// <summary>A process that is the first of its container hears no signal by itself.</summary>
    [Fact]
    public async Task As_a_first_process_it_ends_well_before_it_has_read_the_tree()
    {
        using var temp = new TempDirectory();
        var tree = temp.AddLargeTree("tree");
        string[] user = Environment.IsPrivilegedProcess ? [] : ["--map-root-user"];
        using var unshare = new Command(
            "unshare", [.. user, "--pid", "--fork", "--kill-child", Repository.Binary, "serve", "--data", tree, "--listen", "http://127.0.0.1:0"]).Start();
        var output = unshare.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var children = $"/proc/{unshare.Id}/task/{unshare.Id}/children";

        Wait.Until(
            () =>
            {
                _ = new Command("sh", "-c", $"kill -TERM $(cat {children})").Run();
                return unshare.HasExited;
            },
            () => "it ends");

        Assert.Equal(0, unshare.ExitCode);
        Assert.Equal("", await output);
    }
}
