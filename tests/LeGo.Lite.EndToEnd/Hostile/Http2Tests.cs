using System.Buffers.Binary;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Hostile;

/// <summary>What HTTP/2 adds to what a client can do to a server.</summary>
public sealed class Http2Tests(SecureServer secure) : IClassFixture<SecureServer>
{
    private static readonly string Download = LegoLite.Path(Web.Certificate);
    private static readonly (string, string) ApiKey = ("apikey", Web.CertificateApiKey);

    private readonly LegoLite server = secure.Server;

    /// <summary>What is added to the headers of a good request.</summary>
    public static TheoryData<string, string> Malformed => new()
    {
        { "transfer-encoding", "chunked" },
        { "connection", "close" },
        { "te", "chunked" },
        { "X", "x" },
        { "", "x" },
        { "x", "x\r\ny: y" },
        { "x", "x\ny: y" },
        { "x", "x\0" },
        { "content-length", "4" },
        { "content-length", "x" },
        { ":path", "/" },
        { ":method", "POST" },
        { ":status", "200" },
        { ":authority", "other" },
    };

    [Fact]
    public void What_a_client_may_do_is_said_at_the_start()
    {
        using var connection = new RawHttp2(server.SecureAddress);
        Assert.True(connection.Flush());

        var (type, _, payload) = connection.Read()!.Value;

        Assert.Equal(RawHttp2.Settings, type);
        var settings = payload.Chunk(6).ToDictionary(
            setting => BinaryPrimitives.ReadInt16BigEndian(setting), setting => BinaryPrimitives.ReadInt32BigEndian(setting.AsSpan(2)));
        Assert.Equal(10, settings[3]); // SETTINGS_MAX_CONCURRENT_STREAMS
        Assert.Equal(65_535, settings.GetValueOrDefault<short, int>(4, 65_535)); // SETTINGS_INITIAL_WINDOW_SIZE
        Assert.Equal(8 * 1024, settings[6]); // SETTINGS_MAX_HEADER_LIST_SIZE
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_a_proxy_could_read_as_another_request_is_refused(string name, string value)
    {
        using var connection = new RawHttp2(server.SecureAddress);
        connection.AddRequest(1, RawHttp2.Get(Download, ApiKey, (name, value)));
        Assert.True(connection.Flush());

        Assert.Matches("^(400|reset 1|away 1|away 9)$", connection.Outcome(1));
    }

    [Fact]
    public void Requests_that_are_taken_back_at_once_do_not_pile_up() => Flood(

        // Too many were taken back, or too much waits for a window that the client never opens: what is met first.
        ["away 11", "away 2"],
        (connection, i) =>
        {
            connection.AddRequest(2 * i + 1, RawHttp2.Get(Download, ApiKey));
            connection.Add(RawHttp2.Reset, 0, 2 * i + 1, [0, 0, 0, 8]);
        });

    [Fact]
    public void Headers_that_do_not_end_are_not_collected() => Flood(
        ["away 1"],
        (connection, i) => connection.Add(
            i == 0 ? RawHttp2.HeadersFrame : RawHttp2.Continuation, 0, 1, i == 0 ? RawHttp2.Encode(RawHttp2.Get(Download)) : RawHttp2.Encode(($"x-{i}", new('x', 100)))));

    /// <summary>A value that was sent once and is named again with one byte.</summary>
    [Fact]
    public void Headers_are_counted_as_large_as_they_come_to_be()
    {
        using var connection = new RawHttp2(server.SecureAddress);
        var value = RawHttp2.Encode(("x", new('x', 3_000)));
        value[0] = 0x40;
        connection.Add(
            RawHttp2.HeadersFrame, RawHttp2.EndStream | RawHttp2.EndHeaders, 1, [.. RawHttp2.Encode(RawHttp2.Get(Download, ApiKey)), .. value, .. Enumerable.Repeat((byte)0xbe, 10_000)]);
        _ = connection.Flush();

        Assert.Equal("away 1", connection.Outcome(1));
        AssertWell();
    }

    [Fact]
    public void What_has_to_be_answered_while_nobody_reads_the_answers_does_not_pile_up()
    {
        foreach (var (type, payload) in new[] { (RawHttp2.Ping, new byte[8]), (RawHttp2.Settings, [0, 1, 0, 0, 0, 0]) })
        {
            using var connection = new RawHttp2(server.SecureAddress);
            var (sent, isOver) = (0, false);
            var flood = new Thread(() =>
            {
                do
                {
                    for (var i = 0; i < 1_000; i++)
                    {
                        connection.Add(type, 0, 0, payload);
                    }
                }
                while (connection.Flush() && Interlocked.Increment(ref sent) < 1_000);

                Volatile.Write(ref isOver, true);
            });
            flood.Start();

            // It ends because all is sent or the server hung up, or it is stuck because the server takes no more.
            Wait.Until(
                () =>
                {
                    var before = Volatile.Read(ref sent);
                    AssertWell();
                    return Volatile.Read(ref isOver) || Volatile.Read(ref sent) == before;
                },
                () => "it ends");
            connection.Dispose();
            Assert.True(flood.Join(Wait.SafetyNet), "It is stuck.");
        }
    }

    [Fact]
    public void Content_is_not_read()
    {
        using var connection = new RawHttp2(server.SecureAddress);
        connection.Add(RawHttp2.HeadersFrame, RawHttp2.EndHeaders, 1, RawHttp2.Encode(RawHttp2.Get(Download, ApiKey)));
        for (var i = 0; i < 100; i++)
        {
            connection.Add(RawHttp2.Data, 0, 1, new byte[16_000]);
        }

        _ = connection.Flush();

        Assert.Matches("^(200|away 3|closed)$", connection.Outcome(1));
        AssertWell();
    }

    /// <summary>Sends on until the server hangs up.</summary>
    private void Flood(string[] ends, Action<RawHttp2, int> add)
    {
        using var connection = new RawHttp2(server.SecureAddress);
        var i = 0;
        do
        {
            for (var j = 0; j < 100; j++)
            {
                add(connection, i++);
            }
        }
        while (connection.Flush() && i < 1_000_000);

        Assert.InRange(i, 100, 999_999);
        Assert.Contains(connection.Outcome(0), ends.Append("closed"));
        AssertWell();
    }

    private void AssertWell()
    {
        Assert.Equal(200, Curl.Get(server.SecureAddress + Download, "-k", "--http2", "-H", $"apiKey: {Web.CertificateApiKey}").Status);
        Assert.InRange(server.Status("VmHWM"), 1, 400_000);
        Assert.InRange(server.Status("Threads"), 1, 100);
        Assert.DoesNotContain(server.LogLines, line => line.Contains("Kestrel", StringComparison.Ordinal));
    }
}
