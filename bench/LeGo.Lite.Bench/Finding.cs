namespace LeGo.Lite.Bench;

/// <summary>What a section found.</summary>
/// <param name="Text">The section, but for what all sections begin with.</param>
internal sealed record Finding(string Text)
{
    /// <summary>Versions of what only this section uses, and other circumstances of its own.</summary>
    public IReadOnlyList<(string What, string Version)> Circumstances { get; init; } = [];

    public IReadOnlyList<Target> Targets { get; init; } = [];
}
