using System.Net;

namespace LeGo.Lite.Http;

internal static class ClientAddress
{
    /// <summary>For the log: an IPv4 address is one also where it came in over an IPv6 socket.</summary>
    public static string Format(IPAddress? address) =>
        address is null ? "-" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
