namespace LeGo.Lite.Bench;

/// <summary>What a figure should be, and is. Nothing fails if it is not: that is for the reader to judge.</summary>
internal sealed record Target(string Figure, string Wanted, string Measured, bool IsMet)
{
    public static Target AtLeast(string figure, double wanted, double measured) =>
        new(figure, $"≥ {wanted}", Figures.Ratio(measured), measured >= wanted);

    public static Target AtMost(string figure, double wanted, double measured, Func<double, string> format) =>
        new(figure, $"≤ {format(wanted)}", format(measured), measured <= wanted);
}
