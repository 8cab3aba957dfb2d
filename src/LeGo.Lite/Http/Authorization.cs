using LeGo.Lite.Catalog;

namespace LeGo.Lite.Http;

/// <summary>
/// Whether an API key opens a download. A refusal looks the same to the client whatever its reason
/// and costs the same: every digest is made and compared, with nobody's for an item that isn't there,
/// and only then is anything decided (SPEC 5).
/// </summary>
internal static class Authorization
{
    /// <summary>Why not, for the log only; null: go on.</summary>
    /// <param name="requested">What is asked for.</param>
    /// <param name="needs">Whose API keys the route wants.</param>
    /// <param name="apiKey">As the client sent it; empty if it sent none.</param>
    /// <param name="viaUrl">Whether it came in the URL.</param>
    public static string? Refuse(in Requested requested, RouteNeeds needs, ReadOnlySpan<byte> apiKey, bool viaUrl)
    {
        var (privateKey, certificate) = (requested.PrivateKey.Credentials, requested.Certificate.Credentials);
        var accepted = needs switch
        {
            RouteNeeds.PrivateKey => Accept(privateKey, apiKey),
            RouteNeeds.Certificate => Accept(certificate, apiKey) & !apiKey.Contains((byte)'.'),
            _ => AcceptBoth(certificate, privateKey, apiKey),
        };

        return requested.Name is null ? "no item of this name"
            : apiKey.IsEmpty ? "no API key"
            : !accepted ? "wrong API key"
            : requested.PrivateKey.Disabled ? "API key disabled"
            : viaUrl && !(certificate.ViaUrl && privateKey.ViaUrl) ? "API key via URL not allowed"
            : null;
    }

    /// <summary>The certificate's API key, exactly one dot, the private key's.</summary>
    private static bool AcceptBoth(Credentials certificate, Credentials privateKey, ReadOnlySpan<byte> apiKey)
    {
        var dot = apiKey.IndexOf((byte)'.');
        var first = dot < 0 ? apiKey : apiKey[..dot];
        var second = dot < 0 ? [] : apiKey[(dot + 1)..];
        return Accept(certificate, first) & Accept(privateKey, second) & dot >= 0 & !second.Contains((byte)'.');
    }

    private static bool Accept(Credentials credentials, ReadOnlySpan<byte> apiKey)
    {
        var digest = ApiKeyDigest.Of(apiKey);
        return credentials.Accept(digest);
    }
}
