using System.Collections.Frozen;

namespace LeGo.Lite.Files;

/// <summary>
/// Which entries of a directory a walk looks at. It is finite, so a walk is,
/// whatever links say.
/// </summary>
internal sealed class Layout
{
    public FrozenSet<string> Files { get; init; } = [];

    /// <summary>Directories that are entered by name.</summary>
    public FrozenDictionary<string, Layout> Named { get; init; } = FrozenDictionary<string, Layout>.Empty;

    /// <summary>How to go on in any other directory; null: don't enter it.</summary>
    public Layout? Others { get; init; }

    public Layout? Below(string name) => Named.GetValueOrDefault(name) ?? Others;
}
