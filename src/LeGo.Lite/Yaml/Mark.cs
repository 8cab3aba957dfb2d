namespace LeGo.Lite.Yaml;

/// <summary>Where a node stands: the file (or environment variable, or option) it came from, and the position in it.</summary>
internal readonly record struct Mark(string File, Position Position);
