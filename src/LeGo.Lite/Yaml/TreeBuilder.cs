using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LeGo.Lite.Yaml;

/// <summary>
/// Turns the library's events into a tree. Limits are checked as events arrive: the library's
/// scanner is quadratic in nesting, so it must not be asked for what would be refused anyway.
/// It runs at most one possible key ahead, 1024 characters, so what it does before that is bounded.
/// </summary>
internal sealed class TreeBuilder(string file, SourceText source, IParser parser)
{
    /// <summary>The top-level mapping is the first level.</summary>
    private const int MaxDepth = 8;

    /// <summary>Keys and values together; far above any real file.</summary>
    private const int MaxNodes = 4096;

    private int depth;
    private int nodes;

    /// <exception cref="RefusedYamlException">The document is not of the kind taken here.</exception>
    /// <exception cref="YamlException">It is not YAML.</exception>
    public YamlMapping Build()
    {
        Next(); // the stream's start
        if (Next() is StreamEnd end)
        {
            return new YamlMapping(MarkOf(end), []);
        }

        var top = Next() switch
        {
            MappingStart start => ReadMapping(start),
            Scalar { Value: "", Style: ScalarStyle.Plain } empty => new YamlMapping(MarkOf(empty), []),
            var other => throw Refused(other, "write keys and values, as in key: value"),
        };

        Next(); // the document's end
        if (Next() is not StreamEnd and var second)
        {
            throw Refused(second, "remove this second document: a file holds one");
        }

        return top;
    }

    private ParsingEvent Next()
    {
        if (!parser.MoveNext())
        {
            throw new InvalidOperationException("The parser ended before its stream did.");
        }

        var current = parser.Current!;
        if (current is AnchorAlias)
        {
            throw Refused(current, "write the value out: aliases are not allowed, and text that begins with * needs quotes");
        }

        if (current is NodeEvent node)
        {
            Check(node);
        }

        return current;
    }

    private void Check(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            throw Refused(node, "remove the anchor, or put quotes around text that begins with &");
        }

        if (!node.Tag.IsEmpty)
        {
            throw Refused(node, "remove the tag, or put quotes around text that begins with !");
        }

        if (++nodes > MaxNodes)
        {
            throw Refused(node, $"shorten the file: it may hold {MaxNodes} keys and values");
        }
    }

    private YamlNode ReadNode(ParsingEvent first) => first switch
    {
        Scalar scalar => new YamlScalar(MarkOf(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain),
        SequenceStart start => ReadSequence(start),
        MappingStart start => ReadMapping(start),
        _ => throw Refused(first, SyntaxAdvice.Default),
    };

    private YamlSequence ReadSequence(SequenceStart start)
    {
        Enter(start);
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (Next() is not SequenceEnd and var item)
        {
            items.Add(ReadNode(item));
        }

        depth--;
        return new YamlSequence(MarkOf(start), items.ToImmutable());
    }

    private YamlMapping ReadMapping(MappingStart start)
    {
        var next = Next();

        // The library gives a pair in a list, as in [a: b], no place of its own.
        var place = depth > 0 && start.Start.Equals(YamlDotNet.Core.Mark.Empty) ? next : start;
        Enter(place);
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (; next is not MappingEnd; next = Next())
        {
            if (next is not Scalar key)
            {
                throw Refused(next, "write a plain text as the key");
            }

            if (!keys.Add(key.Value))
            {
                throw Refused(key, "remove this key: it is there twice");
            }

            entries.Add(new YamlEntry(MarkOf(key), key.Value, ReadNode(Next())));
        }

        depth--;
        return new YamlMapping(MarkOf(place), entries.ToImmutable());
    }

    private void Enter(ParsingEvent start)
    {
        if (++depth > MaxDepth)
        {
            throw Refused(start, $"nest less: {MaxDepth} levels are allowed");
        }
    }

    private Mark MarkOf(ParsingEvent at) => new(file, source.At(at.Start.Index));

    private static RefusedYamlException Refused(ParsingEvent at, string advice) => new(at.Start.Index, advice);
}
