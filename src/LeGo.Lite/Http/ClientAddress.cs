using System.Buffers.Binary;
using System.Net;

namespace LeGo.Lite.Http;

/// <summary>Where a client is, as it is logged and counted.</summary>
internal static class ClientAddress
{
    /// <summary>An IPv4 address is one also where it came in over an IPv6 socket.</summary>
    public static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    /// <summary>For the log.</summary>
    public static string Format(IPAddress? address) => Plain(address)?.ToString() ?? "-";

    /// <summary>
    /// An IPv4 address, or the first 64 bits of an IPv6 address: what is behind them is one site's (RFC 4291, section 2.5.4).
    /// The two can't be taken for one another: no IPv6 network that is routed begins with 32 zero bits.
    /// </summary>
    public static ulong Network(IPAddress? address)
    {
        if (Plain(address) is not { } plain)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = plain.TryWriteBytes(bytes, out var length);
        return length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
