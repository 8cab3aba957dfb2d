using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>Requests that curl would not send.</summary>
internal static class RawHttp
{
    /// <summary>An open connection.</summary>
    public static TcpClient Connect(string address)
    {
        var uri = new Uri(address);
        return new(uri.Host, uri.Port) { ReceiveTimeout = (int)Wait.SafetyNet.TotalMilliseconds, SendTimeout = (int)Wait.SafetyNet.TotalMilliseconds };
    }

    /// <summary>An open connection for who waits for nothing.</summary>
    public static Socket ConnectSocket(string address)
    {
        var uri = new Uri(address);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)Wait.SafetyNet.TotalMilliseconds,
            SendTimeout = (int)Wait.SafetyNet.TotalMilliseconds,
        };
        try
        {
            socket.Connect(uri.Host, uri.Port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>An open connection, after the handshake if the address is https. Whoever the server is, is not looked at.</summary>
    /// <param name="address">Of the server.</param>
    /// <param name="tls">What else the client says.</param>
    public static Stream Open(string address, SslClientAuthenticationOptions? tls = null)
    {
#pragma warning disable CA2000 // The stream owns the socket.
        var stream = new NetworkStream(ConnectSocket(address), ownsSocket: true);
#pragma warning restore CA2000
        if (new Uri(address).Scheme == "http")
        {
            return stream;
        }

        tls ??= new();
        tls.TargetHost ??= "localhost";
#pragma warning disable CA5359 // What is sent and what comes back is the test, over whatever certificate.
        tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        var secure = new SslStream(stream);
        try
        {
            secure.AuthenticateAsClient(tls);
            return secure;
        }
        catch
        {
            secure.Dispose();
            throw;
        }
    }

    /// <summary>Sends the bytes, and reads until the server closes the connection.</summary>
    /// <param name="address">Of the server.</param>
    /// <param name="request">One character, one byte.</param>
    public static byte[] Send(string address, string request)
    {
        using var stream = Open(address);
        using var all = new MemoryStream();

        try
        {
            stream.Write(Encoding.Latin1.GetBytes(request));
        }
        catch (IOException)
        {
            // A server may close before it has read all of a bad request: .NET takes that for a reset, or for a time-out that took
            // no time. What it answered is here; a server that hangs doesn't answer.
        }

        try
        {
            stream.CopyTo(all);
        }
        catch (IOException failure) when (IsReset(failure))
        {
            // What came before that counts.
        }

        return all.ToArray();
    }

    /// <summary>To the empty line after the headers; empty at the end of the stream.</summary>
    public static string ReadHead(Stream stream)
    {
        var head = new StringBuilder();
        while (!EndsHead(head) && stream.ReadByte() is >= 0 and var next)
        {
            head.Append((char)next);
        }

        return head.ToString();
    }

    /// <summary>The next response on a connection that goes on.</summary>
    public static Response ReadResponse(Stream stream)
    {
        var response = Response.Parse(Encoding.Latin1.GetBytes(ReadHead(stream)));
        var body = new byte[int.Parse(response["Content-Length"] ?? "0", CultureInfo.InvariantCulture)];
        stream.ReadExactly(body);
        return response with { Body = body };
    }

    /// <summary>The server closed the connection, and did so without waiting for what was still on its way.</summary>
    public static bool IsReset(IOException failure) =>
        failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown };

    private static bool EndsHead(StringBuilder head) =>
        head.Length >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r';
}
