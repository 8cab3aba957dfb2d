using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace LeGo.Lite.Http;

/// <summary>Collects what is written in one buffer, and sends it with each flush; one writes, and waits for the flush before it goes on.</summary>
/// <param name="stream">Where to.</param>
internal sealed class ConnectionWriter(Stream stream) : PipeWriter
{
    private const int UsualLength = 4 * 1024;

    // Rented while there is something in it: most connections are idle.
    private byte[] buffer = [];
    private int length;

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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (length > 0)
        {
            await stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            Clear();
        }

        return default;
    }

    /// <summary>Sends it without a copy, if it is all there is.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (length == 0)
        {
            await stream.WriteAsync(source, cancellationToken);
            return default;
        }

        this.Write(source.Span);
        return await FlushAsync(cancellationToken);
    }

    /// <exception cref="NotSupportedException">Always: who waits too long for a client aborts the connection.</exception>
    public override void CancelPendingFlush() => throw new NotSupportedException();

    // What was not flushed is dropped. The buffer is not given back: it may still be sent.
    public override void Complete(Exception? exception = null) => (buffer, length) = ([], 0);

    private void Clear()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        (buffer, length) = ([], 0);
    }

    private void MakeRoom(int size)
    {
        if (buffer.Length - length >= Math.Max(size, 1))
        {
            return;
        }

        var next = ArrayPool<byte>.Shared.Rent(Math.Max(UsualLength, Math.Max(length + size, 2 * length)));
        buffer.AsSpan(0, length).CopyTo(next);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        buffer = next;
    }
}
