using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>A private key and the time it was last changed.</summary>
internal sealed record KeyMaterial(PrivateKey Key, DateTimeOffset UpdatedAt);

/// <summary>What stands at a place for a private key file.</summary>
/// <param name="Material">The key; null if there is none or it is broken.</param>
/// <param name="Broken">Something is there, but no usable key.</param>
internal readonly record struct KeyFile(KeyMaterial? Material, bool Broken)
{
    public static readonly KeyFile Absent = new(null, Broken: false);
}

/// <summary>A private key item whose metadata is proven.</summary>
internal sealed record PrivateKeyRecord(string Name, KeyConfig Config, KeyFile File);

/// <summary>A certificate item whose metadata is proven, with the orders that may be served.</summary>
internal sealed record CertificateRecord(string Name, CertificateConfig Config, string PrivateKeyName, IReadOnlyList<OrderRecord> Orders);

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
    public KeyMaterial? OwnKey { get; private init; }

    /// <summary>The key the order was issued for, wherever it lies.</summary>
    public KeyMaterial? FinalizedKey { get; private init; }

    /// <summary>The better of two orders comes first: the later creation, then the later end, then the greater directory name.</summary>
    public static readonly Comparison<OrderRecord> NewestFirst = (a, b) =>
        b.CreatedAt.CompareTo(a.CreatedAt) is not 0 and var byCreation ? byCreation
        : b.Chain.NotAfter.CompareTo(a.Chain.NotAfter) is not 0 and var byEnd ? byEnd
        : string.CompareOrdinal(b.DirectoryName, a.DirectoryName) is not 0 and var byName ? byName
        : string.CompareOrdinal(b.CertificateName, a.CertificateName);

    /// <summary>The record of <paramref name="draft"/>; null if a key is there and is not the one the leaf was issued for.</summary>
    public static OrderRecord? Prove(OrderDraft draft, KeyMaterial? itemKey, out KeyMatch match)
    {
        var key = draft.OwnKey.Material ?? itemKey;
        match = key?.Key.Match(draft.Chain) ?? KeyMatch.Matches;
        return match == KeyMatch.Mismatch ? null : new()
        {
            CertificateName = draft.CertificateName,
            DirectoryName = draft.DirectoryName,
            CreatedAt = draft.Config.CreatedAt ?? draft.Chain.NotBefore,
            UpdatedAt = draft.Config.UpdatedAt ?? draft.Config.CreatedAt ?? draft.Chain.NotBefore,
            Chain = draft.Chain,
            PrivateKeyName = draft.PrivateKeyName,
            OwnKey = draft.OwnKey.Material,
            FinalizedKey = key,
        };
    }
}
