using LeGo.Lite.Files;

namespace LeGo.Lite.Catalog;

/// <summary>
/// One reading of an item: the problems found, whether something was changing meanwhile, and the files
/// outside its directory that it rests on.
/// </summary>
/// <param name="freshness">When a file is at rest.</param>
internal sealed class Reading(Freshness freshness)
{
    // Files that metadata names, such as a mounted secret.
    private readonly List<(string Path, FileStamp Stamp)> named = [];
    private bool isRacy;

    public List<Problem> Problems { get; } = [];

    public bool Unsettled { get; private set; }

    /// <summary>Nothing outside the item's directory asks for another reading.</summary>
    public bool IsUpToDate => !Unsettled && !isRacy && named.TrueForAll(file => FileStamp.Of(file.Path) == file.Stamp);

    /// <summary>The bytes of a file of the tree; null, with a problem, if they can't be had.</summary>
    public byte[]? Bytes(TreeFile file, int maxBytes)
    {
        Visit(file);
        return Take(FileContent.Read(file, maxBytes), fault => Error(file.Path, $"can't read this file: {fault}"));
    }

    /// <summary>The bytes of a file that metadata names; null, with <paramref name="report"/> called, if they can't be had.</summary>
    public byte[]? Bytes(string path, int maxBytes, Action<string> report)
    {
        var stamp = FileStamp.Of(path);
        named.Add((path, stamp));
        Unsettled |= freshness.IsChanging(stamp);
        isRacy |= freshness.IsRacy(stamp);
        return Take(FileContent.Read(path, maxBytes), report);
    }

    public void Visit(TreeFile file) => Unsettled |= freshness.IsChanging(file.Stamp);

    /// <summary>Reports what stands in a directory and can't be used.</summary>
    public void Visit(TreeDirectory directory)
    {
        Unsettled |= freshness.IsChanging(directory.Stamp);
        foreach (var fault in directory.Faults)
        {
            Unsettled |= fault.Unsettled;
            Error(fault.Path, fault.Text);
        }
    }

    public void Error(string path, string text) => Problems.Add(Problem.Error(path, Position.Start, text));

    private byte[]? Take(in FileContent content, Action<string> report)
    {
        Unsettled |= content.Unsettled;
        if (content.Fault is { } fault)
        {
            report(fault);
        }

        return content.Bytes;
    }
}
