using LeGo.Lite.Catalog;

namespace LeGo.Lite.Http;

/// <summary>One of the five downloads (SPEC 5).</summary>
/// <param name="Segment">Its place in the path, below <c>/api/v1/download</c>.</param>
/// <param name="Needs">Whose API keys open it.</param>
/// <param name="Select">What is downloaded, if there is any.</param>
/// <param name="Missing">What an authenticated client is told if there is none, though there is a valid order.</param>
internal sealed record Route(
    string Segment, RouteNeeds Needs, Func<Requested, DateTimeOffset, Representation?> Select, Error Missing)
{
    public static readonly Route[] All =
    [
        new("privatekeys", RouteNeeds.PrivateKey, (requested, now) => requested.PrivateKey.Download.At(now), Error.NoPem),
        new("certificates", RouteNeeds.Certificate, (requested, _) => requested.Order?.Certificate, Error.NoValidOrder),
        new("privatecertchains", RouteNeeds.Both, (requested, _) => requested.Order?.PrivateCertificateChain, Error.NoPrivateKey),
        new("privatecerts", RouteNeeds.Both, (requested, _) => requested.Order?.PrivateCertificate, Error.NoPrivateKey),
        new("certrootchains", RouteNeeds.Certificate, (requested, _) => requested.Order?.Issuers, Error.NoChain),
    ];
}

internal enum RouteNeeds
{
    /// <summary>The private key's API key.</summary>
    PrivateKey,

    /// <summary>The certificate's API key.</summary>
    Certificate,

    /// <summary>The certificate's, a dot, the private key's.</summary>
    Both,
}
