namespace LeGo.Lite.Bench;

/// <summary>Who runs where, as taskset takes it: neither of the two takes time from the other.</summary>
internal static class Cores
{
    public const string Server = "0";
    public const string Load = "1";
}
