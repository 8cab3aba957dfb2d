using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LeGo.Lite.Http;

/// <summary>
/// Listens for connections that read and write their sockets by themselves. Kestrel's own transport has a pipe and a task
/// for each direction in between (ADR 15).
/// </summary>
/// <param name="pools">For <see cref="SocketConnection"/>.</param>
/// <param name="time">For how long it waits after a failure, and connections for their clients.</param>
/// <param name="listening">Sockets that are listened on already; each is taken for the address that it is bound to.</param>
internal sealed class SocketTransport(IMemoryPoolFactory<byte> pools, TimeProvider time, params IReadOnlyList<Socket> listening) : IConnectionListenerFactory
{
    // Connections that the system keeps until they are accepted.
    private const int Backlog = 512;

    // Where descriptors or memory have run out, the next try fails, too.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly MemoryPool<byte> pool = pools.Create();

    /// <summary>
    /// Lets the threads that are told of sockets, one a core, go on with what waited for them: nothing that is done there waits
    /// for anything but the client, and to hand a request from thread to thread costs more than to answer it. This is for the
    /// process; .NET looks at it when the first socket is made.
    /// </summary>
    public static void CompleteInline() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    /// <exception cref="AddressInUseException">Somebody else listens there.</exception>
    /// <exception cref="SocketException">It can't be listened there.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
#pragma warning disable CA2000 // The web server disposes of the listener, and that of the socket.
        try
        {
            if (listening.FirstOrDefault(socket => endpoint.Equals(socket.LocalEndPoint)) is not { } socket)
            {
                socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
                socket.Listen(Backlog);
            }

            return new(new Listener(socket, socket.AcceptAsync, pool, time));
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(failure.Message, failure);
        }
#pragma warning restore CA2000
    }

    internal sealed class Listener(Socket listening, Func<CancellationToken, ValueTask<Socket>> accept, MemoryPool<byte> pool, TimeProvider time) : IConnectionListener
    {
        public EndPoint EndPoint { get; } = listening.LocalEndPoint!;

        /// <summary>Returns null when nothing is listened for any more.</summary>
        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                Socket? socket = null;
                try
                {
                    socket = await accept(cancellationToken);
                    socket.NoDelay = true;
                    return new SocketConnection(socket, pool, time);
                }
                catch (Exception end) when (end is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (Exception failure) when (failure is SocketException or IOException)
                {
                    socket?.Dispose();
                    await Task.Delay(AfterFailure, time, cancellationToken);
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            listening.Dispose();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
