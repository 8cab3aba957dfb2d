using LeGo.Lite.Files;

namespace LeGo.Lite.Catalog;

/// <summary>
/// Where the catalog comes from, and what is known of it: a scan looks at everything, but reads and
/// makes only what changed.
/// </summary>
/// <param name="data">The data directory.</param>
/// <param name="dataLinks">Directories outside it into which links may lead.</param>
internal sealed class CatalogSource(string data, IReadOnlyList<string> dataLinks)
{
    private TreeReader reader = new();
    private TreeDirectory? tree;
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
        if (now < scannedAt)
        {
            // The clock went back: orders that were let go may be valid again.
            (reader, tree, made) = (new(), null, null);
        }

        var quiet = new Quiet(now, Debounce);
        var seen = TreeWalk.Walk(data, DataTree.Layout, dataLinks, quiet, tree);
        if (made is not null && ReferenceEquals(made, served) && ReferenceEquals(seen, tree) && reader.IsUpToDate)
        {
            return made;
        }

        made = CatalogSnapshot.Make(reader.Read(seen, quiet, served), now, served);
        (tree, scannedAt) = (seen, now);
        return made;
    }

    /// <summary>Keeps the catalog as the source is. Nothing but <paramref name="stop"/> ends it.</summary>
    public async Task FollowAsync(LiveCatalog live, TimeSpan rescan, CancellationToken stop)
    {
        using var watcher = new TreeWatcher(data, dataLinks, live.Announce);
        await live.RunAsync(rescan, Debounce, anew => (watcher.Arm(anew), watcher.Fault), stop);
    }
}
