using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace LeGo.Lite.Bench;

/// <summary>Ours and nginx under the same load, by turns; from outside, with the native binary.</summary>
internal sealed partial class SideBySide
{
    private const double WantedHandshakes = 0.9;
    private const double WantedP99 = 1.5;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly Table rates = new(
        "load", "ours a second", "nginx a second", "ratio", "CPU each, ours", "CPU each, nginx", "ratio", "core busy, ours", "core busy, nginx");

    private readonly Table times = new("load", "p50, ours", "p50, nginx", "ratio", "p99, ours", "p99, nginx", "ratio");
    private readonly List<string> negotiated = [];
    private readonly List<Target> targets = [];
    private readonly int seconds;
    private readonly CancellationToken stop;

    private SideBySide(int seconds, CancellationToken stop)
    {
        this.seconds = seconds;
        this.stop = stop;
    }

    /// <summary>One of the two.</summary>
    private sealed record Side(Uri Address, Func<Usage> Usage);

    /// <summary>A download that both are asked for.</summary>
    /// <param name="Name">In the table.</param>
    /// <param name="Download">The route.</param>
    /// <param name="Ours">Where, at ours.</param>
    /// <param name="Nginx">Where, at nginx.</param>
    private sealed record Load(string Name, Download Download, Side Ours, Side Nginx)
    {
        public string ApiKey { get; init; } = Download.ApiKey;

        public HttpStatusCode Expected { get; init; } = HttpStatusCode.OK;

        /// <summary>The ratio of the rates that is a target; without one there is none for the times either.</summary>
        public double? WantedRate { get; init; }
    }

    /// <param name="trees">Where there is room.</param>
    /// <param name="seconds">What each run lasts.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<Finding> RunAsync(Trees trees, int seconds, CancellationToken stop)
    {
        var tree = await IssuedTree.MakeAsync(trees.NewDirectory("issued"), stop);
        var log = Path.Combine(trees.NewDirectory("log"), "ours.log");
        using var rsa = new Server(tree, isPinned: true, certificate: Tree.Name(IssuedTree.Rsa));
        using var p256 = new Server(tree, isPinned: true, certificate: Tree.Name(IssuedTree.P256));
        using var logged = new Server(tree, "information", log, isPinned: true);
        foreach (var server in new[] { rsa, p256, logged })
        {
            await server.FirstDownloadAsync(stop);
        }

        var downloads = await Download.AllAsync(rsa.Http, stop);
        using var nginx = new Nginx(trees.NewDirectory("nginx"), tree, downloads);
        await nginx.StartAsync(stop);

        await Task.Delay(Rest, stop);
        var idle = (Ours: rsa.Usage().Resident, Nginx: nginx.Usage().Resident);

        var measured = new SideBySide(seconds, stop);
        var http = new Load("HTTP keep-alive", downloads[0], new(rsa.Http, rsa.Usage), new(nginx.Http, nginx.Usage));
        var https = http with { Name = "HTTPS keep-alive", Ours = new(await rsa.AddressAsync(stop), rsa.Usage), Nginx = new(nginx.Rsa, nginx.Usage) };
        await measured.DownloadsAsync(
        [
            http with { WantedRate = 0.95 },
            https with { WantedRate = 0.9 },
            http with { Name = "HTTP, access logged to a file", Ours = new(logged.Http, logged.Usage), Nginx = new(nginx.LoggedHttp, nginx.Usage) },
            .. downloads[1..].Select(download => new Load($"HTTP, {download.Route}", download, http.Ours, http.Nginx)),
            http with { Name = "HTTP, 401", ApiKey = Tree.ApiKey(IssuedTree.Pairs), Expected = HttpStatusCode.Unauthorized },
            http with { Name = "HTTP, 304", Expected = HttpStatusCode.NotModified },
        ]);
        await measured.HandshakesAsync("RSA-2048", https.Ours, https.Nginx);
        await measured.HandshakesAsync("P-256", new(await p256.AddressAsync(stop), p256.Usage), new(nginx.P256, nginx.Usage));

        var memory = new Table("resident", "ours", "nginx");
        memory.Add($"idle, {IssuedTree.Pairs} certificates", Figures.Size(idle.Ours), Figures.Size(idle.Nginx));
        memory.Add("after the load", Figures.Size(rsa.Usage().Resident), Figures.Size(nginx.Usage().Resident));
        memory.Add("at most", Figures.Size(rsa.Usage().Peak), Figures.Size(nginx.Usage().Peak));

        return new(measured.Text(downloads[0].Body.Length, Dropped(log), memory))
        {
            Targets = measured.targets,
            Circumstances =
            [
                ("OpenSSL, ours", OpenSsl().Match(await Command.OutputAsync(Server.Binary, ["--version"], stop)).Value),
                ("OpenSSL, nginx's", await VersionAsync("openssl version", stop)),
                ("nginx", await VersionAsync("PATH=$PATH:/usr/sbin; nginx -v 2>&1", stop)),
                ("wrk", await VersionAsync("wrk -v || true", stop)),
            ],
        };
    }

