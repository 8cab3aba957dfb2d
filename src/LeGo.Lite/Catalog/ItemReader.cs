using System.Collections.Immutable;
using LeGo.Lite.Files;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>What the directory of a private key item holds; without a config the item is closed.</summary>
internal sealed record KeyContent(KeyConfig? Config, KeyFile File);

/// <summary>What the directory of a certificate item holds; without a config the item is closed.</summary>
internal sealed record CertificateContent(CertificateConfig? Config)
{
    /// <summary>Orders that are served if their key fits.</summary>
    public ImmutableArray<OrderDraft> Drafts { get; init; } = [];

    /// <summary>Orders of which something is broken or can't be read.</summary>
    public ImmutableArray<BrokenOrder> Broken { get; init; } = [];

    /// <summary>None of the orders can be read.</summary>
    public TreeFault? OrdersFault { get; init; }

    /// <summary>Every private key that is named.</summary>
    public ImmutableArray<KeyReference> References { get; init; } = [];
}

/// <summary>An order as it was found, before its key was looked for.</summary>
internal sealed record OrderDraft(
    TreeDirectory Directory, OrderConfig Config, CertificateChain Chain, TreeEntry ChainFile, string PrivateKeyName, KeyFile KeyFile)
{
    public DateTimeOffset CreatedAt => Config.CreatedAt ?? Chain.NotBefore;
}

/// <summary>An order whose chain or key is there but can't be used.</summary>
/// <param name="Directory">Its own, or what is wrong with that.</param>
/// <param name="KeyFile">The key beside it.</param>
internal sealed record BrokenOrder(TreeEntry Directory, KeyFile KeyFile);

/// <summary>
/// One item's directory to what it holds. Nothing outside it decides, but for files that metadata
/// names, so it is read again only when it has changed.
/// </summary>
/// <param name="reading">Takes the problems.</param>
/// <param name="pemFiles">Of the whole scan.</param>
/// <param name="now">An order that is over by then is dropped.</param>
internal sealed class ItemReader(Reading reading, PemFiles pemFiles, DateTimeOffset now)
{
    public KeyContent Key(TreeDirectory directory)
    {
        var config = Metadata(directory, DataTree.KeyMetadata) is { } metadata ? KeyConfig.Read(metadata, reading) : null;
        return new(config, KeyFile(directory, config?.UpdatedAt));
    }

    public CertificateContent Certificate(TreeDirectory directory)
    {
        if (Metadata(directory, DataTree.CertificateMetadata) is not { } metadata || CertificateConfig.Read(metadata, reading) is not { } config)
        {
            return new(null as CertificateConfig);
        }

        var references = ImmutableArray.CreateBuilder<KeyReference>();
        var drafts = ImmutableArray.CreateBuilder<OrderDraft>();
        var broken = ImmutableArray.CreateBuilder<BrokenOrder>();
        if (config.PrivateKey is { } named)
        {
            references.Add(named);
        }

        var orders = directory[DataTree.Orders];
        if (orders is TreeDirectory section)
        {
            reading.Visit(section);
            broken.AddRange(section.Faults.Select(fault => new BrokenOrder(fault, Catalog.KeyFile.Broken)));
            foreach (var order in section.Directories)
            {
                Order(order, config.PrivateKey?.Name ?? directory.Name);
            }
        }

        return new(config)
        {
            Drafts = drafts.DrainToImmutable(),
            Broken = broken.DrainToImmutable(),
            OrdersFault = orders as TreeFault,
            References = references.DrainToImmutable(),
        };

        void Order(TreeDirectory order, string privateKeyName)
        {
            reading.Visit(order);
            var orderConfig = order[DataTree.OrderMetadata] is { } orderMetadata ? OrderConfig.Read(orderMetadata, reading) : OrderConfig.Default;
            if (orderConfig?.PrivateKey is { } reference)
            {
                references.Add(reference);
                privateKeyName = reference.Name;
            }

            var (chainFile, ambiguous) = OneOf(order, DataTree.ChainFileNames);
            var chain = chainFile is TreeFile file ? pemFiles.Chain(file, reading) : null;
            var keyFile = KeyFile(order, updatedAt: null);
            if (orderConfig is not { Status: OrderStatus.Valid, KnownRevoked: false })
            {
                return;
            }

            if (chainFile is null && !ambiguous)
            {
                var (certbot, kubernetes) = DataTree.ChainFileNames;
                reading.Error(
                    order.Path,
                    $"this order is valid but has no {certbot} or {kubernetes}; put the chain here, or set its status in {DataTree.OrderMetadata}");
            }
            else if (chain is null || keyFile.IsBroken)
            {
                broken.Add(new(order, keyFile));
            }
            else if (now < chain.NotAfter)
            {
                drafts.Add(new(order, orderConfig, chain, chainFile!, privateKeyName, keyFile));
            }
        }
    }

    /// <summary>The metadata of a directory that can be an item; null, with a problem, if it can't.</summary>
    private TreeEntry? Metadata(TreeDirectory directory, string name)
    {
        reading.Visit(directory);
        var metadata = directory[name];
        var fault =
            !DataTree.IsItemName(directory.Name) ? "this is no name of an item; rename the directory with letters, digits and . _ ~ - only"
            : metadata is null ? $"there is no {name} in this directory; make one, or remove the directory"
            : null;
        if (fault is not null)
        {
            reading.Error(directory.Path, fault);
        }

        return fault is null ? metadata : null;
    }

    /// <summary>The one private key file of a directory, be it an item's or an order's.</summary>
    private KeyFile KeyFile(TreeDirectory directory, DateTimeOffset? updatedAt)
    {
        var (entry, ambiguous) = OneOf(directory, DataTree.KeyFileNames);
        return entry is null && !ambiguous ? Catalog.KeyFile.Absent
            : entry is TreeFile file && pemFiles.PrivateKey(file, reading) is { } key ? new(new(key, updatedAt ?? file.Stamp.ModifiedAt))
            : Catalog.KeyFile.Broken;
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
