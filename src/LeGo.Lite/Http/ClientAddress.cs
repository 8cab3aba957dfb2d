using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LeGo.Lite.Http;

/// <summary>Where a client is, as it is logged and counted.</summary>
internal static class ClientAddress
{
    /// <summary>For the log: an IPv4 address is one also where it came in over an IPv6 socket.</summary>
    public static string Format(IPAddress? address) =>
        address is null ? "-" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    /// <summary>
    /// An IPv4 address, or the first 64 bits of an IPv6 address: what is behind them is one site's (RFC 4291, section 2.5.4).
    /// The two can't be taken for one another: no IPv6 network that is routed begins with 32 zero bits.
    /// </summary>
    public static ulong Network(IPAddress? address)
    {
        if (address is null)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : address.IsIPv4MappedToIPv6 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
