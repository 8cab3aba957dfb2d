using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LeGo.Lite.Config;

namespace LeGo.Lite.Systemd;

/// <summary>
/// The sockets that systemd listens on for the server (sd_listen_fds(3)). Each takes the place of the address of the config
/// that it is bound to, so that the config goes on saying what is served where, and whether with TLS.
/// </summary>
internal static class ActivatedSockets
{
    private const int FirstDescriptor = 3;

    /// <summary>Takes those that were passed to this process; none if there are none, or with what to do about a fault.</summary>
    /// <param name="variable">Of the environment.</param>
    /// <param name="listen">The addresses of the config.</param>
    /// <param name="fault">Null: all is well.</param>
    public static ImmutableArray<Socket> Take(Func<string, string?> variable, ImmutableArray<ListenAddress> listen, out string? fault)
    {
        fault = null;
        if (variable("LISTEN_PID") != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            || !int.TryParse(variable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return [];
        }

#pragma warning disable CA2000 // The web server disposes of them; where there is a fault the process ends.
        var sockets = ImmutableArray.CreateBuilder<Socket>();
        for (var descriptor = FirstDescriptor; descriptor - FirstDescriptor < count; descriptor++)
        {
            if (Listening(descriptor) is not { LocalEndPoint: IPEndPoint endpoint } socket)
            {
                fault = "systemd passed a socket that does not listen for TCP; in the socket unit write ListenStream= with an IP address and a port, and no Accept=yes";
            }
            else if (sockets.Any(other => endpoint.Equals(other.LocalEndPoint)))
            {
                fault = $"systemd passed two sockets for {endpoint}; remove one ListenStream= from the socket units";
            }
            else if (!listen.Any(address => address.IsBoundTo(endpoint)))
            {
                fault = $"systemd passed a socket for {endpoint}, and no address in listen is that; write https://{endpoint} there, or http://, or one of them into ListenStream= of the socket unit";
            }
            else
            {
                sockets.Add(socket);
                continue;
            }

            return [];
        }

        return sockets.DrainToImmutable();
    }

    private static Socket? Listening(int descriptor)
    {
        try
        {
            // No close-on-exec, and no program is started either: with it, .NET shuts the socket down at the end, for systemd too.
            var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
            return socket.SocketType == SocketType.Stream && socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection) is not 0
                ? socket
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
#pragma warning restore CA2000
}
