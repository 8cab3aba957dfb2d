using System.Buffers;
using LeGo.Lite.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LeGo.Lite.Tests.Http;

public sealed class ConnectionWriterTests : IAsyncDisposable
{
    private readonly MemoryStream client = new();
    private readonly FakeTimeProvider time = new();
    private readonly Connection connection = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await connection.DisposeAsync();
    }

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
            var writer = new ConnectionWriter(connection, client, time);
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
        var writer = new ConnectionWriter(connection, client, time);
        writer.Write("x"u8);
        await writer.CompleteAsync();
        await writer.FlushAsync(Token);

        Assert.Empty(client.ToArray());
    }

    /// <summary>What is being sent is not touched by what is written, dropped or rented meanwhile.</summary>
    [Fact]
    public async Task What_is_being_sent_stays_as_it_was()
    {
        using var slow = new Slow();
        var writer = new ConnectionWriter(connection, slow, time);
        writer.Write("first"u8);
        var flushing = writer.FlushAsync(Token).AsTask();
        writer.Write("other"u8);
        var another = new ConnectionWriter(connection, client, time);
        another.Write("wrong"u8);
        await writer.CompleteAsync();

        Assert.False(flushing.IsCompleted);
        Assert.Equal("first"u8, slow.Sending.Span);
        slow.End.SetResult();
        Assert.False((await flushing).IsCompleted);
        Assert.False(connection.IsAborted);
    }

    [Fact]
    public async Task Where_nobody_reads_any_more_it_says_so_and_sends_nothing_again()
    {
        using var slow = new Slow();
        var writer = new ConnectionWriter(connection, slow, time);
        writer.Write("lost"u8);
        var flushing = writer.FlushAsync(Token).AsTask();
        slow.End.SetException(new IOException("reset"));

        Assert.True((await flushing).IsCompleted);
        Assert.True(connection.IsAborted);
        Assert.Equal(0, writer.UnflushedBytes);
        Assert.True((await writer.WriteAsync("x"u8.ToArray(), Token)).IsCompleted);
    }

    [Fact]
    public async Task Who_makes_no_room_for_ten_seconds_is_put_out()
    {
        using var slow = new Slow();
        var writer = new ConnectionWriter(connection, slow, time);
        var writing = writer.WriteAsync("x"u8.ToArray(), Token).AsTask();
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(connection.IsAborted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await writing).IsCompleted);
        Assert.True(connection.IsAborted);
    }

    [Fact]
    public void No_more_is_taken_than_there_was_room_for()
    {
        var writer = new ConnectionWriter(connection, client, time);
        var room = writer.GetSpan(10).Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
    }

    private sealed class Slow : MemoryStream
    {
        public TaskCompletionSource End { get; } = new();

        public ReadOnlyMemory<byte> Sending { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Sending = buffer;
            return new(End.Task);
        }
    }

    private sealed class Connection : DefaultConnectionContext
    {
        public bool IsAborted { get; private set; }

        public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;
    }
}
