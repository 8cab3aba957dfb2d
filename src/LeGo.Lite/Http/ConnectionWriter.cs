using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace LeGo.Lite.Http;

/// <summary>
/// Collects what is written in one buffer, and sends it with each flush; one writes, and waits for the flush before it goes on.
/// A connection whose client has gone, or makes no room for too long, is aborted.
/// </summary>
/// <param name="connection">What is aborted.</param>
/// <param name="stream">Where to.</param>
/// <param name="time">For how long it waits.</param>
internal sealed class ConnectionWriter(ConnectionContext connection, Stream stream, TimeProvider time) : PipeWriter
{
    private const int UsualLength = 4 * 1024;

    // Rented while there is something in it: most connections are idle.
    private byte[] buffer = [];
    private int length;
    private bool isOver;

    /// <summary>How many there were.</summary>
    public int Flushes { get; private set; }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => length;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return buffer.AsMemory(length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return buffer.AsSpan(length);
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(buffer.Length - length), nameof(bytes));
        length += bytes;
    }

    /// <summary>Sends what was written. When it says that all is over, nobody reads any more.</summary>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (length == 0)
        {
            return default;
        }

        var (rented, sent) = (buffer, buffer.AsMemory(0, length));
        (buffer, length) = ([], 0);
        return SendAsync(sent, rented, cancellationToken);
    }

    /// <summary>Sends it without a copy, if it is all there is.</summary>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (length == 0)
        {
            return SendAsync(source, [], cancellationToken);
        }

        this.Write(source.Span);
        return FlushAsync(cancellationToken);
    }

    /// <exception cref="NotSupportedException">Always: who waits too long for a client aborts the connection.</exception>
    public override void CancelPendingFlush() => throw new NotSupportedException();

    // What was not flushed is dropped.
    public override void Complete(Exception? exception = null) => length = 0;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes, byte[] rented, CancellationToken cancellationToken)
    {
        Flushes++;
        if (!isOver)
        {
            try
            {
                var sending = stream.WriteAsync(bytes, cancellationToken);
                await (sending.IsCompleted ? sending : new(sending.AsTask().WaitAsync(Limits.Reading, time, CancellationToken.None)));
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException or TimeoutException)
            {
                // Nothing out of the ordinary. But what the client sent before is not answered any more, or who leaves much behind
                // would keep the server busy. The rented buffer is lost: it may still be sent.
                isOver = true;
                connection.Abort(new("the client does not read"));
                return new(isCanceled: false, isCompleted: true);
            }
        }

        Return(rented);
        return new(isCanceled: false, isOver);
    }

    private void MakeRoom(int size)
    {
        if (buffer.Length - length >= Math.Max(size, 1))
        {
            return;
        }

        var next = ArrayPool<byte>.Shared.Rent(Math.Max(UsualLength, Math.Max(length + size, 2 * length)));
        buffer.AsSpan(0, length).CopyTo(next);
        Return(buffer);
        buffer = next;
    }

    private static void Return(byte[] rented)
    {
        if (rented.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
