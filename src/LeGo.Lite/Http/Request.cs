using System.Net;

namespace LeGo.Lite.Http;

/// <summary>What a client asks for, in whatever way it was read.</summary>
internal readonly ref struct Request
{
    /// <summary>As it was sent (RFC 9112, section 3.2).</summary>
    public required ReadOnlySpan<char> Target { get; init; }

    /// <summary>GET or HEAD.</summary>
    public required bool IsRead { get; init; }

    /// <summary>Of the header; empty if there is none.</summary>
    public required ReadOnlySpan<byte> ApiKey { get; init; }

    /// <summary>The header, as far as it holds preconditions; null: there are none.</summary>
    public required IHeaderDictionary? Conditions { get; init; }

    public required IPAddress? Client { get; init; }
}
