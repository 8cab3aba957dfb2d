using System.Globalization;
using System.Text.RegularExpressions;

namespace LeGo.Lite.Bench;

/// <summary>What wrk reports of a run.</summary>
/// <param name="Requests">All that were answered.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="P50">Seconds that half of them took at most.</param>
/// <param name="P99">Seconds that all but one in a hundred took at most.</param>
/// <param name="Refused">Those answered with neither 2xx nor 3xx.</param>
internal readonly partial record struct Wrk(long Requests, double Rate, double P50, double P99, long Refused)
{
    public const int Connections = 32;

    /// <summary>From the one core that no server has.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static async Task<Wrk> RunAsync(Uri target, IEnumerable<string> headers, int seconds, CancellationToken stop) => Parse(await Command.OutputAsync(
        "taskset",
        ["-c", Cores.Load, "wrk", "-t1", $"-c{Connections}", $"-d{seconds}s", "--latency", .. headers.SelectMany(header => new[] { "-H", header }), $"{target}"],
        stop));

    /// <exception cref="IOException">It is not what wrk prints at the end, or there were requests without an answer.</exception>
    public static Wrk Parse(string output)
    {
        if (SocketErrors().Match(output) is { Success: true } errors)
        {
            throw new IOException($"wrk: {errors.Value}");
        }

        return new(
            long.Parse(Text(RequestCount()), CultureInfo.InvariantCulture),
            double.Parse(Text(RequestRate()), CultureInfo.InvariantCulture),
            Seconds(Half()),
            Seconds(AllButOnePercent()),
            Refusals().Match(output) is { Success: true } refusals ? long.Parse(refusals.Groups[1].Value, CultureInfo.InvariantCulture) : 0);

        string Text(Regex pattern) =>
            pattern.Match(output) is { Success: true } match ? match.Groups[1].Value : throw new IOException($"wrk did not print {pattern}");

        double Seconds(Regex pattern)
        {
            var text = Text(pattern);
            var number = text.TrimEnd('u', 'm', 's');
            var unit = text[number.Length..] switch
            {
                "us" => 1e-6,
                "ms" => 1e-3,
                "s" => 1,
                "m" => 60,
                _ => throw new IOException($"wrk printed the time {text}"),
            };
            return double.Parse(number, CultureInfo.InvariantCulture) * unit;
        }
    }

    [GeneratedRegex(@"^ *(\d+) requests in ", RegexOptions.Multiline)]
    private static partial Regex RequestCount();

    [GeneratedRegex(@"^Requests/sec: +([\d.]+)", RegexOptions.Multiline)]
    private static partial Regex RequestRate();

    [GeneratedRegex(@"^ *50% +([\d.]+\w+)", RegexOptions.Multiline)]
    private static partial Regex Half();

    [GeneratedRegex(@"^ *99% +([\d.]+\w+)", RegexOptions.Multiline)]
    private static partial Regex AllButOnePercent();

    [GeneratedRegex(@"^ *Non-2xx or 3xx responses: (\d+)", RegexOptions.Multiline)]
    private static partial Regex Refusals();

    [GeneratedRegex("Socket errors: .*")]
    private static partial Regex SocketErrors();
}
