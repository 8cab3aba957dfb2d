using System.Collections.Immutable;
using System.Globalization;

namespace LeGo.Lite.Yaml;

/// <summary>
/// Reads the fields of one mapping, strictly: each value asked for has its one type, a key nobody
/// asked for is an error (SPEC 2). What is absent is null without a problem; what is wrong is null with one.
/// </summary>
internal sealed class FieldReader(YamlMapping mapping, List<Problem> problems)
{
    private readonly List<string> known = [];
    private readonly List<FieldReader> nested = [];
    private bool failed;

    /// <summary>Where the mapping stands.</summary>
    public Mark Mark => mapping.Mark;

    /// <summary>An error was reported through this reader or a nested one.</summary>
    public bool Failed => failed || nested.Exists(reader => reader.Failed);

    /// <summary>Is the key there? It counts as asked for from now on.</summary>
    public bool Has(string key) => Ask(key) is not null;

    /// <summary>Where the value stands; where the mapping stands if the key is absent.</summary>
    public Mark MarkOf(string key) => mapping[key]?.Mark ?? Mark;

    /// <summary>Any text but YAML's words for nothing.</summary>
    public YamlScalar? Text(string key) => Ask(key) is { } value ? AsText(value) : null;

    /// <summary>Plain <c>true</c> or <c>false</c>, no other spelling.</summary>
    public bool? Flag(string key)
    {
        switch (Ask(key))
        {
            case null:
                return null;
            case YamlScalar { Plain: true, Value: "true" }:
                return true;
            case YamlScalar { Plain: true, Value: "false" }:
                return false;
            case var wrong:
                Error(wrong.Mark, "write true or false");
                return null;
        }
    }

    /// <summary>An RFC 3339 date and time, in UTC whatever offset it was written with.</summary>
    public DateTimeOffset? Timestamp(string key) => Parsed(key, Rfc3339.Parse, "write a time as 2026-11-01T08:00:00Z");

    /// <summary>A positive whole number and its unit: 250ms, 30s, 5m, 1h.</summary>
    public TimeSpan? Duration(string key) => Parsed(key, DurationText.Parse, "write a time span as 250ms, 30s, 5m or 1h");

    /// <summary>A whole number from 0, in digits.</summary>
    public int? Number(string key) => Parsed<int>(
        key,
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        "write a whole number, 0 or more");

    /// <summary>One of a few names, exactly as they are spelled here.</summary>
    public T? Choice<T>(string key, params ReadOnlySpan<(string Name, T Value)> choices)
        where T : struct
    {
        var value = Ask(key);
        if (value is null)
        {
            return null;
        }

        var names = new List<string>(choices.Length);
        foreach (var (name, chosen) in choices)
        {
            if (value is YamlScalar scalar && scalar.Value == name)
            {
                return chosen;
            }

            names.Add(name);
        }

        Error(value.Mark, $"write one of: {string.Join(", ", names)}");
        return null;
    }

    /// <summary>A sequence of texts. One wrong item makes the whole list null, each has its problem.</summary>
    public ImmutableArray<YamlScalar>? TextList(string key)
    {
        switch (Ask(key))
        {
            case null:
                return null;
            case YamlSequence list:
                var texts = list.Items.Select(AsText).OfType<YamlScalar>().ToImmutableArray();
                return texts.Length == list.Items.Length ? texts : null;
            case var wrong:
                Error(wrong.Mark, "write a list, as in [one, two]");
                return null;
        }
    }

    /// <summary>A mapping inside this one. Its unknown keys are reported by this reader's <see cref="Finish"/>.</summary>
    public FieldReader? Mapping(string key)
    {
        switch (Ask(key))
        {
            case null:
                return null;
            case YamlMapping inner:
                var reader = new FieldReader(inner, problems);
                nested.Add(reader);
                return reader;
            case var wrong:
                Error(wrong.Mark, "write keys and values below this key");
                return null;
        }
    }

    /// <summary>Reports every key nobody asked for, here and in nested mappings; call it once, last.</summary>
    public void Finish()
    {
        foreach (var entry in mapping.Entries)
        {
            if (!known.Contains(entry.Key))
            {
                Error(entry.Mark, UnknownKey.Advice(entry.Key, known));
            }
        }

        nested.ForEach(reader => reader.Finish());
    }

    /// <summary>Reports an error at that value, or at the mapping if the key is absent.</summary>
    /// <param name="key">Which value.</param>
    /// <param name="text">What to do; it must not quote the value.</param>
    public void Error(string key, string text) => Error(MarkOf(key), text);

    private T? Parsed<T>(string key, Func<ReadOnlySpan<char>, T?> parse, string advice)
        where T : struct
    {
        var value = Ask(key);
        var parsed = value is YamlScalar scalar ? parse(scalar.Value) : null;
        if (value is not null && parsed is null)
        {
            Error(value.Mark, advice);
        }

        return parsed;
    }

    private YamlNode? Ask(string key)
    {
        if (!known.Contains(key))
        {
            known.Add(key);
        }

        return mapping[key];
    }

    private YamlScalar? AsText(YamlNode value)
    {
        if (value is YamlScalar text and not { Plain: true, Value: "" or "~" or "null" or "Null" or "NULL" })
        {
            return text;
        }

        Error(value.Mark, "write a text here, or remove it");
        return null;
    }

    private void Error(Mark mark, string text)
    {
        failed = true;
        problems.Add(Problem.Error(mark.File, mark.Position, text));
    }
}
