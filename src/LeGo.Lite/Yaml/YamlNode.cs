using System.Collections.Immutable;

namespace LeGo.Lite.Yaml;

/// <summary>Where a node stands: the file (or environment variable, or option) it came from, and the position in it.</summary>
internal readonly record struct Mark(string File, Position Position);

/// <summary>One value of a YAML document. Every scalar is text; what type it should be is the schema's word, not YAML's.</summary>
internal abstract record YamlNode(Mark Mark);

/// <param name="Mark">Its first character, the quote included.</param>
/// <param name="Value">The text, unescaped and unfolded.</param>
/// <param name="Plain">Not quoted and not a block scalar.</param>
internal sealed record YamlScalar(Mark Mark, string Value, bool Plain) : YamlNode(Mark)
{
    /// <summary>Never the value: it may be an API key.</summary>
    public override string ToString() => $"scalar at {Mark.File}:{Mark.Position.Line}:{Mark.Position.Column}";
}

internal sealed record YamlSequence(Mark Mark, ImmutableArray<YamlNode> Items) : YamlNode(Mark);

internal sealed record YamlMapping(Mark Mark, ImmutableArray<YamlEntry> Entries) : YamlNode(Mark)
{
    /// <summary>The value of a key, null if there is none. Keys are unique and compare ordinally.</summary>
    public YamlNode? this[string key]
    {
        get
        {
            foreach (var entry in Entries)
            {
                if (entry.Key == key)
                {
                    return entry.Value;
                }
            }

            return null;
        }
    }
}

/// <param name="Mark">Where the key stands.</param>
/// <param name="Key">The key's text; it may be anything, so it must not get into a problem.</param>
/// <param name="Value">What the key is set to.</param>
internal sealed record YamlEntry(Mark Mark, string Key, YamlNode Value)
{
    /// <inheritdoc cref="YamlScalar.ToString"/>
    public override string ToString() => $"entry at {Mark.File}:{Mark.Position.Line}:{Mark.Position.Column}";
}
