using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Hostile;

/// <summary>A thousand connections that only cost the server something leave it to those that want a download.</summary>
public sealed class CrowdTests
{
    private const int Many = 1_000;

    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        $"GET {LegoLite.Path($"privatecertchains/{Sample.Named("web").Certificate}")} HTTP/1.1\r\nHost: x\r\napiKey: {Web.BothApiKeys}\r\n\r\n");

    private static readonly byte[] Half = [.. Request[..^4], .. "\r\nX: "u8];

    [Fact]
    public void Who_does_not_come_to_the_point_is_put_out_while_others_are_served()
    {
        using var server = Serve();
        using var dripping = new Crowd(Many, server.Address);
        using var silent = new Crowd(Many, server.SecureAddress);
        using var stuck = new Crowd(Many, server.SecureAddress);
        dripping.Send(Half);
        stuck.Send(Crowd.ClientHello);

        Wait.Until(
            () =>
            {
                // A byte now and then does not help.
                dripping.Send("x"u8);
                AssertServed(server);
                return dripping.Closed.Count == Many && silent.Closed.Count == Many && stuck.Closed.Count == Many;
            },
            () => $"they are closed: {dripping.Closed.Count} {silent.Closed.Count} {stuck.Closed.Count}");

        Assert.All(dripping.Closed.Said, said => Assert.StartsWith("HTTP/1.1 408 ", said, StringComparison.Ordinal));
        Assert.All(silent.Closed.Said, Assert.Empty);
        AssertSmall(server);
        Assert.Equal(0, server.Stop());
    }

    /// <summary>Silence is a client that may come back; it is closed after a minute, for which no test waits.</summary>
    [Theory]
    [InlineData("silence")]
    [InlineData("requests whose responses nobody reads")]
    [InlineData("half a handshake")]
    public void While_there_is_nothing_but_others_are_served(string what)
    {
        using var server = Serve();
        var (address, bytes) = what switch
        {
            "silence" => (server.Address, []),
            "half a handshake" => (server.SecureAddress, Crowd.ClientHello[..^10]),
            _ => (server.Address, [.. Enumerable.Repeat(Request, 2_000).SelectMany(request => request)]),
        };
        using var crowd = new Crowd(Many, address);
        for (var i = 0; i < 5; i++)
        {
            crowd.Send(bytes);
            bytes = what.StartsWith("half", StringComparison.Ordinal) ? [] : bytes;
            AssertServed(server);
        }

        AssertSmall(server);
    }

    /// <summary>Connections are read on a thread for each core, and one alone could keep it as long as there is something to read.</summary>
    [Theory]
    [InlineData(false, "")]
    [InlineData(false, "X: y\r\n")]
    [InlineData(true, "")]
    [InlineData(true, "X: y\r\n")]
    public void Who_asks_on_and_on_leaves_the_thread_to_others(bool isSecure, string field)
    {
        using var server = Serve();
        var address = isSecure ? server.SecureAddress : server.Address;
        using var other = RawHttp.Open(address);
        AssertServed(other);
        byte[] requests = [.. Enumerable.Repeat(Encoding.ASCII.GetBytes($"GET /certwarden/api/health HTTP/1.1\r\nHost: x\r\n{field}\r\n"), 500).SelectMany(request => request)];
        var (isOver, rounds) = (false, 0);

        // As many as there are cores would do.
        var hogs = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => RawHttp.Open(address)).ToList();
        var threads = hogs.SelectMany(hog => new[] { new Thread(() => Write(hog)), new Thread(() => Read(hog)) }).ToList();
        threads.ForEach(thread => thread.Start());
        Wait.Until(() => Volatile.Read(ref rounds) > 10, () => "they ask");
        for (var i = 0; i < 20; i++)
        {
            AssertServed(other);
        }

        // Nobody was served because the others had ended.
        var before = Volatile.Read(ref rounds);
        Wait.Until(() => Volatile.Read(ref rounds) > before, () => "they still ask");
        Volatile.Write(ref isOver, true);
        hogs.ForEach(hog => hog.Dispose());
        threads.ForEach(thread => Assert.True(thread.Join(Wait.SafetyNet)));
        AssertSmall(server);

        void Write(Stream hog) => UntilItEnds(() =>
        {
            hog.Write(requests);
            _ = Interlocked.Increment(ref rounds);
        });

        void Read(Stream hog)
        {
            var buffer = new byte[64 * 1024];
            UntilItEnds(() => _ = hog.Read(buffer));
        }

        void UntilItEnds(Action action)
        {
            try
            {
                while (!Volatile.Read(ref isOver))
                {
                    action();
                }
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException)
            {
                // The connection was closed, by this test.
            }
        }
    }

    /// <summary>With as few descriptors as a shell gives, which are fewer than there will be connections.</summary>
    private static LegoLite Serve() => LegoLite.Serve(new Command(
        "sh",
        "-c",
        "ulimit -Sn 1024 && exec \"$0\" \"$@\"",
        Repository.Binary, "serve", "--data", Repository.Sample, "--listen", "http://127.0.0.1:0", "--listen", "https://127.0.0.1:0")
    {
        Environment = [LegoLite.OwnCertificate, ("LEGO_LITE_LOG__LEVEL", "warning")],
    });

    private static void AssertServed(LegoLite server)
    {
        foreach (var address in server.Addresses)
        {
            using var stream = RawHttp.Open(address);
            AssertServed(stream);
        }
    }

    private static void AssertServed(Stream stream)
    {
        stream.Write(Request);
        var response = RawHttp.ReadResponse(stream);
        Assert.Equal((200, $"{Web.Key}\n{Web.NewerChain}"), (response.Status, response.Text));
    }

    /// <summary>Generous, and yet far from what it is where memory or threads grow with what is sent.</summary>
    private static void AssertSmall(LegoLite server)
    {
        Assert.InRange(server.Status("VmHWM"), 1, 600_000);
        Assert.InRange(server.Status("Threads"), 1, 100);
        Assert.DoesNotContain(server.LogLines, line => line.Contains("Kestrel", StringComparison.Ordinal));
    }
}
