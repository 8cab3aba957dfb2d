using System.Collections.Immutable;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>A private key and the time it was last changed.</summary>
internal sealed record KeyMaterial(PrivateKey Key, DateTimeOffset UpdatedAt);

/// <summary>What stands at a place for a private key file: nothing, something unusable, or a key.</summary>
internal readonly record struct KeyFile
{
    public static readonly KeyFile Absent;
    public static readonly KeyFile Broken = new() { IsBroken = true };

    public KeyFile(KeyMaterial material) => Material = material;

    /// <summary>Null if there is none or it is broken.</summary>
    public KeyMaterial? Material { get; }

    public bool IsBroken { get; private init; }
}

/// <summary>A private key item whose metadata is proven.</summary>
internal sealed record PrivateKeyRecord(string Name, KeyConfig Config, KeyFile File);

/// <summary>A certificate item whose metadata is proven, with the orders that may be served.</summary>
internal sealed record CertificateRecord(string Name, Credentials Credentials, string PrivateKeyName, ImmutableArray<OrderRecord> Orders)
{
    public bool Equals(CertificateRecord? other) =>
        other is not null && Name == other.Name && PrivateKeyName == other.PrivateKeyName
        && Credentials.Equals(other.Credentials) && Orders.SequenceEqual(other.Orders);

    public override int GetHashCode() => HashCode.Combine(Name, Orders.Length);
}

/// <summary>
/// An order that may be served: valid, not revoked, with a chain that parses and a key that, if it
/// is there, belongs to the leaf. What is left to decide is the time (SPEC 4).
/// </summary>
internal sealed record OrderRecord
{
    private OrderRecord()
    {
    }

    public required string CertificateName { get; init; }

    public required string DirectoryName { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required CertificateChain Chain { get; init; }

    /// <summary>The private key item whose API key and flags hold for the finalized key.</summary>
    public required string PrivateKeyName { get; init; }

    /// <summary>The key beside the order.</summary>
    public KeyMaterial? KeyBeside { get; private init; }

    /// <summary>The key the order was issued for, wherever it lies.</summary>
    public KeyMaterial? FinalizedKey { get; private init; }

    /// <summary>The same order after its key was deleted.</summary>
    public OrderRecord WithoutKey() => this with { KeyBeside = null, FinalizedKey = null };

    public bool HoldsAt(DateTimeOffset time) => Chain.NotBefore <= time && time < Chain.NotAfter;

    /// <summary>The better of two orders comes first: the later creation, then the later end, then the greater directory name (SPEC 4).</summary>
    public static int NewestFirst(OrderRecord a, OrderRecord b) =>
        b.CreatedAt.CompareTo(a.CreatedAt) is not 0 and var byCreation ? byCreation
        : b.Chain.NotAfter.CompareTo(a.Chain.NotAfter) is not 0 and var byEnd ? byEnd
        : string.CompareOrdinal(b.DirectoryName, a.DirectoryName) is not 0 and var byName ? byName
        : string.CompareOrdinal(b.CertificateName, a.CertificateName);

    /// <summary>Which of the orders of one item is the newest valid one, from now on.</summary>
    public static Timeline<OrderRecord> NewestValid(IEnumerable<OrderRecord> orders, DateTimeOffset now)
    {
        var sorted = orders.ToList();
        sorted.Sort(NewestFirst);
        return Timeline<OrderRecord>.Of(sorted, order => (order.Chain.NotBefore, order.Chain.NotAfter), now);
    }

    /// <summary>The record of <paramref name="draft"/>; null if a key is there and is not the one the leaf was issued for.</summary>
    /// <param name="certificateName">The item's.</param>
    /// <param name="draft">What was found.</param>
    /// <param name="itemKey">The key of the item that the order names.</param>
    /// <param name="match">Null if no key is there.</param>
    public static OrderRecord? Prove(string certificateName, OrderDraft draft, KeyMaterial? itemKey, out KeyMatch? match)
    {
        var key = draft.KeyFile.Material ?? itemKey;
        match = key?.Key.Match(draft.Chain);
        return match == KeyMatch.Mismatch ? null : new()
        {
            CertificateName = certificateName,
            DirectoryName = draft.Directory.Name,
            CreatedAt = draft.CreatedAt,
            UpdatedAt = draft.Config.UpdatedAt ?? draft.CreatedAt,
            Chain = draft.Chain,
            PrivateKeyName = draft.PrivateKeyName,
            KeyBeside = draft.KeyFile.Material,
            FinalizedKey = key,
        };
    }
}
