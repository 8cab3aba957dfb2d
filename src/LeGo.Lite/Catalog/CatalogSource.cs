using LeGo.Lite.Files;

namespace LeGo.Lite.Catalog;

/// <summary>Where the catalog comes from.</summary>
/// <param name="Data">The data directory.</param>
/// <param name="DataLinks">Directories outside it into which links may lead.</param>
internal sealed record CatalogSource(string Data, IReadOnlyList<string> DataLinks)
{
    /// <summary>A file written to less long ago than this makes the snapshot unsettled.</summary>
    public TimeSpan Debounce { get; init; }

    /// <summary>Reads the tree from the disk: walk, prove, make.</summary>
    /// <exception cref="IOException">The tree as a whole can't be read; the message says why.</exception>
    public CatalogSnapshot Scan(DateTimeOffset now) =>
        CatalogSnapshot.Make(TreeReader.Read(TreeWalk.Walk(Data, DataTree.Layout, DataLinks), new(now, Debounce)), now);
}
