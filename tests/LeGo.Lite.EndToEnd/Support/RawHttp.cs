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

    /// <summary>Sends the bytes, and reads until the server closes the connection.</summary>
    /// <param name="address">Of the server.</param>
    /// <param name="request">One character, one byte.</param>
    public static byte[] Send(string address, string request)
    {
        using var client = Connect(address);
        var stream = client.GetStream();
        using var all = new MemoryStream();
        try
        {
            stream.Write(Encoding.Latin1.GetBytes(request));
            stream.CopyTo(all);
        }
        catch (IOException failure) when (failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown })
        {
            // A server may close before it has read all of a bad request; what it answered is here.
        }

        return all.ToArray();
    }
}
