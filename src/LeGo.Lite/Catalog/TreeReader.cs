using LeGo.Lite.Files;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>All that could be proven of one tree, and everything that is wrong with it.</summary>
internal sealed record TreeRecords(
    IReadOnlyList<PrivateKeyRecord> PrivateKeys,
    IReadOnlyList<CertificateRecord> Certificates,
    IReadOnlyList<Problem> Problems,
    bool Unsettled);

/// <summary>An order as it was found, before its key was looked for.</summary>
internal sealed record OrderDraft(
    string CertificateName, TreeDirectory Directory, OrderConfig Config, CertificateChain Chain, string ChainPath, string PrivateKeyName, KeyFile OwnKey)
{
    public string DirectoryName => Directory.Name;
}

/// <summary>
/// Tree to records: keys first, then certificates with their orders, then each order with its key.
/// What is broken is left out with a problem; the rest stands.
/// </summary>
internal sealed class TreeReader
{
    private readonly Reading reading = new();
    private readonly Dictionary<string, PrivateKeyRecord> privateKeys = new(StringComparer.OrdinalIgnoreCase);

    // Also of items left out, so that one broken key.yaml is not reported again by each order that names it.
    private readonly HashSet<string> privateKeyNames = new(StringComparer.OrdinalIgnoreCase);

    private TreeReader()
    {
    }

    /// <exception cref="IOException">The tree as a whole can't be read; the message says why.</exception>
    public static TreeRecords Read(TreeDirectory root)
    {
        var reader = new TreeReader();
        var keySection = Section(root, DataTree.PrivateKeys);
        var certificateSection = Section(root, DataTree.Certificates);
        if (keySection is null && certificateSection is null)
        {
            reader.reading.Error(root.Path, $"neither {DataTree.PrivateKeys}/ nor {DataTree.Certificates}/ is in here; is this the data directory?");
        }

        foreach (var directory in reader.Items(keySection, DataTree.KeyMetadata))
        {
            reader.ReadPrivateKey(directory);
        }

        var certificates = new List<CertificateRecord>();
        foreach (var directory in reader.Items(certificateSection, DataTree.CertificateMetadata))
        {
            if (reader.ReadCertificate(directory) is { } certificate)
            {
                certificates.Add(certificate);
            }
        }

        return new([.. reader.privateKeys.Values], certificates, reader.reading.Problems, reader.reading.Unsettled);
    }

    private static TreeDirectory? Section(TreeDirectory root, string name) => root[name] switch
    {
        TreeDirectory section => section,

        // Not "no items": a reload that believed so would take every one of them away.
        TreeFault fault => throw new IOException($"{Problem.Printable(fault.Path)}: {fault.Text}"),
        _ => null,
    };

    /// <summary>The directories in a section that are items: well named, one of a name, with metadata.</summary>
    private IEnumerable<TreeDirectory> Items(TreeDirectory? section, string metadata)
    {
        if (section is null)
        {
            yield break;
        }

        ReportFaults(section);
        foreach (var twins in section.Directories.GroupBy(directory => directory.Name, StringComparer.OrdinalIgnoreCase))
        {
            foreach (var directory in twins)
            {
                ReportFaults(directory);
                _ = section.Name == DataTree.PrivateKeys && privateKeyNames.Add(directory.Name);
                if (!DataTree.IsItemName(directory.Name))
                {
                    reading.Error(directory.Path, "this is no name of an item; rename the directory with letters, digits and . _ ~ - only");
                }
                else if (twins.Skip(1).Any())
                {
                    reading.Error(directory.Path, "another item's name differs from this one only in case, so neither is served; rename one");
                }
                else if (directory[metadata] is null)
                {
                    reading.Error(directory.Path, $"there is no {metadata} in this directory; make one, or remove the directory");
                }
                else
                {
                    yield return directory;
                }
            }
        }
    }

    private void ReadPrivateKey(TreeDirectory directory)
    {
        if (KeyConfig.Read(directory[DataTree.KeyMetadata]!, reading) is { } config)
        {
            privateKeys.Add(directory.Name, new(directory.Name, config, ReadKeyFile(directory, config.UpdatedAt)));
        }
    }

    private CertificateRecord? ReadCertificate(TreeDirectory directory)
    {
        if (CertificateConfig.Read(directory[DataTree.CertificateMetadata]!, reading) is not { } config)
        {
            return null;
        }

        if (config.PrivateKey is { } reference)
        {
            CheckReference(reference);
        }

        var privateKeyName = config.PrivateKey?.Name ?? directory.Name;
        var orders = new List<OrderRecord>();
        if (directory[DataTree.Orders] is TreeDirectory orderSection)
        {
            ReportFaults(orderSection);
            var drafts = orderSection.Directories
                .Select(order => ReadOrder(directory.Name, order, privateKeyName))
                .OfType<OrderDraft>()
                .ToList();
            ProveOrders(drafts, orders);
        }

        return new(directory.Name, config, privateKeyName, orders);
    }

