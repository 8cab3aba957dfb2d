using LeGo.Lite.Files;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>An order as it was found, before its key was looked for.</summary>
internal sealed record OrderDraft(
    string CertificateName, TreeDirectory Directory, OrderConfig Config, CertificateChain Chain, string ChainPath, string PrivateKeyName, KeyFile KeyFile)
{
    public DateTimeOffset CreatedAt => Config.CreatedAt ?? Chain.NotBefore;
}

/// <summary>Order directories to the orders that may be served.</summary>
/// <param name="reading">Takes the problems.</param>
/// <param name="keyFiles">The key file of every item in <c>privatekeys/</c>, by name.</param>
internal sealed class OrderReader(Reading reading, IReadOnlyDictionary<string, KeyFile> keyFiles)
{
    private const string Mismatch =
        "the private key is not the one this certificate was issued for, so this order is not served; put the right key beside it, or name it with private_key";

    public IReadOnlyList<OrderRecord> Read(TreeDirectory certificate, string privateKeyName)
    {
        if (certificate[DataTree.Orders] is not TreeDirectory section)
        {
            return [];
        }

        reading.Visit(section);
        var drafts = section.Directories
            .Select(directory => ReadDraft(certificate.Name, directory, privateKeyName))
            .OfType<OrderDraft>();
        return Prove(drafts);
    }

    /// <summary>The one private key file of a directory, be it an item's or an order's.</summary>
    public KeyFile ReadKeyFile(TreeDirectory directory, DateTimeOffset? updatedAt)
    {
        var (entry, ambiguous) = OneOf(directory, DataTree.KeyFileNames);
        return entry is null && !ambiguous ? KeyFile.Absent
            : entry is TreeFile file && reading.PrivateKey(file) is { } key ? new(new(key, updatedAt ?? file.Stamp.ModifiedAt))
            : KeyFile.Broken;
    }

    public void CheckReference(KeyReference? reference)
    {
        if (reference is not null && !keyFiles.ContainsKey(reference.Name))
        {
            reading.Problems.Add(Problem.Error(
                reference.Mark.File, reference.Mark.Position, $"there is no private key of this name in {DataTree.PrivateKeys}/"));
        }
    }

    /// <summary>Null if the order can't be served whatever its key is: not valid, revoked, without a chain, or broken.</summary>
    private OrderDraft? ReadDraft(string certificateName, TreeDirectory directory, string privateKeyName)
    {
        reading.Visit(directory);
        var config = directory[DataTree.OrderMetadata] is { } metadata ? OrderConfig.Read(metadata, reading) : OrderConfig.Default;
        CheckReference(config?.PrivateKey);

        var (chainEntry, ambiguous) = OneOf(directory, DataTree.ChainFileNames);
        var chain = chainEntry is TreeFile chainFile ? reading.Chain(chainFile) : null;
        var keyFile = ReadKeyFile(directory, updatedAt: null);

        if (config is not { Status: OrderStatus.Valid, KnownRevoked: false })
        {
            return null;
        }

        if (chainEntry is null && !ambiguous)
        {
            var (certbot, kubernetes) = DataTree.ChainFileNames;
            reading.Error(
                directory.Path,
                $"this order is valid but has no {certbot} or {kubernetes}; put the chain here, or set its status in {DataTree.OrderMetadata}");
        }

        return chain is null || keyFile.IsBroken
            ? null
            : new(certificateName, directory, config, chain, chainEntry!.Path, config.PrivateKey?.Name ?? privateKeyName, keyFile);
    }

    /// <summary>Keeps the drafts whose finalized key, if it is there, is the leaf's.</summary>
    private List<OrderRecord> Prove(IEnumerable<OrderDraft> drafts)
    {
        var orders = new List<OrderRecord>();
        var mismatched = new List<OrderDraft>();
        foreach (var draft in drafts)
        {
            var isNamed = keyFiles.TryGetValue(draft.PrivateKeyName, out var itemFile);
            if (draft.KeyFile.Material is not null && !isNamed)
            {
                reading.Error(
                    draft.Directory.Path,
                    $"the private key beside this order has no item in {DataTree.PrivateKeys}/, so nobody can download it; make one with a {DataTree.KeyMetadata}");
            }

            if (draft.KeyFile.Material is null && itemFile.IsBroken)
            {
                // The key is there but can't be shown to be the leaf's; its own problem says why.
                continue;
            }

            var order = OrderRecord.Prove(draft, itemFile.Material, out var match);
            if (order is null)
            {
                mismatched.Add(draft);
                continue;
            }

            orders.Add(order);
            if (match == KeyMatch.Unchecked)
            {
                reading.Warning(draft.ChainPath, "keys of this kind can't be compared with their certificate here: the pair is served unchecked");
            }
        }

        var newest = orders.Count > 0 ? orders.Max(order => order.CreatedAt) : DateTimeOffset.MinValue;
        foreach (var draft in mismatched)
        {
            // After a renewal with a new key in the item, the older orders are left over: no harm is done.
            reading.Problems.Add(new(draft.ChainPath, Position.Start, newest > draft.CreatedAt ? Severity.Warning : Severity.Error, Mismatch));
        }

        return orders;
    }

    /// <summary>The one file of the two conventions that is present.</summary>
    private (TreeEntry? Entry, bool Ambiguous) OneOf(TreeDirectory directory, (string Certbot, string Kubernetes) names)
    {
        if (directory[names.Certbot] is { } certbot && directory[names.Kubernetes] is not null)
        {
            reading.Error(certbot.Path, $"both {names.Certbot} and {names.Kubernetes} are here; remove one of them");
            return (null, true);
        }

        return (directory[names.Certbot] ?? directory[names.Kubernetes], false);
    }
}
