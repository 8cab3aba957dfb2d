using LeGo.Lite.Catalog;

namespace LeGo.Lite.Http;

/// <summary>What a request asks for, as far as it exists.</summary>
/// <param name="PrivateKey">The private key item that is read.</param>
/// <param name="Certificate">The certificate item that is read; null where only a private key is.</param>
/// <param name="Order">The newest valid order of <paramref name="Certificate"/>.</param>
internal readonly record struct Requested(PrivateKeyItem? PrivateKey, CertificateItem? Certificate, OrderItem? Order)
{
    /// <summary>As the directory spells it; null if there is no such item.</summary>
    public string? Name => Certificate?.Name ?? PrivateKey?.Name;

    /// <param name="snapshot">What is served.</param>
    /// <param name="needs">What the route reads.</param>
    /// <param name="name">The item's, as the client wrote it.</param>
    /// <param name="now">The moment of the request.</param>
    public static Requested Find(CatalogSnapshot snapshot, RouteNeeds needs, ReadOnlySpan<char> name, DateTimeOffset now)
    {
        if (needs == RouteNeeds.PrivateKey)
        {
            return new(snapshot.PrivateKey(name), null, null);
        }

        var certificate = snapshot.Certificate(name);
        var order = certificate?.NewestValidOrder.At(now);
        var privateKey = needs != RouteNeeds.Both || certificate is null ? null
            : order is null ? certificate.PrivateKey
            : order.PrivateKey;
        return new(privateKey, certificate, order);
    }
}
