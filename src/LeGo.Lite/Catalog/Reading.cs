using LeGo.Lite.Files;

namespace LeGo.Lite.Catalog;

/// <summary>One reading of the tree under way: the problems found so far, and whether a file was changing meanwhile.</summary>
internal sealed class Reading
{
    public List<Problem> Problems { get; } = [];

    public bool Unsettled { get; private set; }

    /// <summary>The bytes of a file of the tree; null, with a problem, if they can't be had.</summary>
    public byte[]? Bytes(TreeEntry entry, int maxBytes) => entry switch
    {
        TreeFile file => Settle(FileContent.Read(file, maxBytes), fault => Error(file.Path, $"can't read this file: {fault}")),

        // Reported when its directory was visited.
        _ => null,
    };

    /// <summary>The bytes of a file outside the tree; null, with <paramref name="report"/> called, if they can't be had.</summary>
    public byte[]? Bytes(string path, int maxBytes, Action<string> report) => Settle(FileContent.Read(path, maxBytes), report);

    public void Error(string path, string text) => Problems.Add(Problem.Error(path, Position.Start, text));

    public void Warning(string path, string text) => Problems.Add(Problem.Warning(path, Position.Start, text));

    private byte[]? Settle(in FileContent content, Action<string> report)
    {
        Unsettled |= content.Unsettled;
        if (content.Fault is { } fault)
        {
            report(fault);
        }

        return content.Bytes;
    }
}
