using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LeGo.Lite.Systemd;

/// <summary>
/// Tells who started the process how it is, as sd_notify(3) does: one datagram a message. That is systemd, or what runs
/// containers; where nobody wants to know, or can't be told, the server does not mind.
/// </summary>
/// <param name="address">NOTIFY_SOCKET: a path, or a name in Linux' abstract namespace after an @. Null: nobody wants to know.</param>
/// <param name="time">Its timestamps are those of CLOCK_MONOTONIC.</param>
internal sealed class NotifySocket(string? address, TimeProvider time)
{
    // How long a socket that is full is waited for; nothing else waits for that.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>It serves, for the first time or again.</summary>
    /// <param name="status">One line for whoever asks.</param>
    public Task ReadyAsync(string status) => SendAsync($"READY=1\nSTATUS={status}");

    /// <summary>It was told to look at everything anew; what has to follow is that it is ready.</summary>
    public Task ReloadingAsync() => SendAsync(string.Create(
        CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)time.GetElapsedTime(0).TotalMicroseconds}"));

    /// <summary>It lives, for the watchdog.</summary>
    /// <param name="status">One line for whoever asks.</param>
    public Task AliveAsync(string status) => SendAsync($"WATCHDOG=1\nSTATUS={status}");

    public Task StoppingAsync() => SendAsync("STOPPING=1");

    private async Task SendAsync(string message)
    {
        if (address is not ['/' or '@', ..])
        {
            return;
        }

        try
        {
            // A socket for each message: who listens may have been started anew.
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            using var patience = new CancellationTokenSource(Patience, time);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address), patience.Token);
            _ = await socket.SendAsync(Encoding.UTF8.GetBytes(message), patience.Token);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ArgumentException)
        {
            // An address that is too long is an argument that is.
        }
    }
}
