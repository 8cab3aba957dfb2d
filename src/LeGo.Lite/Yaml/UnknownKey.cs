namespace LeGo.Lite.Yaml;

/// <summary>What to do about a key that means nothing. Names known keys only: the unknown one may be a misplaced secret.</summary>
internal static class UnknownKey
{
    /// <summary>Two slips of the finger; more and the guess would be wild.</summary>
    private const int MaxDistance = 2;

    public static string Advice(string unknown, List<string> known)
    {
        var (nearest, distance) = known
            .Select(key => (Key: key, Distance: Distance(unknown, key)))
            .DefaultIfEmpty((Key: "", Distance: int.MaxValue))
            .MinBy(candidate => candidate.Distance);
        return known.Count == 0 ? "remove this unknown key"
            : distance <= MaxDistance && distance < nearest.Length ? $"unknown key; did you mean {nearest}? Known here: {string.Join(", ", known)}"
            : $"unknown key. Known here: {string.Join(", ", known)}";
    }

    /// <summary>How many characters to insert, delete or replace; case and <c>-</c> for <c>_</c> count nothing.</summary>
    private static int Distance(string unknown, string key)
    {
        if (Math.Abs(unknown.Length - key.Length) > MaxDistance)
        {
            return int.MaxValue; // A key may be 64 KiB long: don't measure what can't be near.
        }

        var previous = Enumerable.Range(0, key.Length + 1).ToArray();
        for (var i = 0; i < unknown.Length; i++)
        {
            var row = new int[key.Length + 1];
            row[0] = i + 1;
            for (var j = 0; j < key.Length; j++)
            {
                var replace = previous[j] + (Fold(unknown[i]) == Fold(key[j]) ? 0 : 1);
                row[j + 1] = Math.Min(replace, Math.Min(previous[j + 1], row[j]) + 1);
            }

            previous = row;
        }

        return previous[^1];
    }

    private static char Fold(char c) => c == '-' ? '_' : char.ToLowerInvariant(c);
}
