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

    // Far above what any setting has; a variable's name can be of any length.
    private const int MaxLevels = 8;

    /// <summary>
    /// Lays the variables named <c>LEGO_LITE_</c> + the upper-cased path with <c>__</c> between its
    /// levels over <paramref name="settings"/>; below the first level a number is an index in a list.
    /// </summary>
    public static YamlMapping WithEnvironment(
        this YamlMapping settings, IEnumerable<KeyValuePair<string, string>> variables, List<Problem> problems)
    {
        foreach (var (name, path, value) in variables
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(variable => (variable.Key, Path: variable.Key[Prefix.Length..].ToLowerInvariant().Split("__"), variable.Value))
            .Where(variable => !IsOfKubernetes(variable.Path))
            .OrderBy(variable => SortKey(variable.Path), StringComparer.Ordinal))
        {
            var scalar = new YamlScalar(new(name, Position.Start), value, Plain: true);
            if (path.Length <= MaxLevels && With(settings, path, scalar) is YamlMapping laid)
            {
                settings = laid;
            }
            else
            {
                problems.Add(Problem.Error(name, Position.Start, "this variable names no setting, or leaves a gap in a list; lists count from 0"));
            }
        }

        return settings;
    }

    /// <summary>Lays one value over <paramref name="settings"/>, a whole list if it is one.</summary>
    public static YamlMapping With(this YamlMapping settings, string key, YamlNode value) => (YamlMapping)With(settings, [key], value)!;

    // What Kubernetes puts into every pod for a service that is named lego-lite.
    private static bool IsOfKubernetes(string[] path) =>
        path is [var only] && (only is "port" or "service_host" || only.StartsWith("port_", StringComparison.Ordinal)
            || only.StartsWith("service_port", StringComparison.Ordinal));

    // An index follows the one before it: numbers by value.
    private static string SortKey(string[] path) =>
        string.Join("__", path.Select(level => Index(level)?.ToString("D10", CultureInfo.InvariantCulture) ?? level));

    /// <summary>Null if there is no such place.</summary>
    private static YamlNode? With(YamlNode? node, ReadOnlySpan<string> path, YamlNode value)
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
            return index > items.Length || With(items.ElementAtOrDefault(index), rest, value) is not { } item ? null
                : new YamlSequence(node?.Mark ?? value.Mark, index < items.Length ? items.SetItem(index, item) : items.Add(item));
        }

        var entries = (node as YamlMapping)?.Entries ?? [];
        var old = entries.FirstOrDefault(entry => entry.Key == key);
        if (With(old?.Value, rest, value) is not { } inner)
        {
            return null;
        }

        var entry = new YamlEntry(value.Mark, key, inner);
        return new YamlMapping(node?.Mark ?? value.Mark, old is null ? entries.Add(entry) : entries.Replace(old, entry));
    }

    private static int? Index(string level) =>
        int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}
