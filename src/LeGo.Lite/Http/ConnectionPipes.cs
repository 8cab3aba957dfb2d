using System.IO.Pipelines;

namespace LeGo.Lite.Http;

/// <summary>A stream as the web server wants it.</summary>
/// <param name="stream">What is read and written.</param>
/// <param name="waitsWithoutBuffer">Whether the stream keeps a large buffer while it is read, but none for a read of nothing.</param>
internal sealed class ConnectionPipes(Stream stream, bool waitsWithoutBuffer = false) : IDuplexPipe
{
    public PipeReader Input { get; } = new ConnectionReader(stream, waitsWithoutBuffer);

    public PipeWriter Output { get; } = new ConnectionWriter(stream);
}
