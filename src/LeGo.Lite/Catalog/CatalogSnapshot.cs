using System.Collections.Frozen;
using System.Collections.Immutable;

namespace LeGo.Lite.Catalog;

/// <summary>A private key that can be downloaded.</summary>
/// <param name="Record">What it is made of.</param>
/// <param name="Orders">The orders it takes its PEM from, if it has none of its own.</param>
/// <param name="Download">Its PEM, where there is one.</param>
internal sealed record PrivateKeyItem(PrivateKeyRecord Record, ImmutableArray<OrderRecord> Orders, Timeline<Representation> Download)
{
    /// <summary>Stands for one that isn't there, so that a request for it goes the same way. No API key opens it.</summary>
    public static PrivateKeyItem OfNobody { get; } = new(
        new("", new(Credentials.OfNobody, Disabled: false, UpdatedAt: null), KeyFile.Absent), [], Timeline<Representation>.Never);

    /// <summary>As the directory spells it.</summary>
    public string Name => Record.Name;

    public Credentials Credentials => Record.Config.Credentials;

    /// <summary>Closes every download that contains it.</summary>
    public bool Disabled => Record.Config.Disabled;
}

/// <summary>A certificate that can be downloaded.</summary>
/// <param name="Record">What it is made of.</param>
/// <param name="PrivateKeys">The private key item of each of its orders, where there is one.</param>
/// <param name="PrivateKey">The private key item it names, if there is one; an order can name another.</param>
/// <param name="NewestValidOrder">Its orders over time.</param>
internal sealed record CertificateItem(
    CertificateRecord Record, ImmutableArray<PrivateKeyItem?> PrivateKeys, PrivateKeyItem? PrivateKey, Timeline<OrderItem> NewestValidOrder)
{
    /// <inheritdoc cref="PrivateKeyItem.OfNobody"/>
    public static CertificateItem OfNobody { get; } = new(
        new("", Credentials.OfNobody, "", []), [], PrivateKeyItem.OfNobody, Timeline<OrderItem>.Always(OrderItem.OfNobody));

    /// <inheritdoc cref="PrivateKeyItem.Name"/>
    public string Name => Record.Name;

    public Credentials Credentials => Record.Credentials;
}

/// <summary>An order and the four downloads made of it; one that can't be made is null.</summary>
internal sealed record OrderItem(
    string DirectoryName,
    DateTimeOffset NotAfter,
    PrivateKeyItem? PrivateKey,
    Representation Certificate,
    Representation? Issuers,
    Representation? PrivateCertificate,
    Representation? PrivateCertificateChain)
{
    /// <inheritdoc cref="PrivateKeyItem.OfNobody"/>
    public static OrderItem OfNobody { get; } = new(
        "", DateTimeOffset.MaxValue, PrivateKeyItem.OfNobody, new("", "", DateTimeOffset.UnixEpoch, default, default), null, null, null);
}

/// <summary>
/// Everything that is served, complete and immutable. A request reads one snapshot from start to
/// end; a reload swaps it whole (SPEC 6).
/// </summary>
internal sealed class CatalogSnapshot
{
    private readonly FrozenDictionary<string, PrivateKeyItem>.AlternateLookup<ReadOnlySpan<char>> privateKeys;
    private readonly FrozenDictionary<string, CertificateItem>.AlternateLookup<ReadOnlySpan<char>> certificates;

    private CatalogSnapshot(
        FrozenDictionary<string, PrivateKeyItem> privateKeys, FrozenDictionary<string, CertificateItem> certificates, TreeRecords records, TlsReading? tls)
    {
        this.privateKeys = privateKeys.GetAlternateLookup<ReadOnlySpan<char>>();
        this.certificates = certificates.GetAlternateLookup<ReadOnlySpan<char>>();
        Tls = tls;
        Problems = [.. records.Problems, .. tls?.Problems ?? []];
        Unsettled = tls?.Unsettled == true ? [.. records.Unsettled, "tls"] : records.Unsettled;
        ReviewAt = records.ReviewAt < tls?.ReviewAt ? records.ReviewAt : tls?.ReviewAt ?? records.ReviewAt;
    }

    /// <summary>The server's own certificate; null if it needs none.</summary>
    public TlsReading? Tls { get; }

    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>Of <see cref="Problems"/>, those that are no warnings.</summary>
    public int ErrorCount => Problems.Count(problem => problem.Severity == Severity.Error);

    /// <summary>Where something was changing while the tree was read.</summary>
    public IReadOnlyList<string> Unsettled { get; }

    /// <summary>When a scan may give something else, though no file changes; null: at no time.</summary>
    public DateTimeOffset? ReviewAt { get; }

    public IEnumerable<CertificateItem> Certificates => certificates.Dictionary.Values;

    public int PrivateKeyCount => privateKeys.Dictionary.Count;

    public int CertificateCount => certificates.Dictionary.Count;

    /// <summary>Without regard to ASCII case; null if there is none.</summary>
    public PrivateKeyItem? PrivateKey(ReadOnlySpan<char> name) => privateKeys.TryGetValue(name, out var item) ? item : null;

