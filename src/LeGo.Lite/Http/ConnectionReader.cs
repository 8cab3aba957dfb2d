using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace LeGo.Lite.Http;

/// <summary>
/// Reads from a connection into one buffer, when it is asked for more: one reads, and any may cancel. A client that has gone, or
/// was put out, is at the end of what it sent. .NET's own reader of streams does the same for all uses, and costs more (ADR 15).
/// </summary>
/// <param name="stream">What is read.</param>
/// <param name="writer">What is written between the reads.</param>
/// <param name="waitsWithoutBuffer">Whether the stream keeps a large buffer while it is read, but none for a read of nothing.</param>
#pragma warning disable CA1001 // What cancels has no timer, so that there is nothing to dispose of.
internal sealed class ConnectionReader(Stream stream, ConnectionWriter writer, bool waitsWithoutBuffer) : PipeReader
#pragma warning restore CA1001
{
    private const int UsualLength = 4 * 1024;

    // Reads and flushes in which nothing had to be waited for. A client that asks on and on would keep the thread for itself: a request
    // takes two, so that this is some ten milliseconds. To yield more often delays all: another thread has to wake up for it.
    private const int Turn = 2048;

    private byte[] buffer = new byte[UsualLength];

    // In the buffer: what was not consumed, and up to where it has been looked at.
    private int start;
    private int end;
    private int examined;
    private bool isAtEnd;
    private int reads;
    private int nextTurn = Turn;

    // Another after each cancel.
    private volatile CancellationTokenSource cancel = new();

    private ReadOnlySequence<byte> Unread => new(buffer, start, end - start);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        ++reads + writer.Flushes - nextTurn >= 0 ? YieldAndReadAsync(cancellationToken)
        : TryRead(out var result) ? new(result)
        : ReceiveAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        var isCanceled = cancel.IsCancellationRequested;
        if (isCanceled)
        {
            cancel = new();
        }

        result = new(Unread, isCanceled, isAtEnd);
        return isCanceled || examined < end || isAtEnd;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var unread = Unread;
        this.examined = start + (int)unread.Slice(unread.Start, examined).Length;
        start += (int)unread.Slice(unread.Start, consumed).Length;
    }

    /// <summary>From any thread: the read that waits, or else the next one, returns at once with what is there.</summary>
    public override void CancelPendingRead() => cancel.Cancel();

    // The buffer goes with the connection: no other connection may have one into which the system may still write.
    public override void Complete(Exception? exception = null)
    {
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> YieldAndReadAsync(CancellationToken cancellationToken)
    {
        BeginTurn();
        await Task.Yield();
        return TryRead(out var result) ? result : await ReceiveAsync(cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReceiveAsync(CancellationToken cancellationToken)
    {
        var current = cancel;
        try
        {
            using var registration = cancellationToken.UnsafeRegister(static current => ((CancellationTokenSource)current!).Cancel(), current);
            MakeRoom();
            if (waitsWithoutBuffer)
            {
                _ = await NoteWait(stream.ReadAsync(Memory<byte>.Empty, current.Token));
            }

            var count = await NoteWait(stream.ReadAsync(buffer.AsMemory(end), current.Token));
            end += count;
            isAtEnd = count == 0;
            return new(Unread, isCanceled: false, isAtEnd);
        }
        catch (OperationCanceledException) when (current.IsCancellationRequested)
        {
            cancel = new();
            cancellationToken.ThrowIfCancellationRequested();
            return new(Unread, isCanceled: true, isAtEnd);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            isAtEnd = true;
            return new(Unread, isCanceled: false, isAtEnd);
        }
    }

    /// <summary>Whoever has to wait for the client has left the thread to others.</summary>
    private ValueTask<int> NoteWait(ValueTask<int> reading)
    {
        if (!reading.IsCompleted)
        {
            BeginTurn();
        }

        return reading;
    }

    private void BeginTurn() => nextTurn = reads + writer.Flushes + Turn;

    private void MakeRoom()
    {
        var unread = buffer.AsSpan(start, end - start);
        if (unread.IsEmpty && buffer.Length == UsualLength)
        {
            (start, end, examined) = (0, 0, 0);
        }
        else if (unread.IsEmpty || end == buffer.Length)
        {
            // Of the usual length if nothing has to be kept, else twice as long as that, so that it is not moved for a few bytes.
            var next = new byte[Math.Max(UsualLength, 2 * unread.Length)];
            unread.CopyTo(next);
            (buffer, start, end, examined) = (next, 0, unread.Length, examined - start);
        }
    }
}
