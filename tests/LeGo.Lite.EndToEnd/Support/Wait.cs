using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

internal static class Wait
{
    /// <summary>Only against what hangs; nothing here is expected to take that long.</summary>
    public static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    /// <summary>Until it is so. The deadline is a safety net: nothing depends on how long it is.</summary>
    /// <param name="isSo">Asked again and again.</param>
    /// <param name="what">What never happened, for the message.</param>
    public static void Until(Func<bool> isSo, Func<string> what)
    {
        var deadline = DateTime.UtcNow + Wait.SafetyNet;
        while (!isSo())
        {
            if (DateTime.UtcNow > deadline)
            {
                Assert.Fail($"This never happened: {what()}");
            }

            Thread.Sleep(25);
        }
    }
}
