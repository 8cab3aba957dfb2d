namespace LeGo.Lite;

/// <summary>What the process tells its parent (SPEC 7).</summary>
internal static class ExitStatus
{
    public const int Fine = 0;
    public const int Failure = 1;
    public const int WrongUsage = 2;
}
