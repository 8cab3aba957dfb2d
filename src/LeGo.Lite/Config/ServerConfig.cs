using System.Collections.Immutable;
using System.Net;

namespace LeGo.Lite.Config;

/// <summary>All settings (SPEC 3), proven.</summary>
internal sealed record ServerConfig(
    string Data,
    ImmutableArray<string> DataLinks,
    ImmutableArray<ListenAddress> Listen,
    ImmutableArray<string> BasePaths,
    TimeSpan Debounce,
    TimeSpan Rescan,
    LogLevel LogLevel,
    LogFormat LogFormat);

internal enum LogFormat
{
    Text,
    Json,
    Systemd,
}

/// <summary>Where to listen, without TLS.</summary>
/// <param name="Address">Null for <c>localhost</c>: the loopback address of both families.</param>
/// <param name="Port">0 lets the system choose one.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>Reads <c>http://ADDRESS[:PORT]</c>; null, with what to do about it, for anything else.</summary>
    public static ListenAddress? Parse(string text, out string fault)
    {
        fault = "write an address as http://127.0.0.1:4050";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri is not { UserInfo: "", PathAndQuery: "/", Fragment: "" })
        {
            return null;
        }

        if (uri.Scheme != Uri.UriSchemeHttp)
        {
            fault = "only http:// addresses can be listened on";
            return null;
        }

        if (uri.IdnHost == "localhost")
        {
            fault = "localhost needs a port; for any free one write http://127.0.0.1:0";
            return uri.Port == 0 ? null : new(null, uri.Port);
        }

        fault = "write the IP address to listen on, or localhost; every address is 0.0.0.0, or [::]";
        return !IPAddress.TryParse(uri.IdnHost, out var address) ? null
            : new(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, uri.Port);
    }

    public override string ToString() => Address is null
        ? $"http://localhost:{Port}"
        : $"http://{new IPEndPoint(Address, Port)}";
}
