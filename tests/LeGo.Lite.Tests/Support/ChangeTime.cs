using LeGo.Lite.Files;

namespace LeGo.Lite.Tests.Support;

/// <summary>The kernel's clock for file times ticks every few milliseconds: two changes within one tick look alike.</summary>
internal static class ChangeTime
{
    /// <summary>Returns as soon as a change made from now on has a later time than all before.</summary>
    public static void WaitForNext(TempTree tree)
    {
        var first = Touch(tree);
        while (Touch(tree) == first)
        {
        }
    }

    private static long Touch(TempTree tree)
    {
        tree.Write("../clock", "");
        return ((TreeFile)TreeWalk.Walk($"{tree.Data}/..", new() { Files = ["clock"] }, []).Root["clock"]!).Stamp.Changed;
    }
}