    /// <inheritdoc cref="PrivateKey"/>
    public CertificateItem? Certificate(ReadOnlySpan<char> name) => certificates.TryGetValue(name, out var item) ? item : null;

    /// <summary>How many items came, are other than they were, and went.</summary>
    public (int Added, int Changed, int Removed) Since(CatalogSnapshot before)
    {
        var ofKeys = Differ(privateKeys.Dictionary, before.privateKeys.Dictionary);
        var ofCertificates = Differ(certificates.Dictionary, before.certificates.Dictionary);
        return (ofKeys.Added + ofCertificates.Added, ofKeys.Changed + ofCertificates.Changed, ofKeys.Removed + ofCertificates.Removed);

        static (int Added, int Changed, int Removed) Differ<T>(FrozenDictionary<string, T> after, FrozenDictionary<string, T> before)
            where T : class
        {
            var (same, changed) = (0, 0);
            foreach (var (name, item) in after)
            {
                if (!before.TryGetValue(name, out var known))
                {
                    continue;
                }

                if (ReferenceEquals(item, known))
                {
                    same++;
                }
                else
                {
                    changed++;
                }
            }

            return (after.Count - same - changed, changed, before.Count - same - changed);
        }
    }

    /// <summary>
    /// Makes what is served from now on. An item of which nothing changed is the one served before; an
    /// order whose time is over, or never comes, is let go.
    /// </summary>
    public static CatalogSnapshot Make(TreeRecords records, DateTimeOffset now, CatalogSnapshot? served = null, TlsReading? tls = null)
    {
        var withoutFile = records.PrivateKeys.Where(record => record.File == KeyFile.Absent).Select(record => record.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var ordersByKey = records.Certificates
            .SelectMany(certificate => certificate.Orders)
            .Where(order => withoutFile.Contains(order.PrivateKeyName))
            .ToLookup(order => order.PrivateKeyName, StringComparer.OrdinalIgnoreCase);

        var privateKeys = records.PrivateKeys.ToFrozenDictionary(
            record => record.Name,
            record =>
            {
                ImmutableArray<OrderRecord> orders = record.File == KeyFile.Absent ? [.. ordersByKey[record.Name]] : [];
                return served?.PrivateKey(record.Name) is { } known && known.Record == record && known.Orders.SequenceEqual(orders)
                    ? known
                    : Make(record, orders, now);
            },
            StringComparer.OrdinalIgnoreCase);

        var certificates = records.Certificates.ToFrozenDictionary(
            record => record.Name,
            record =>
            {
                var privateKey = privateKeys.GetValueOrDefault(record.PrivateKeyName);
                ImmutableArray<PrivateKeyItem?> keys = [.. record.Orders.Select(order => privateKeys.GetValueOrDefault(order.PrivateKeyName))];
                return served?.Certificate(record.Name) is { } known && known.Record == record
                    && ReferenceEquals(known.PrivateKey, privateKey) && known.PrivateKeys.SequenceEqual(keys, ReferenceEquals)
                    ? known
                    : new(record, keys, privateKey, OrderRecord.NewestValid(record.Orders, now).Select(order => Make(order, privateKeys.GetValueOrDefault(order.PrivateKeyName))));
            },
            StringComparer.OrdinalIgnoreCase);

        return new(privateKeys, certificates, records, tls);
    }

    private static PrivateKeyItem Make(PrivateKeyRecord record, ImmutableArray<OrderRecord> orders, DateTimeOffset now)
    {
        var download = record.File switch
        {
            { Material: { } own } => Timeline<Representation>.Always(Download(own)),
            { IsBroken: true } => Timeline<Representation>.Never,

            // No key of its own: the one beside the newest valid order that names it.
            _ => OrderRecord.NewestValid(orders, now).Select(order => order.KeyBeside is { } key ? Download(Later(key, record.Config.UpdatedAt)) : null),
        };
        return new(record, orders, download);

        Representation Download(KeyMaterial key) => new(record.Name, ".key.pem", key.UpdatedAt, key.Key.Pem, default);
    }

    private static OrderItem Make(OrderRecord order, PrivateKeyItem? privateKey)
    {
        var name = order.CertificateName;
        var chain = order.Chain;
        var leaf = chain.Pem[..chain.LeafLength];
        var issuers = chain.Pem[chain.LeafLength..];
        return new(
            order.DirectoryName,
            chain.NotAfter,
            privateKey,
            Certificate: new(name, ".cert.pem", order.UpdatedAt, default, chain.Pem),
            Issuers: issuers.IsEmpty ? null : new(name, ".chain.pem", order.UpdatedAt, default, issuers),
            PrivateCertificate: WithKey(".certkey.pem", leaf),
            PrivateCertificateChain: WithKey(".certchainkey.pem", chain.Pem));

        // Without an item nobody has an API key for it.
        Representation? WithKey(string extension, ReadOnlyMemory<byte> certificates) => privateKey is not null && order.FinalizedKey is { } key
            ? new(name, extension, Later(key, order.UpdatedAt).UpdatedAt, key.Key.Pem, certificates)
            : null;
    }

    private static KeyMaterial Later(KeyMaterial key, DateTimeOffset? time) =>
        time > key.UpdatedAt ? key with { UpdatedAt = time.Value } : key;
}
