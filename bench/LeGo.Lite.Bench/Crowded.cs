using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeGo.Lite.Bench;

/// <summary>Whether many connections that do nothing, or next to nothing, slow down the one that does; from outside, with the native binary.</summary>
internal static class Crowded
{
    public const int Pairs = 1_000;
    private const int Connections = 1_000;
    private const int Rounds = 15;
    private const int Downloads = 2_000;
    private static readonly TimeSpan BetweenDrips = TimeSpan.FromMilliseconds(500);

    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        Connection.Request(Download.PathOf("certificates", Tree.Name(0)), $"apiKey: {Tree.ApiKey(0)}"));

    private static readonly string Another = Connection.Request(Download.PathOf("certificates", "x"));

    // What each of the others sends at first, and then again and again. A request without its last line is not at its end.
    private static readonly (string Name, int Count, string First, string Drip)[] Crowds =
    [
        ("nobody", 0, "", ""),
        ("nobody, once more", 0, "", ""),
        ($"{Connections:n0} that send nothing", Connections, "", ""),
        ($"{Connections:n0} that send a header, byte by byte", Connections, Another[..^2] + "X: ", "x"),
        ($"{Connections:n0} that had an answer and stay", Connections, Another, ""),
    ];

    public static async Task<Finding> RunAsync(Trees trees, CancellationToken stop)
    {
        using var server = new Server(await trees.GetAsync(Pairs, stop));
        await server.FirstDownloadAsync(stop);

        var ticks = Crowds.Select(_ => new List<long>()).ToArray();
        for (var round = 0; round <= Rounds; round++)
        {
            for (var i = 0; i < Crowds.Length; i++)
            {
                // In another order each time: who comes after whom must not matter.
                var crowd = (i + round) % Crowds.Length;
                var times = await MeasureAsync(server.Port, crowd, stop);

                // The first round is to warm up.
                ticks[crowd].AddRange(round == 0 ? [] : times);
            }
        }

        var table = new Table("others", "p50", "p99", "p50 to nobody's", "p99 to nobody's");
        var percentiles = ticks.Select(Percentiles).ToArray();
        var nobody = percentiles[0];
        foreach (var (crowd, (p50, p99)) in Crowds.Zip(percentiles))
        {
            table.Add(crowd.Name, Figures.Time(p50), Figures.Time(p99), Figures.Ratio(p50 / nobody.P50), Figures.Ratio(p99 / nobody.P99));
        }

        return new($"""
            What one client waits for a download over loopback, one after the other on one connection, while others hold theirs: the native binary
            with default settings (but a log of warnings only, and failed logins answered without end) and a tree of {Pairs:n0} pairs.
            {Rounds} rounds of {Downloads:n0} downloads for each kind of others, by turns; those that drip send their byte every {BetweenDrips.TotalMilliseconds} ms, all of them
            in the same process that measures. "Nobody, once more" is the control: the noise.

            {table}
            """);
    }

    private static async Task<long[]> MeasureAsync(int port, int crowd, CancellationToken stop)
    {
        var (_, count, first, drip) = Crowds[crowd];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var others = new List<Socket>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                others.Add(other);
                await other.ConnectAsync(IPAddress.Loopback, port, stop);
                await other.SendAsync(Encoding.ASCII.GetBytes(first), stop);
            }

            var dripping = DripAsync(others, Encoding.ASCII.GetBytes(drip), end.Token);
            using var connection = new Connection(port);
            var times = new long[Downloads];
            for (var i = 0; i < Downloads; i++)
            {
                stop.ThrowIfCancellationRequested();
                times[i] = connection.TimeDownload(Request);
            }

            await end.CancelAsync();
            await dripping;
            return times;
        }
        finally
        {
            others.ForEach(other => other.Dispose());
        }
    }

    private static async Task DripAsync(List<Socket> others, byte[] drip, CancellationToken end)
    {
        while (drip.Length > 0)
        {
            await Task.Delay(BetweenDrips, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested)
            {
                return;
            }

            foreach (var other in others)
            {
                await other.SendAsync(drip, CancellationToken.None);
            }
        }
    }

    private static (double P50, double P99) Percentiles(List<long> ticks)
    {
        var sorted = ticks.Order().ToArray();
        return (Figures.Percentile(sorted, 50), Figures.Percentile(sorted, 99));
    }
}