    private async Task DownloadsAsync(IEnumerable<Load> loads)
    {
        foreach (var load in loads)
        {
            var (ours, nginx) = (await HeadersAsync(load, load.Ours), await HeadersAsync(load, load.Nginx));
            var turns = await Turns.TakeAsync(seconds, length => DownloadAsync(load, load.Ours, ours, length), length => DownloadAsync(load, load.Nginx, nginx, length));
            AddRates(load.Name, turns);
            times.Add([load.Name, .. Compared(turns, turn => turn.P50, Figures.Time), .. Compared(turns, turn => turn.P99, Figures.Time)]);
            if (load.WantedRate is { } wanted)
            {
                targets.Add(Target.AtLeast($"{load.Name}, requests a second to nginx's", wanted, turns.Ratio(turn => turn.Rate)));
                targets.Add(Target.AtMost($"{load.Name}, p99 to nginx's", WantedP99, turns.Ratio(turn => turn.P99), Figures.Ratio));
            }
        }
    }

    /// <summary>What wrk sends: each server has entity tags of its own. That the answer is what is expected is looked at once, here; wrk counts only refusals.</summary>
    private async Task<string[]> HeadersAsync(Load load, Side side)
    {
        string[] headers = [$"apiKey: {load.ApiKey}"];
        if (load.Expected == HttpStatusCode.NotModified)
        {
            var download = await load.Download.AnswerAsync(side.Address, headers, HttpStatusCode.OK, stop);
            headers = [.. headers, $"If-None-Match: {download.Headers["ETag"]}"];
        }

        var answer = await load.Download.AnswerAsync(side.Address, headers, load.Expected, stop);
        return load.Expected != HttpStatusCode.OK || answer.Body.AsSpan().SequenceEqual(load.Download.Body)
            ? headers
            : throw new IOException($"{side.Address} serves other bytes");
    }

    private async Task<Turn> DownloadAsync(Load load, Side side, string[] headers, int length)
    {
        var before = side.Usage().Cpu;
        var run = await Wrk.RunAsync(new(side.Address, load.Download.Path), headers, length, stop);
        var cpu = side.Usage().Cpu - before;
        var refused = load.Expected < HttpStatusCode.BadRequest ? 0 : run.Requests;
        return run.Refused == refused
            ? new(run.Rate, cpu / run.Requests, cpu * run.Rate / run.Requests, run.P50, run.P99)
            : throw new IOException($"{load.Name}: {run.Refused} of {run.Requests} requests were refused by {side.Address}");
    }

