namespace LeGo.Lite.Yaml;

/// <summary>Well-formed YAML of a kind that is not taken here. Never leaves <see cref="YamlReader"/>.</summary>
#pragma warning disable CA1032 // It always has a place and an advice; the standard constructors have neither.
internal sealed class RefusedYamlException(long index, string advice) : Exception(advice)
#pragma warning restore CA1032
{
    /// <summary>In UTF-16 units from the start of the text.</summary>
    public long Index => index;
}
