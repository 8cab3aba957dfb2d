namespace LeGo.Lite.Bench;

/// <summary>One run against one server.</summary>
/// <param name="Rate">Requests, or handshakes, a second.</param>
/// <param name="Cpu">Seconds of the server's CPU for each.</param>
/// <param name="Busy">The share of its core that the server used: with much less than all of it the load was the limit.</param>
/// <param name="P50">Seconds.</param>
/// <param name="P99">Seconds.</param>
internal readonly record struct Turn(double Rate, double Cpu, double Busy, double P50 = 0, double P99 = 0);

/// <summary>Runs against ours and nginx, by turns.</summary>
internal sealed class Turns
{
    public const int Rounds = 11;
    private const int WarmUpSeconds = 1;

    private readonly (Turn Ours, Turn Nginx)[] rounds = new (Turn, Turn)[Rounds];

    private Turns()
    {
    }

    /// <param name="seconds">What each run lasts.</param>
    /// <param name="oursAsync">A run of so many seconds against ours.</param>
    /// <param name="nginxAsync">A run of so many seconds against nginx.</param>
    public static async Task<Turns> TakeAsync(int seconds, Func<int, Task<Turn>> oursAsync, Func<int, Task<Turn>> nginxAsync)
    {
        _ = await oursAsync(WarmUpSeconds);
        _ = await nginxAsync(WarmUpSeconds);
        var turns = new Turns();
        for (var round = 0; round < Rounds; round++)
        {
            // Who is first changes with each round.
            if (round % 2 == 0)
            {
                turns.rounds[round].Ours = await oursAsync(seconds);
                turns.rounds[round].Nginx = await nginxAsync(seconds);
            }
            else
            {
                turns.rounds[round].Nginx = await nginxAsync(seconds);
                turns.rounds[round].Ours = await oursAsync(seconds);
            }
        }

        return turns;
    }

    public double Ours(Func<Turn, double> figure) => rounds.Select(round => figure(round.Ours)).Median();

    public double Nginx(Func<Turn, double> figure) => rounds.Select(round => figure(round.Nginx)).Median();

    /// <summary>Of ours to nginx's, round by round: what changes in the machine changes both.</summary>
    public double Ratio(Func<Turn, double> figure) => Ratios(figure).Median();

    /// <summary>What half of the rounds' ratios are between.</summary>
    public (double Low, double High) Middle(Func<Turn, double> figure)
    {
        var sorted = Ratios(figure).Order().ToArray();
        return (sorted[Rounds / 4], sorted[^(1 + (Rounds / 4))]);
    }

    private IEnumerable<double> Ratios(Func<Turn, double> figure) => rounds.Select(round => figure(round.Ours) / figure(round.Nginx));
}