    private async Task HandshakesAsync(string key, Side ours, Side nginx)
    {
        var name = $"TLS handshakes, {key}";
        var turns = await Turns.TakeAsync(seconds, length => HandshakeAsync(ours, length), length => HandshakeAsync(nginx, length));
        AddRates(name, turns);
        targets.Add(Target.AtLeast($"{name}, a second to nginx's", WantedHandshakes, turns.Ratio(turn => turn.Rate)));

        // Where the clients are the limit, both get as many.
        targets.Add(Target.AtMost($"{name}, CPU to nginx's", 1 / WantedHandshakes, turns.Ratio(turn => turn.Cpu), Figures.Ratio));
        negotiated.Add(await Handshakes.NegotiatedAsync(ours.Address, stop));
        negotiated.Add(await Handshakes.NegotiatedAsync(nginx.Address, stop));
    }

    private async Task<Turn> HandshakeAsync(Side side, int length)
    {
        var before = side.Usage().Cpu;
        var (count, elapsed) = await Handshakes.RunAsync(new(side.Address, Download.Health), length, stop);
        var cpu = side.Usage().Cpu - before;
        return new(count / elapsed, cpu / count, cpu / elapsed);
    }

    private void AddRates(string name, Turns turns) => rates.Add(
    [
        name,
        .. Compared(turns, turn => turn.Rate, Figures.Rate),
        .. Compared(turns, turn => turn.Cpu, Figures.Time),
        $"{turns.Ours(turn => turn.Busy):p0}",
        $"{turns.Nginx(turn => turn.Busy):p0}",
    ]);

    private static string[] Compared(Turns turns, Func<Turn, double> figure, Func<double, string> format)
    {
        var (low, high) = turns.Middle(figure);
        return [format(turns.Ours(figure)), format(turns.Nginx(figure)), $"{Figures.Ratio(turns.Ratio(figure))} ({Figures.Ratio(low)}–{Figures.Ratio(high)})"];
    }

    private string Text(int bodyLength, long dropped, Table memory) => $"""
        Ours and nginx under the same load over loopback, by turns: {Turns.Rounds} rounds of {seconds} s for each, after a warm-up. Figures are medians of
        the rounds; a ratio is the median of the rounds' ratios, of ours to nginx's, and after it what half of the rounds are between. The server has core {Cores.Server} alone, what asks core {Cores.Load}. CPU is user and system time of the
        server for each request. Where its core is not busy all the time, what asks is the limit, and the ratio of CPU tells more than that of requests.

        Requests: wrk with one thread and {Wrk.Connections} connections that are kept, for `certificates` with an RSA leaf and its intermediate, {bodyLength:n0} bytes,
        if nothing else is said. nginx: one worker, the same bytes from files, the same headers; the API key is looked up in a table, as text, where ours is hashed; without sendfile, because with it nginx is slower here.
        Neither logs requests but in the load that says so; there ours logs a line for each at level information, as by default, of which {dropped:n0} had to be dropped. 401: a wrong API key, failed logins answered without end. 304: `If-None-Match`.

        {rates}
        {times}
        Handshakes: full ones, each on a connection of its own with one request that has no content, by {Handshakes.Clients} `openssl s_time -new` at once (wrk takes up sessions).
        What is negotiated when nobody asks for anything: {string.Join(" or ", negotiated.Distinct())}.

        Memory of the server with the RSA certificate, and of nginx's master and worker. The native binary on disk: {Figures.Size(new FileInfo(Server.Binary).Length)}.

        {memory}
        """;

    /// <summary>What the console logger says of lines for which its queue had no room.</summary>
    private static long Dropped(string log) => File.ReadLines(log).Sum(line => DroppedLines().Match(line) is { Success: true } match
        ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : 0);

    private static async Task<string> VersionAsync(string shellCommand, CancellationToken stop) =>
        VersionNumber().Match(await Command.OutputAsync("/bin/sh", ["-c", shellCommand], stop)).Value;

    [GeneratedRegex(@"(\d+) message\(s\) dropped because of queue size limit")]
    private static partial Regex DroppedLines();

    [GeneratedRegex("(?<=^OpenSSL ).+", RegexOptions.Multiline)]
    private static partial Regex OpenSsl();

    [GeneratedRegex(@"\d+\.\d+[\w.-]*")]
    private static partial Regex VersionNumber();
}
