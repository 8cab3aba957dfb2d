namespace LeGo.Lite.Tests.Http;

/// <summary>Something goes wrong in the middle of every request.</summary>
internal sealed class BrokenClock : TimeProvider
{
    public const string Message = "the clock has stopped";

    public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException(Message);
}
