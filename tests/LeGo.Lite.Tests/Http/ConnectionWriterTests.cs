using System.Buffers;
using LeGo.Lite.Http;
using Xunit;

namespace LeGo.Lite.Tests.Http;

public sealed class ConnectionWriterTests : IDisposable
{
    private readonly MemoryStream client = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => client.Dispose();

    /// <summary>However it is written and flushed: all of it comes, once and in order, and nothing before it is flushed.</summary>
    [Fact]
    public async Task What_is_sent_is_what_was_written()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(60_000)];
            random.NextBytes(bytes);
            client.SetLength(0);
            var writer = new ConnectionWriter(client);
            var (written, flushed) = (0, 0);
            while (written < bytes.Length)
            {
                var next = bytes.AsMemory(written, Math.Min(bytes.Length - written, random.Next(9_000)));
                written += next.Length;
                switch (random.Next(4))
                {
                    case 0:
                        Assert.False((await writer.WriteAsync(next, Token)).IsCompleted);
                        flushed = written;
                        break;

                    case 1:
                        next.CopyTo(writer.GetMemory(next.Length));
                        writer.Advance(next.Length);
                        break;

                    case 2:
                        writer.Write(next.Span);
                        Assert.False((await writer.FlushAsync(Token)).IsCompleted);
                        flushed = written;
                        break;

                    default:
                        writer.Write(next.Span);
                        break;
                }

                Assert.Equal(written - flushed, writer.UnflushedBytes);
                Assert.Equal(bytes[..flushed], client.ToArray());
            }

            await writer.FlushAsync(Token);
            Assert.Equal(bytes, client.ToArray());
        }
    }

    [Fact]
    public async Task What_is_not_flushed_at_the_end_is_dropped()
    {
        var writer = new ConnectionWriter(client);
        writer.Write("x"u8);
        await writer.CompleteAsync();
        await writer.FlushAsync(Token);

        Assert.Empty(client.ToArray());
    }

    [Fact]
    public void No_more_is_taken_than_there_was_room_for()
    {
        var writer = new ConnectionWriter(client);
        var room = writer.GetSpan(10).Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
    }
}
