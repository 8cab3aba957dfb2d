using LeGo.Lite.Catalog;

namespace LeGo.Lite.Http;

/// <summary>One of the five downloads (SPEC 5).</summary>
/// <param name="Segment">Its place in the path, below <c>/api/v1/download</c>.</param>
/// <param name="Needs">Whose API keys open it.</param>
/// <param name="Select">The download of an order; not asked for a private key's own.</param>
/// <param name="Missing">What an authenticated client is told when <paramref name="Select"/> gives nothing.</param>
internal sealed record Route(string Segment, RouteNeeds Needs, Func<OrderItem, Representation?> Select, ErrorReply Missing)
{
    public static readonly Route PrivateKeys =
        new("privatekeys", RouteNeeds.PrivateKey, _ => null, ErrorReply.NoPem);

    public static readonly Route[] All =
    [
        PrivateKeys,
        new("certificates", RouteNeeds.Certificate, order => order.Certificate, ErrorReply.NoChain),
        new("privatecertchains", RouteNeeds.Both, order => order.PrivateCertificateChain, ErrorReply.NoPrivateKey),
        new("privatecerts", RouteNeeds.Both, order => order.PrivateCertificate, ErrorReply.NoPrivateKey),
        new("certrootchains", RouteNeeds.Certificate, order => order.Chain, ErrorReply.NoChain),
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
