using LeGo.Lite.Catalog;

namespace LeGo.Lite.Http;

/// <summary>What a request asks for. Nobody's items stand for those that aren't there, and for those the route doesn't read.</summary>
/// <param name="Name">As the directory spells it; null if there is no such item.</param>
/// <param name="PrivateKey">The private key item that is read.</param>
/// <param name="Certificate">The certificate item that is read.</param>
/// <param name="Order">The newest valid order of <paramref name="Certificate"/>.</param>
internal readonly record struct Requested(string? Name, PrivateKeyItem PrivateKey, CertificateItem Certificate, OrderItem? Order)
{
    /// <param name="snapshot">What is served.</param>
    /// <param name="needs">What the route reads.</param>
    /// <param name="name">The item's, as the client wrote it.</param>
    /// <param name="now">The moment of the request.</param>
    public static Requested Find(CatalogSnapshot snapshot, RouteNeeds needs, ReadOnlySpan<char> name, DateTimeOffset now)
    {
        if (needs == RouteNeeds.PrivateKey)
        {
            var key = snapshot.PrivateKey(name);
            return new(key?.Name, key ?? PrivateKeyItem.OfNobody, CertificateItem.OfNobody, OrderItem.OfNobody);
        }

        var known = snapshot.Certificate(name);
        var certificate = known ?? CertificateItem.OfNobody;
        var order = certificate.NewestValidOrder.At(now);
        var privateKey = needs != RouteNeeds.Both ? null
            : order is null ? certificate.PrivateKey
            : order.PrivateKey;
        return new(known?.Name, privateKey ?? PrivateKeyItem.OfNobody, certificate, order);
    }
}
