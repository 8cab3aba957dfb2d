using System.Globalization;
using LeGo.Lite.Yaml;

namespace LeGo.Lite.Config;

/// <summary>
/// Lays settings over settings: the file, then the environment, then flags. Each value keeps the
/// mark of where it came from, so that a problem names the place to correct.
/// </summary>
internal static class ConfigLayers
{
    private const string Prefix = "LEGO_LITE_";

    /// <summary>
    /// Lays the variables named <c>LEGO_LITE_</c> + the upper-cased path with <c>__</c> between its
    /// levels over <paramref name="settings"/>; a number is an index in a list.
    /// </summary>
    public static YamlMapping WithEnvironment(this YamlMapping settings, IEnumerable<KeyValuePair<string, string>> variables)
    {
        // By name, numbers by value: an index follows the one before it. (CompareOptions.NumericOrdering
        // does nothing under invariant globalization.)
        foreach (var (name, path, value) in variables
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(variable => (variable.Key, Path: variable.Key[Prefix.Length..].ToLowerInvariant().Split("__"), variable.Value))
            .OrderBy(variable => string.Join("__", variable.Path.Select(level => Index(level)?.ToString("D10", CultureInfo.InvariantCulture) ?? level)), StringComparer.Ordinal))
        {
            settings = (YamlMapping)With(settings, path, new YamlScalar(new(name, Position.Start), value, Plain: true));
        }

        return settings;
    }

    /// <summary>Lays one value over <paramref name="settings"/>, a whole list if it is one.</summary>
    public static YamlMapping With(this YamlMapping settings, string key, YamlNode value) => (YamlMapping)With(settings, [key], value);

    private static YamlNode With(YamlNode? node, ReadOnlySpan<string> path, YamlNode value)
    {
        if (path.IsEmpty)
        {
            return value;
        }

        var key = path[0];
        var rest = path[1..];
        if (node is not YamlMapping && Index(key) is { } index)
        {
            var items = (node as YamlSequence)?.Items ?? [];
            var item = With(items.ElementAtOrDefault(index), rest, value);
            return new YamlSequence(node?.Mark ?? value.Mark, index < items.Length ? items.SetItem(index, item) : items.Add(item));
        }

        var entries = (node as YamlMapping)?.Entries ?? [];
        var old = entries.FirstOrDefault(entry => entry.Key == key);
        var entry = new YamlEntry(value.Mark, key, With(old?.Value, rest, value));
        return new YamlMapping(node?.Mark ?? value.Mark, old is null ? entries.Add(entry) : entries.Replace(old, entry));
    }

    private static int? Index(string level) =>
        int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}
