using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace LeGo.Lite.Http;

/// <summary>A connection's stream, of the socket or of TLS, as the web server wants it.</summary>
/// <param name="connection">Is aborted if its client does not read.</param>
/// <param name="stream">What is read and written.</param>
/// <param name="time">For how long it waits for the client to read.</param>
/// <param name="waitsWithoutBuffer">See <see cref="ConnectionReader"/>.</param>
internal sealed class ConnectionPipes(ConnectionContext connection, Stream stream, TimeProvider time, bool waitsWithoutBuffer = false) : IDuplexPipe
{
    public PipeReader Input { get; } = new ConnectionReader(stream, waitsWithoutBuffer);

    public PipeWriter Output { get; } = new ConnectionWriter(connection, stream, time);
}
