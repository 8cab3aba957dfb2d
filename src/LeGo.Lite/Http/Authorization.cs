using LeGo.Lite.Catalog;

namespace LeGo.Lite.Http;

/// <summary>
/// Whether an API key opens a download. A refusal looks the same to the client whatever its reason
/// and costs the same: every digest is made and compared, for an item that isn't there too, and
/// only then is anything decided (SPEC 5).
/// </summary>
/// <param name="Refusal">Why not, for the log only; null: go on.</param>
/// <param name="PrivateKey">The private key item the request reads, if there is one.</param>
/// <param name="Certificate">The certificate item the request reads, if there is one.</param>
/// <param name="Order">The newest valid order of <paramref name="Certificate"/>.</param>
internal readonly record struct Authorization(string? Refusal, PrivateKeyItem? PrivateKey, CertificateItem? Certificate, OrderItem? Order)
{
    /// <summary>As the directory spells it; null if there is no such item.</summary>
    public string? Name => Certificate?.Name ?? PrivateKey?.Name;

    /// <param name="snapshot">What is served.</param>
    /// <param name="needs">Whose API keys the route asks for.</param>
    /// <param name="name">The item's, as the client wrote it.</param>
    /// <param name="apiKey">As the client sent it; empty if it sent none.</param>
    /// <param name="viaUrl">Whether it came in the URL.</param>
    /// <param name="now">The moment of the request.</param>
    public static Authorization Decide(
        CatalogSnapshot snapshot, RouteNeeds needs, ReadOnlySpan<char> name, ReadOnlySpan<byte> apiKey, bool viaUrl, DateTimeOffset now) => needs switch
        {
            RouteNeeds.PrivateKey => OfPrivateKey(snapshot, name, apiKey, viaUrl),
            RouteNeeds.Certificate => OfCertificate(snapshot, name, apiKey, viaUrl, now),
            _ => OfBoth(snapshot, name, apiKey, viaUrl, now),
        };

    private static Authorization OfPrivateKey(CatalogSnapshot snapshot, ReadOnlySpan<char> name, ReadOnlySpan<byte> apiKey, bool viaUrl)
    {
        var item = snapshot.PrivateKey(name);
        var accepted = Accept(item?.Credentials, apiKey);
        return new(Refuse(item is not null, apiKey, accepted, item, viaUrl, item?.Credentials.ViaUrl), item, null, null);
    }

    private static Authorization OfCertificate(
        CatalogSnapshot snapshot, ReadOnlySpan<char> name, ReadOnlySpan<byte> apiKey, bool viaUrl, DateTimeOffset now)
    {
        var item = snapshot.Certificate(name);
        var accepted = Accept(item?.Credentials, apiKey) & !apiKey.Contains((byte)'.');
        return new(Refuse(item is not null, apiKey, accepted, null, viaUrl, item?.Credentials.ViaUrl), null, item, item?.NewestValidOrder.At(now));
    }

    private static Authorization OfBoth(
        CatalogSnapshot snapshot, ReadOnlySpan<char> name, ReadOnlySpan<byte> apiKey, bool viaUrl, DateTimeOffset now)
    {
        var item = snapshot.Certificate(name);
        var order = item?.NewestValidOrder.At(now);
        var privateKey = order is null ? item?.PrivateKey : order.PrivateKey;

        var dot = apiKey.IndexOf((byte)'.');
        var certificateHalf = dot < 0 ? apiKey : apiKey[..dot];
        var privateKeyHalf = dot < 0 ? [] : apiKey[(dot + 1)..];
        var accepted = Accept(item?.Credentials, certificateHalf)
            & Accept(privateKey?.Credentials, privateKeyHalf)
            & dot >= 0
            & !privateKeyHalf.Contains((byte)'.');
        return new(
            Refuse(item is not null, apiKey, accepted, privateKey, viaUrl, item?.Credentials.ViaUrl & privateKey?.Credentials.ViaUrl),
            privateKey,
            item,
            order);
    }

    private static bool Accept(Credentials? credentials, ReadOnlySpan<byte> apiKey)
    {
        var digest = ApiKeyDigest.Of(apiKey);
        return (credentials ?? Credentials.OfNobody).Accept(digest);
    }

    private static string? Refuse(
        bool exists, ReadOnlySpan<byte> apiKey, bool accepted, PrivateKeyItem? privateKey, bool viaUrl, bool? viaUrlAllowed) =>
        !exists ? "no item of this name"
        : apiKey.IsEmpty ? "no API key"
        : !accepted ? "wrong API key"
        : privateKey is { Disabled: true } ? "API key disabled"
        : viaUrl && viaUrlAllowed != true ? "API key via URL not allowed"
        : null;
}
