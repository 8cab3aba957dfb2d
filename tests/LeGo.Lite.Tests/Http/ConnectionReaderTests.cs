using System.Buffers;
using System.IO.Pipelines;
using LeGo.Lite.Http;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace LeGo.Lite.Tests.Http;

public sealed class ConnectionReaderTests : IAsyncDisposable
{
    private readonly DefaultConnectionContext connection = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <summary>However bytes come, and however they are looked at and consumed: none is lost, repeated or shown at another place.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_is_read_is_what_was_sent(bool waitsWithoutBuffer)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(60_000)];
            random.NextBytes(bytes);
            var stream = new Trickle(bytes, random);
            var reader = Reader(stream, waitsWithoutBuffer);
            var (consumed, examined) = (0, 0);
            while (true)
            {
                var (isThere, received) = (reader.TryRead(out var read), stream.Position);
                if (!isThere)
                {
                    Assert.Equal(examined, received);
                    read = await reader.ReadAsync(Token);
                }

                var unread = read.Buffer.ToArray();
                Assert.Equal(bytes[consumed..(int)stream.Position], unread);
                Assert.True(read.IsCompleted || stream.Position > examined, $"seed {seed}: nothing new after {examined} bytes");
                Assert.False(read.IsCanceled);
                if (read.IsCompleted && unread.Length == 0)
                {
                    break;
                }

                // Often nothing or all, as if a request were not whole, or several were there.
                var count = random.Next(4) switch { 0 => 0, 1 => unread.Length, _ => random.Next(unread.Length + 1) };
                var seen = random.Next(2) == 0 ? unread.Length : random.Next(count, unread.Length + 1);
                reader.AdvanceTo(read.Buffer.GetPosition(count), read.Buffer.GetPosition(seen));
                (consumed, examined) = (consumed + count, consumed + seen);
            }

            Assert.Equal(bytes.Length, consumed);
            Assert.Equal(waitsWithoutBuffer ? stream.Reads : 0, stream.Waits);
        }
    }

    [Fact]
    public async Task A_cancelled_read_loses_nothing()
    {
        var client = new Pipe();
        var reader = Reader(client.Reader.AsStream(), waitsWithoutBuffer: false);

        // The read that waits.
        var waiting = reader.ReadAsync(Token).AsTask();
        Assert.False(waiting.IsCompleted);
        reader.CancelPendingRead();
        Assert.Equal((true, false, 0), await TakeAsync(waiting, 0));

        // The next one, if none waits; and no other.
        reader.CancelPendingRead();
        Assert.Equal((true, false, 0), await TakeAsync(reader.ReadAsync(Token).AsTask(), 0));

        // By who waits, for good.
        using var given = new CancellationTokenSource();
        waiting = reader.ReadAsync(given.Token).AsTask();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        // With what was there before.
        await client.Writer.WriteAsync("ab"u8.ToArray(), Token);
        Assert.Equal((false, false, 2), await TakeAsync(reader.ReadAsync(Token).AsTask(), 1));
        waiting = reader.ReadAsync(Token).AsTask();
        reader.CancelPendingRead();
        Assert.Equal((true, false, 1), await TakeAsync(waiting, 0));

        await client.Writer.CompleteAsync();
        Assert.Equal((false, true, 1), await TakeAsync(reader.ReadAsync(Token).AsTask(), 1));
        Assert.Equal((false, true, 0), await TakeAsync(reader.ReadAsync(Token).AsTask(), 0));

        async Task<(bool IsCanceled, bool IsCompleted, long Length)> TakeAsync(Task<ReadResult> reading, int count)
        {
            var read = await reading;
            reader.AdvanceTo(read.Buffer.GetPosition(count), read.Buffer.End);
            return (read.IsCanceled, read.IsCompleted, read.Buffer.Length);
        }
    }

    /// <summary>There can be ten thousand connections that had something large once.</summary>
    [Fact]
    public async Task What_was_large_does_not_stay_large()
    {
        var client = new Pipe(new(pauseWriterThreshold: 0));
        var reader = Reader(client.Reader.AsStream(), waitsWithoutBuffer: false);
        await client.Writer.WriteAsync(new byte[100_000], Token);
        ReadResult read;
        while ((read = await reader.ReadAsync(Token)).Buffer.Length < 100_000)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        reader.AdvanceTo(read.Buffer.End);
        await client.Writer.WriteAsync(new byte[100_000], Token);

        Assert.Equal(4 * 1024, (await reader.ReadAsync(Token)).Buffer.Length);
    }

    [Fact]
    public async Task Where_the_client_has_gone_is_the_end()
    {
        var client = new Pipe();
        var reader = Reader(client.Reader.AsStream(), waitsWithoutBuffer: false);
        await client.Writer.CompleteAsync(new IOException("reset"));

        Assert.True((await reader.ReadAsync(Token)).IsCompleted);
        Assert.True(reader.TryRead(out _));
    }

    /// <summary>A client that asks on and on would keep it. A request can be small, and have many responses.</summary>
    [Theory]
    [InlineData(0, 2048)]
    [InlineData(1, 1024)]
    [InlineData(15, 128)]
    public void The_thread_is_given_back_now_and_then(int flushes, int turn)
    {
        var waiting = new Waiting();
        SynchronizationContext.SetSynchronizationContext(waiting);
        var pipes = new ConnectionPipes(connection, new Endless(), TimeProvider.System);
        var reads = 0;
        var end = ReadAsync();

        // Each goes on until it is somebody else's turn: first the read itself, then who waits for it.
        for (var turns = 1; turns <= 3; turns++)
        {
            Assert.InRange(reads, (turn * turns) - turns, turn * turns);
            waiting.Next();
            waiting.Next();
        }

        Assert.False(end.IsCompleted);

        async Task ReadAsync()
        {
            while (true)
            {
                var read = await pipes.Input.ReadAsync();
                pipes.Input.AdvanceTo(read.Buffer.GetPosition(1));
                for (var i = 0; i < flushes; i++)
                {
                    await pipes.Output.WriteAsync(new byte[1]);
                }

                reads++;
            }
        }
    }

    /// <summary>Most clients ask when they have read the answer, so that each read waits.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_waits_has_given_it_back(bool waitsWithoutBuffer)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var stream = new Seldom();
        var reader = Reader(stream, waitsWithoutBuffer);
        var reads = 0;
        var end = ReadAsync();

        for (var waits = 1; waits <= 10; waits++)
        {
            // On this very thread it goes on until it has to wait again.
            var expected = waits * Seldom.Often / (waitsWithoutBuffer ? 2 : 1);
            Assert.InRange(reads, expected - 1, expected);
            stream.Next.SetResult(1);
        }

        Assert.False(end.IsCompleted);

        async Task ReadAsync()
        {
            while (true)
            {
                var read = await reader.ReadAsync();
                reader.AdvanceTo(read.Buffer.GetPosition(1));
                reads++;
            }
        }
    }

    private ConnectionReader Reader(Stream stream, bool waitsWithoutBuffer) =>
        new(stream, new(connection, stream, TimeProvider.System), waitsWithoutBuffer);

    /// <summary>Bytes come a few at a time, at once or later.</summary>
    private sealed class Trickle(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public int Reads { get; private set; }

        /// <summary>Reads of nothing.</summary>
        public int Waits { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (random.Next(2) == 0)
            {
                await Task.Yield();
            }

            if (buffer.IsEmpty)
            {
                Waits++;
                return 0;
            }

            Reads++;
            return Read(buffer.Span[..Math.Min(buffer.Length, random.Next(1, 9_000))]);
        }
    }

    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(1);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;
    }

    /// <summary>There is something to read, but for one time in many.</summary>
    private sealed class Seldom : MemoryStream
    {
        public const int Often = 1000;
        private int reads;

        public TaskCompletionSource<int> Next { get; private set; } = new();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ++reads % Often == 0 ? new((Next = new()).Task) : new(1);
    }

    private sealed class Waiting : SynchronizationContext
    {
        private readonly Queue<Action> posted = [];

        public override void Post(SendOrPostCallback d, object? state) => posted.Enqueue(() => d(state));

        public void Next() => posted.Dequeue()();
    }
}
