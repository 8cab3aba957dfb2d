using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace LeGo.Lite.Http;

/// <summary>A connection's stream, of the socket or of TLS, as the web server wants it.</summary>
internal sealed class ConnectionPipes : IDuplexPipe
{
    /// <param name="connection">Is aborted if its client does not read.</param>
    /// <param name="stream">What is read and written.</param>
    /// <param name="time">For how long it waits for the client to read.</param>
    /// <param name="waitsWithoutBuffer">See <see cref="ConnectionReader"/>.</param>
    public ConnectionPipes(ConnectionContext connection, Stream stream, TimeProvider time, bool waitsWithoutBuffer = false)
    {
        var writer = new ConnectionWriter(connection, stream, time);
        (Input, Output) = (new ConnectionReader(stream, writer, waitsWithoutBuffer), writer);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }
}
