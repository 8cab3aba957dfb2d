using System.Runtime.CompilerServices;
using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>Where things are in the repository these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Sample { get; } = Path.Combine(Root, "data.sample");

    public static string Binary { get; } = Path.Combine(Root, "artifacts", "lego-lite");

    /// <summary>Whether it needs no library: which of the two make built last.</summary>
    public static bool IsStatic { get; } = File.Exists(Path.Combine(Root, "artifacts", "static-1"));

    public static void RequireBinary()
    {
        if (!File.Exists(Binary))
        {
            Assert.Fail($"There is no {Binary}: run make build.");
        }
    }

    private static string FindRoot([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
