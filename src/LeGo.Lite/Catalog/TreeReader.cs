using LeGo.Lite.Files;

namespace LeGo.Lite.Catalog;

/// <summary>All that could be proven of one tree, and everything that is wrong with it.</summary>
internal sealed record TreeRecords(
    IReadOnlyList<PrivateKeyRecord> PrivateKeys,
    IReadOnlyList<CertificateRecord> Certificates,
    IReadOnlyList<Problem> Problems,
    bool Unsettled);

/// <summary>
/// Tree to records: keys first, then certificates with their orders, then each order with its key.
/// What is broken is left out with a problem; the rest stands.
/// </summary>
internal sealed class TreeReader
{
    private readonly Reading reading;
    private readonly OrderReader orders;
    private readonly List<PrivateKeyRecord> privateKeys = [];
    private readonly List<CertificateRecord> certificates = [];

    // Also of items that are left out: what their key files hold decides which orders are valid.
    private readonly Dictionary<string, KeyFile> keyFiles = new(StringComparer.OrdinalIgnoreCase);

    private TreeReader(Quiet quiet)
    {
        reading = new(quiet);
        orders = new(reading, keyFiles);
    }

    /// <exception cref="IOException">The tree as a whole can't be read; the message says why.</exception>
    public static TreeRecords Read(TreeDirectory root, Quiet quiet = default)
    {
        var reader = new TreeReader(quiet);
        var (keySection, certificateSection) = (Section(root, DataTree.PrivateKeys), Section(root, DataTree.Certificates));
        reader.reading.Visit(root);
        if (keySection is null && certificateSection is null)
        {
            reader.reading.Error(root.Path, $"neither {DataTree.PrivateKeys}/ nor {DataTree.Certificates}/ is in here; is this the data directory?");
        }

        reader.ReadPrivateKeys(keySection);
        reader.ReadCertificates(certificateSection);
        return new(reader.privateKeys, reader.certificates, reader.reading.Problems, reader.reading.Unsettled);
    }

    private static TreeDirectory? Section(TreeDirectory root, string name) => root[name] switch
    {
        TreeDirectory section => section,

        // Not "no items": a reload that believed so would take every one of them away.
        TreeFault fault when ReferenceEquals(fault.Parent, root.Place) => throw new IOException($"{Problem.Printable(fault.Path)}: {fault.Text}"),
        _ => null,
    };

    private void ReadPrivateKeys(TreeDirectory? section)
    {
        foreach (var (directory, metadata) in Items(section, DataTree.KeyMetadata))
        {
            var config = metadata is null ? null : KeyConfig.Read(metadata, reading);
            var file = orders.ReadKeyFile(directory, config?.UpdatedAt);
            if (!keyFiles.TryAdd(directory.Name, file))
            {
                // Two that differ only in case: neither is the one that is meant.
                keyFiles[directory.Name] = KeyFile.Broken;
            }

            if (config is not null)
            {
                privateKeys.Add(new(directory.Name, config, file));
            }
        }

        foreach (var fault in section?.Faults ?? [])
        {
            _ = keyFiles.TryAdd(fault.Name, KeyFile.Broken);
        }
    }

    private void ReadCertificates(TreeDirectory? section)
    {
        foreach (var (directory, metadata) in Items(section, DataTree.CertificateMetadata))
        {
            if (metadata is not null && CertificateConfig.Read(metadata, reading) is { } config)
            {
                var privateKeyName = config.PrivateKey?.Name ?? directory.Name;
                orders.CheckReference(config.PrivateKey);
                certificates.Add(new(directory.Name, config, privateKeyName, orders.Read(directory, privateKeyName)));
            }
        }
    }

    /// <summary>The directories in a section, with the metadata of those that can be items: well named, one of a name.</summary>
    private IEnumerable<(TreeDirectory Directory, TreeEntry? Metadata)> Items(TreeDirectory? section, string metadataName)
    {
        if (section is null)
        {
            yield break;
        }

        reading.Visit(section);
        foreach (var twins in section.Directories.GroupBy(directory => directory.Name, StringComparer.OrdinalIgnoreCase))
        {
            foreach (var directory in twins)
            {
                reading.Visit(directory);
                var metadata = directory[metadataName];
                var fault =
                    !DataTree.IsItemName(directory.Name) ? "this is no name of an item; rename the directory with letters, digits and . _ ~ - only"
                    : twins.Skip(1).Any() ? "another item's name differs from this one only in case, so neither is served; rename one"
                    : metadata is null ? $"there is no {metadataName} in this directory; make one, or remove the directory"
                    : null;
                if (fault is not null)
                {
                    reading.Error(directory.Path, fault);
                }

                yield return (directory, fault is null ? metadata : null);
            }
        }
    }
}
