namespace LeGo.Lite.Catalog;

/// <summary>What opens an item: its API key, the new one while the two are rotated, and whether the URL may carry it.</summary>
internal sealed class Credentials(ApiKeyDigest apiKey, ApiKeyDigest? apiKeyNew, bool viaUrl) : IEquatable<Credentials>
{
    // Without a new key the old one is compared twice: every item costs the same.
    private readonly ApiKeyDigest apiKey = apiKey;
    private readonly ApiKeyDigest apiKeyNew = apiKeyNew ?? apiKey;

    /// <summary>No API key opens what has these. The URL is allowed: it is the API key that is refused.</summary>
    public static Credentials OfNobody { get; } = new(ApiKeyDigest.Random(), null, viaUrl: true);

    /// <summary>"Allow API Key via URL (for Legacy Clients)".</summary>
    public bool ViaUrl { get; } = viaUrl;

    public bool Accept(in ApiKeyDigest presented) =>
        apiKey.FixedTimeEquals(presented) | apiKeyNew.FixedTimeEquals(presented);

    /// <summary>An API key opens both: somebody who could open the one can open the other.</summary>
    public bool Overlaps(Credentials other) => other.Accept(apiKey) | other.Accept(apiKeyNew);

    public bool Equals(Credentials? other) =>
        other is not null && ViaUrl == other.ViaUrl && apiKey.FixedTimeEquals(other.apiKey) && apiKeyNew.FixedTimeEquals(other.apiKeyNew);

    public override bool Equals(object? obj) => Equals(obj as Credentials);

    public override int GetHashCode() => ViaUrl.GetHashCode();
}
