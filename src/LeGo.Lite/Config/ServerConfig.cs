using System.Collections.Immutable;
using System.Net;
using LeGo.Lite.Yaml;

namespace LeGo.Lite.Config;

/// <summary>All settings (SPEC 3), proven.</summary>
internal sealed record ServerConfig(
    string Data,
    ImmutableArray<string> DataLinks,
    ImmutableArray<ListenAddress> Listen,
    ImmutableArray<string> BasePaths,
    TlsConfig? Tls,
    TimeSpan Debounce,
    TimeSpan Rescan,
    int FailedLoginsPerMinute,
    ImmutableArray<IPNetwork> TrustedProxies,
    LogLevel LogLevel,
    LogFormat LogFormat);

/// <summary>A value of the config, and where a problem with what it names is reported.</summary>
internal sealed record Setting(string Value, Mark Mark);

/// <summary>The server's own certificate, an item of the tree or a pair of files, and who issues those of its clients.</summary>
/// <param name="Certificate">The name of an item; null: the pair.</param>
/// <param name="Fullchain">A path; null: the item, as is the next.</param>
/// <param name="Privkey">A path.</param>
/// <param name="ClientCa">A path; null: clients need no certificate.</param>
internal sealed record TlsConfig(Setting? Certificate, Setting? Fullchain, Setting? Privkey, Setting? ClientCa);

internal enum LogFormat
{
    Text,
    Json,
    Systemd,
}

/// <summary>Where to listen.</summary>
/// <param name="IsTls">Whether with TLS.</param>
/// <param name="Address">Null for <c>localhost</c>: the loopback address of both families.</param>
/// <param name="Port">0 lets the system choose one.</param>
internal sealed record ListenAddress(bool IsTls, IPAddress? Address, int Port)
{
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    private string Scheme => IsTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;

    /// <summary>Reads <c>http://ADDRESS[:PORT]</c> or the same with <c>https</c>; null, with what to do about it, for anything else.</summary>
    public static ListenAddress? Parse(string text, out string fault)
    {
        fault = "write an address as http://127.0.0.1:4050 or https://0.0.0.0:4051";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri is not { UserInfo: "", PathAndQuery: "/", Fragment: "" }
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            return null;
        }

        var isTls = uri.Scheme == Uri.UriSchemeHttps;
        if (uri.IdnHost == "localhost")
        {
            fault = "localhost needs a port; for any free one write 127.0.0.1:0";
            return uri.Port == 0 ? null : new(isTls, null, uri.Port);
        }

        fault = "write the IP address to listen on, or localhost; every address is 0.0.0.0, or [::]";
        return !IPAddress.TryParse(uri.IdnHost, out var address) ? null
            : new(isTls, address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, uri.Port);
    }

    /// <summary>Can't be listened on beside this one.</summary>
    public bool IsTakenBy(ListenAddress other) => Port != 0 && (Address, Port).Equals((other.Address, other.Port));

    /// <summary>A socket that is bound there is one to listen on for this.</summary>
    public bool IsBoundTo(IPEndPoint endpoint) =>
        endpoint.Port == Port && (Address is null
        ? endpoint.Address.Equals(IPAddress.Loopback) || endpoint.Address.Equals(IPAddress.IPv6Loopback)
        : endpoint.Address.Equals(Address));

    public override string ToString() => Address is null
        ? $"{Scheme}://localhost:{Port}"
        : $"{Scheme}://{new IPEndPoint(Address, Port)}";
}
