using System.Runtime.CompilerServices;
using Xunit;

namespace LeGo.Lite.Tests.Support;

/// <summary>
/// Snapshot tests in Verify's conventions (ADR 0002): <c>Class.Method.verified.txt</c> beside the
/// test, <c>.received.txt</c> on a difference. Reads like Verify, so that Verify can take its place.
/// </summary>
internal static class Snapshot
{
    /// <param name="received">What the test saw.</param>
    /// <param name="parameters">Names one row of a theory: <c>Class.Method_parameters</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="method">Filled in by the compiler.</param>
    public static void Verify(
        string received,
        string? parameters = null,
        [CallerFilePath] string file = "",
        [CallerMemberName] string method = "")
    {
        var stem = Path.Combine(
            Path.GetDirectoryName(file)!,
            $"{Path.GetFileNameWithoutExtension(file)}.{method}{(parameters is null ? "" : "_" + parameters)}");
        var verifiedPath = stem + ".verified.txt";
        var receivedPath = stem + ".received.txt";

        var verified = File.Exists(verifiedPath) ? File.ReadAllText(verifiedPath) : null;
        if (verified == received)
        {
            File.Delete(receivedPath);
            return;
        }

        File.WriteAllText(receivedPath, received);
        Assert.Fail(verified is null
            ? $"No snapshot yet. If {receivedPath} is right, rename it to {Path.GetFileName(verifiedPath)}."
            : $"The snapshot differs. Compare {receivedPath} with {Path.GetFileName(verifiedPath)}.\n{FirstDifference(verified, received)}");
    }

    private static string FirstDifference(string verified, string received)
    {
        var old = verified.Split('\n');
        var now = received.Split('\n');
        var line = 0;
        while (line < old.Length && line < now.Length && old[line] == now[line])
        {
            line++;
        }

        return $"line {line + 1}:\n- {old.ElementAtOrDefault(line)}\n+ {now.ElementAtOrDefault(line)}";
    }
}
