namespace LeGo.Lite.EndToEnd.Support;

/// <summary>Settings of when a server reads its tree again.</summary>
internal static class Reload
{
    /// <summary>For tests of what the watcher sees: no rescan comes while one runs.</summary>
    public static readonly (string Name, string Value) NoRescan = Rescan("1h");

    public static (string Name, string Value) Rescan(string time) => ("LEGO_LITE_RELOAD__RESCAN", time);

    public static (string Name, string Value) Debounce(int milliseconds) => ("LEGO_LITE_RELOAD__DEBOUNCE", $"{milliseconds}ms");
}