    /// <summary>Null if the order can't be served whatever its key is: not valid, revoked, without a chain, or broken.</summary>
    private OrderDraft? ReadOrder(string certificateName, TreeDirectory directory, string privateKeyName)
    {
        ReportFaults(directory);
        var config = directory[DataTree.OrderMetadata] is { } metadata ? OrderConfig.Read(metadata, reading) : OrderConfig.Default;
        if (config?.PrivateKey is { } reference)
        {
            CheckReference(reference);
        }

        var (chainEntry, ambiguous) = OneOf(directory, DataTree.ChainFile);
        var chain = chainEntry is not null && reading.Bytes(chainEntry, PemReader.MaxBytes) is { } bytes
            ? CertificateChain.Parse(chainEntry.Path, bytes, reading.Problems)
            : null;
        var ownKey = ReadKeyFile(directory, updatedAt: null);

        if (config is not { Status: OrderStatus.Valid, KnownRevoked: false })
        {
            return null;
        }

        if (chainEntry is null && !ambiguous)
        {
            reading.Error(
                directory.Path,
                $"this order is valid but has no {DataTree.ChainFile.Certbot} or {DataTree.ChainFile.Kubernetes}; put the chain here, or set its status in {DataTree.OrderMetadata}");
        }

        return chain is null || ownKey.Broken
            ? null
            : new(certificateName, directory, config, chain, chainEntry!.Path, config.PrivateKey?.Name ?? privateKeyName, ownKey);
    }

    /// <summary>Keeps the drafts whose finalized key, if it is there, is the leaf's.</summary>
    private void ProveOrders(List<OrderDraft> drafts, List<OrderRecord> orders)
    {
        var mismatched = new List<OrderDraft>();
        foreach (var draft in drafts)
        {
            var item = privateKeys.GetValueOrDefault(draft.PrivateKeyName);
            if (draft.OwnKey.Material is null && item is { File.Broken: true })
            {
                // The key is there but can't be shown to be the leaf's; its own problem says why.
                continue;
            }

            if (draft.OwnKey.Material is not null && !privateKeyNames.Contains(draft.PrivateKeyName))
            {
                reading.Error(
                    draft.Directory.Path,
                    $"the private key beside this order has no item in {DataTree.PrivateKeys}/, so nobody can download it; make one with a {DataTree.KeyMetadata}");
            }

            var order = OrderRecord.Prove(draft, item?.File.Material, out var match);
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

        foreach (var draft in mismatched)
        {
            // After a renewal with a new key in the item, the older orders are left over: no harm is done.
            var superseded = orders.Any(order => order.CreatedAt > (draft.Config.CreatedAt ?? draft.Chain.NotBefore));
            const string Text = "the private key is not the one this certificate was issued for, so this order is not served; put the right key beside it, or name it with private_key";
            if (superseded)
            {
                reading.Warning(draft.ChainPath, Text);
            }
            else
            {
                reading.Error(draft.ChainPath, Text);
            }
        }
    }

    private KeyFile ReadKeyFile(TreeDirectory directory, DateTimeOffset? updatedAt)
    {
        var (entry, ambiguous) = OneOf(directory, DataTree.KeyFile);
        if (entry is null)
        {
            return ambiguous ? new(null, Broken: true) : KeyFile.Absent;
        }

        if (reading.Bytes(entry, PemReader.MaxBytes) is not { } bytes)
        {
            return new(null, Broken: true);
        }

        var key = PrivateKey.Parse(entry.Path, bytes, reading.Problems);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        return key is null
            ? new(null, Broken: true)
            : new(new(key, updatedAt ?? ((TreeFile)entry).Stamp.ModifiedAt), Broken: false);
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

    private void CheckReference(KeyReference reference)
    {
        if (!privateKeyNames.Contains(reference.Name))
        {
            reading.Problems.Add(Problem.Error(
                reference.Mark.File, reference.Mark.Position, $"there is no private key of this name in {DataTree.PrivateKeys}/"));
        }
    }

    private void ReportFaults(TreeDirectory directory)
    {
        foreach (var fault in directory.Faults)
        {
            reading.Error(fault.Path, fault.Text);
        }
    }
}
