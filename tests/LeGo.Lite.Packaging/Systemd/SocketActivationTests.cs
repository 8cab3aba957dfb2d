using System.Net;
using System.Net.Sockets;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Systemd;

/// <summary>The sockets are systemd's, passed by its own systemd-socket-activate at the first connection.</summary>
public sealed class SocketActivationTests : IDisposable
{
    // Below those of net.ipv4.ip_local_port_range.
    private static int lastPort = 20_000;

    private readonly TempDirectory temp = new();
    private readonly string tree;

    public SocketActivationTests() => tree = temp.AddSample("tree", "web.example.com");

    public void Dispose() => temp.Dispose();

    [Fact]
    public void A_socket_takes_the_place_of_the_address_that_it_is_bound_to()
    {
        var (http, https) = (FreePort(), FreePort());
        temp.Write("lego-lite.yaml", $$"""
            data: ./tree
            listen: ["http://127.0.0.1:{{http}}", "https://0.0.0.0:{{https}}", "http://127.0.0.1:0"]
            tls: { certificate: web.example.com }
            """);
        using var server = Serve(Activated(["serve"], $"127.0.0.1:{http}", $"0.0.0.0:{https}"), https);

        // The third it listens on by itself.
        var addresses = server.Addresses.ToList();
        Assert.Equal([$"http://127.0.0.1:{http}", $"https://0.0.0.0:{https}"], addresses[..2]);
        foreach (var address in new[] { addresses[0], $"https://127.0.0.1:{https}", addresses[2] })
        {
            var response = Curl.Get($"{address}{LegoLite.Path(Web.Certificate)}", "-k", "-H", $"apiKey: {Web.CertificateApiKey}");
            Assert.Equal(Web.NewerChain, response.Text);
        }

        Assert.NotEqual(0, Curl.Command($"http://127.0.0.1:{https}/certwarden/api/health").Run().Status);
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void Localhost_is_the_loopback_address_of_either_family()
    {
        var port = FreePort();
        using var server = Serve(Activated(["--data", tree, "--listen", $"http://localhost:{port}"], $"127.0.0.1:{port}", $"[::1]:{port}"), port);

        foreach (var host in new[] { "127.0.0.1", "[::1]" })
        {
            Assert.Equal(204, Curl.Get($"http://{host}:{port}/certwarden/api/health").Status);
        }

        Assert.Equal(0, server.Stop());
    }

    /// <summary>What would be closed for systemd too could not be passed on again.</summary>
    [Fact]
    public void While_the_server_is_started_anew_clients_wait_and_nobody_is_refused()
    {
        var port = FreePort();
        const string Again = "for again in 1 2 3; do sh -c 'export LISTEN_PID=$$; exec setpriv --pdeathsig KILL \"$@\"' sh \"$@\"; done";
        var address = $"http://127.0.0.1:{port}";
        using var server = Serve(
            new("systemd-socket-activate", "-l", $"127.0.0.1:{port}", "sh", "-c", Again, "sh", Repository.Binary, "serve", "--data", tree, "--listen", address),
            port);

        for (var i = 0; i < 3; i++)
        {
            var child = server.Child;
            Assert.Equal(200, Curl.Get($"{address}{LegoLite.Path(Web.Certificate)}", "-H", $"apiKey: {Web.CertificateApiKey}").Status);
            server.Signal("TERM", child);
            Wait.Until(() => !Directory.Exists($"/proc/{child}"), () => $"it stops\n{server.Log}");
        }

        Assert.Equal(0, server.WaitForExit());
    }

    [Theory]
    [InlineData("0.0.0.0:PORT", "127.0.0.1", "for 0.0.0.0:PORT, and no address in listen is that; write https://0.0.0.0:PORT there, or http://,")]
    [InlineData("[::1]:PORT", "::1", "for [::1]:PORT, and no address in listen is that; write https://[::1]:PORT there, or http://,")]
    [InlineData("SOCKET", null, "that does not listen for TCP; in the socket unit write ListenStream=")]
    public async Task Any_other_socket_is_refused(string listen, string? client, string fault)
    {
        var port = FreePort();
        listen = listen.Replace("PORT", $"{port}", StringComparison.Ordinal).Replace("SOCKET", temp["socket"], StringComparison.Ordinal);
        var command = Activated(["--data", tree, "--listen", $"http://127.0.0.1:{port}"], listen);

        var connecting = ConnectAsync(client is null ? new UnixDomainSocketEndPoint(listen) : new IPEndPoint(IPAddress.Parse(client), port));
        var result = command.Run();
        await connecting;

        Assert.Equal(1, result.Status);
        Assert.Equal("", result.Text);
        Assert.Contains($"lego-lite: systemd passed a socket {fault.Replace("PORT", $"{port}", StringComparison.Ordinal)}", result.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("</dev/null")]
    [InlineData("<&-")]
    public void What_is_no_socket_is_refused(string third)
    {
        var result = Passing("1", "$$", third).Run();

        Assert.Equal(1, result.Status);
        Assert.StartsWith("lego-lite: systemd passed a socket that does not listen for TCP", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1", "")]
    [InlineData("", "$$")]
    [InlineData("0", "$$")]
    [InlineData("-1", "$$")]
    [InlineData("x", "$$")]
    public void What_is_passed_to_another_process_is_left_alone(string count, string process)
    {
        using var server = LegoLite.Serve(Passing(count, process, "</dev/null"));

        Assert.Equal(204, Curl.Get($"{server.Address}/certwarden/api/health").Status);
    }

    private static Command Activated(string[] arguments, params IEnumerable<string> listen)
    {
        Repository.RequireBinary();
        return new("systemd-socket-activate", [.. listen.SelectMany(address => new[] { "-l", address }), Repository.Binary, .. arguments]);
    }

    private Command Passing(string count, string process, string third)
    {
        Repository.RequireBinary();
        return new(
            "sh", "-c", $"export LISTEN_FDS={count} LISTEN_PID={process}; exec \"$@\" 3{third}", "sh", Repository.Binary, "serve", "--data", tree, "--listen", "http://127.0.0.1:0");
    }

    /// <summary>The first connection starts it.</summary>
    private LegoLite Serve(Command command, int port)
    {
        using var connecting = ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        var server = LegoLite.Serve(command with { Directory = temp.Path });
        Assert.True(connecting.Wait(Wait.SafetyNet));
        return server;
    }

    private static Task ConnectAsync(EndPoint endpoint) => Task.Run(() => Wait.Until(
        () =>
        {
            try
            {
                using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
                socket.Connect(endpoint);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        },
        () => $"somebody listens on {endpoint}"));

    /// <summary>One that the system gives to nobody who asks for any, and that no other test has had.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref lastPort);
            try
            {
                // Of IPv4, and of IPv6 where there is that.
                using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
                probe.Bind(new IPEndPoint(probe.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it; the next one.
            }
        }
    }
}
