using LeGo.Lite.Config;
using LeGo.Lite.Files;

namespace LeGo.Lite.Catalog;

/// <summary>
/// Where the catalog comes from, and what is known of it: a scan looks at everything, but reads and
/// makes only what changed.
/// </summary>
/// <param name="data">The data directory.</param>
/// <param name="dataLinks">Directories outside it into which links may lead.</param>
/// <param name="tls">Where the server's own certificate is; null: it needs none.</param>
internal sealed class CatalogSource(string data, IReadOnlyList<string> dataLinks, TlsConfig? tls = null)
{
    private readonly TlsReader? tlsReader = tls is null ? null : new(tls);
    private TreeReader reader = new();
    private TreeLook? tree;
    private CatalogSnapshot? made;
    private DateTimeOffset scannedAt;

    public string Data => data;

    /// <summary>A file written to less long ago than this makes the snapshot unsettled.</summary>
    public TimeSpan Debounce { get; init; }

    /// <summary>Reads the tree from the disk: walk, prove, make.</summary>
    /// <param name="now">The moment of the scan.</param>
    /// <param name="served">What is served until now. The same is returned if nothing changed.</param>
    /// <exception cref="IOException">The tree as a whole can't be read; the message says why.</exception>
    public CatalogSnapshot Scan(DateTimeOffset now, CatalogSnapshot? served = null)
    {
        // Orders are dropped as expired when they are read, and from what is made of them; before that time they may be valid again.
        var isBack = now < scannedAt;
        if (isBack)
        {
            (reader, tree, made) = (new(), null, null);
        }

        var freshness = new Freshness(now, Debounce);
        var seen = TreeWalk.Walk(data, DataTree.Layout, dataLinks, freshness, tree);
        if (made is not null && ReferenceEquals(made, served) && ReferenceEquals(seen, tree)
            && made.Unsettled.Count == 0 && !(made.ReviewAt <= now) && reader.IsUpToDate && tlsReader?.IsUpToDate != false)
        {
            return made;
        }

        var records = reader.Read(seen, freshness, served);
        made = CatalogSnapshot.Make(records, now, isBack ? null : served, tlsReader?.Read(records.Certificates, freshness, served?.Tls?.Record));
        (tree, scannedAt) = (seen, now);
        return made;
    }

    /// <summary>Keeps the catalog as the source is. Nothing but <paramref name="stop"/> ends it.</summary>
    public async Task FollowAsync(LiveCatalog live, TimeSpan rescan, CancellationToken stop)
    {
        using var watcher = new TreeWatcher(data, live.Announce);
        await live.RunAsync(rescan, again => watcher.Watch(tree?.Root, again), stop);
    }
}
