using System.Net.Sockets;
using System.Text;
using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>Hears what a server tells who started it, as systemd does.</summary>
internal sealed class NotifyListener : IDisposable
{
    private readonly TempDirectory temp = new();
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> messages = [];

    public NotifyListener(bool isAbstract = false)
    {
        var path = temp["notify"];
        socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? $"\0{path}" : path));
        socket.Blocking = false;
        Setting = ("NOTIFY_SOCKET", isAbstract ? $"@{path}" : path);
    }

    public (string Name, string Value) Setting { get; }

    /// <summary>All so far, each a datagram.</summary>
    public IReadOnlyList<string> Messages
    {
        get
        {
            var buffer = new byte[4096];
            while (socket.Available > 0)
            {
                messages.Add(Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)));
            }

            return messages;
        }
    }

    /// <summary>Until so many messages begin like this.</summary>
    public void WaitFor(string beginning, int count = 1) => Wait.Until(
        () => Messages.Count(message => message.StartsWith(beginning, StringComparison.Ordinal)) >= count,
        () => $"{count} of {beginning}\n{string.Join('\n', Messages)}");

    /// <summary>Nobody hears any more, and there is no room for what is said.</summary>
    public void Fill()
    {
        using var sender = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        sender.Connect(socket.LocalEndPoint!);
        try
        {
            while (true)
            {
                sender.Send("full"u8);
            }
        }
        catch (SocketException full)
        {
            Assert.Equal(SocketError.WouldBlock, full.SocketErrorCode);
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        temp.Dispose();
    }
}
