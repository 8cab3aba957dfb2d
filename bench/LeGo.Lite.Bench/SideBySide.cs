using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace LeGo.Lite.Bench;

/// <summary>Ours and nginx under the same load, by turns; from outside, with the native binary.</summary>
internal static partial class SideBySide
{
    private const int Rounds = 5;
    private const int WarmUpSeconds = 1;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    /// <summary>One of the two.</summary>
    private sealed record Side(Uri Address, Func<Usage> Usage);

    /// <summary>What both are asked for.</summary>
    /// <param name="Name">In the table.</param>
    /// <param name="Download">The route.</param>
    /// <param name="Ours">Where, at ours.</param>
    /// <param name="Nginx">Where, at nginx.</param>
    private sealed record Load(string Name, Download Download, Side Ours, Side Nginx)
    {
        public string ApiKey { get; init; } = Download.ApiKey;

        public HttpStatusCode Expected { get; init; } = HttpStatusCode.OK;
    }

    /// <summary>One run against one of the two.</summary>
    /// <param name="Rate">Requests, or handshakes, a second.</param>
    /// <param name="Cpu">Seconds of the server's CPU for each.</param>
    /// <param name="Busy">The share of its core that the server used: with much less than all of it the load was the limit.</param>
    /// <param name="P50">Seconds.</param>
    /// <param name="P99">Seconds.</param>
    private readonly record struct Turn(double Rate, double Cpu, double Busy, double P50 = 0, double P99 = 0);

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
        var idle = (Ours: rsa.Usage(), Nginx: nginx.Usage());

        Side Ours(Server server, Uri address) => new(address, server.Usage);
        Side Theirs(Uri address) => new(address, nginx.Usage);
        var (ours, theirs) = (Ours(rsa, rsa.Http), Theirs(nginx.Http));
        var (oursRsa, theirsRsa) = (Ours(rsa, await rsa.AddressAsync(stop)), Theirs(nginx.Rsa));
        var (oursP256, theirsP256) = (Ours(p256, await p256.AddressAsync(stop)), Theirs(nginx.P256));
        var certificate = downloads[0];
        var wrong = Tree.ApiKey(IssuedTree.Pairs);
        Load http = new("HTTP keep-alive", certificate, ours, theirs);
        Load https = new("HTTPS keep-alive", certificate, oursRsa, theirsRsa);
        Load[] loads =
        [
            http,
            https,
            http with { Name = "HTTP, access logged to a file", Ours = Ours(logged, logged.Http), Nginx = Theirs(nginx.LoggedHttp) },
            .. downloads[1..].Select(download => new Load($"HTTP, {download.Route}", download, ours, theirs)),
            http with { Name = "HTTP, 401", ApiKey = wrong, Expected = HttpStatusCode.Unauthorized },
            http with { Name = "HTTP, 304", Expected = HttpStatusCode.NotModified },
        ];

        var targets = new List<Target>();
        var rates = new Table("load", "ours a second", "nginx a second", "ratio", "CPU each, ours", "CPU each, nginx", "ratio", "core busy, ours", "core busy, nginx");
        var times = new Table("load", "p50, ours", "p50, nginx", "ratio", "p99, ours", "p99, nginx", "ratio");
        foreach (var load in loads)
        {
            var headers = (await HeadersAsync(load, load.Ours, stop), await HeadersAsync(load, load.Nginx, stop));
            var turns = await TakeTurnsAsync((side, length) =>
                RequestAsync(load, side == load.Ours ? headers.Item1 : headers.Item2, side, length, stop), load.Ours, load.Nginx, seconds);
            AddRates(load.Name, turns);
            times.Add([load.Name, .. Compared(turns, turn => turn.P50, Figures.Time), .. Compared(turns, turn => turn.P99, Figures.Time)]);
            if (load == http || load == https)
            {
                targets.Add(Target.AtLeast($"{load.Name}, requests a second to nginx's", load == http ? 0.95 : 0.9, Ratio(turns, turn => turn.Rate)));
                targets.Add(Target.AtMost($"{load.Name}, p99 to nginx's", 1.5, Ratio(turns, turn => turn.P99), Figures.Ratio));
            }
        }

        var negotiated = new List<string>();
        foreach (var (name, one, other) in new[] { ("RSA-2048", oursRsa, theirsRsa), ("P-256", oursP256, theirsP256) })
        {
            var turns = await TakeTurnsAsync((side, length) => HandshakeAsync(side, length, stop), one, other, seconds);
            AddRates($"TLS handshakes, {name}", turns);
            targets.Add(Target.AtLeast($"TLS handshakes, {name}, a second to nginx's", 0.9, Ratio(turns, turn => turn.Rate)));

            // Where the clients are the limit, both get as many.
            targets.Add(Target.AtMost($"TLS handshakes, {name}, CPU to nginx's", 1 / 0.9, Ratio(turns, turn => turn.Cpu), Figures.Ratio));
            negotiated.Add(await Handshakes.NegotiatedAsync(one.Address, stop));
            negotiated.Add(await Handshakes.NegotiatedAsync(other.Address, stop));
        }

        var memory = new Table("resident", "ours", "nginx");
        memory.Add($"idle, {IssuedTree.Pairs} certificates", Figures.Size(idle.Ours.Resident), Figures.Size(idle.Nginx.Resident));
        memory.Add("after the load", Figures.Size(rsa.Usage().Resident), Figures.Size(nginx.Usage().Resident));
        memory.Add("at most", Figures.Size(rsa.Usage().Peak), Figures.Size(nginx.Usage().Peak));

        return new($"""
            Ours and nginx under the same load over loopback, by turns: {Rounds} rounds of {seconds} s for each, after a warm-up. Figures are medians of
            the rounds; a ratio is the median of the rounds' ratios, of ours to nginx's. The server has core {Cores.Server} alone, what asks core {Cores.Load}. CPU is user and system time of the
            server for each request. Where its core is not busy all the time, what asks is the limit, and the ratio of CPU tells more than that of requests.

            Requests: wrk with one thread and {Wrk.Connections} connections that are kept, for `certificates` with an RSA leaf and its intermediate, {certificate.Body.Length:n0} bytes,
            if nothing else is said. nginx: one worker, the same bytes from files, the same headers; the API key is looked up in a table, as text, where ours is hashed; without sendfile, because with it nginx is slower here.
            Neither logs requests but in the load that says so; there ours logs a line for each at level information, as by default, of which {Dropped(log):n0} had to be dropped. 401: a wrong API key, failed logins answered without end. 304: `If-None-Match`.

            {rates}
            {times}
            Handshakes: full ones, each on a connection of its own with one request that has no content, by eight times `openssl s_time -new` (wrk takes up sessions).
            What is negotiated when nobody asks for anything: {string.Join(" or ", negotiated.Distinct())}.

            Memory of the server with the RSA certificate, and of nginx's master and worker. The native binary on disk: {Figures.Size(new FileInfo("artifacts/lego-lite").Length)}.

            {memory}
            """)
        {
            Targets = targets,
            Circumstances =
            [
                ("OpenSSL", Version(await Command.OutputAsync("openssl", ["version"], stop))),
                ("nginx", Version(await Command.OutputAsync("/bin/sh", ["-c", "PATH=$PATH:/usr/sbin; nginx -v 2>&1"], stop))),
                ("wrk", Version(await Command.OutputAsync("/bin/sh", ["-c", "wrk -v || true"], stop))),
            ],
        };

        void AddRates(string name, (Turn Ours, Turn Nginx)[] turns) => rates.Add(
        [
            name,
            .. Compared(turns, turn => turn.Rate, Figures.Rate),
            .. Compared(turns, turn => turn.Cpu, Figures.Time),
            $"{turns.Select(turn => turn.Ours.Busy).Median():p0}",
            $"{turns.Select(turn => turn.Nginx.Busy).Median():p0}",
        ]);
    }

    /// <summary>What wrk sends: each server has entity tags of its own. That the answer is what is expected is looked at once, here; wrk counts only refusals.</summary>
    private static async Task<string[]> HeadersAsync(Load load, Side side, CancellationToken stop)
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

    /// <summary>Who is first changes with each round.</summary>
    private static async Task<(Turn Ours, Turn Nginx)[]> TakeTurnsAsync(Func<Side, int, Task<Turn>> turnAsync, Side ours, Side nginx, int seconds)
    {
        _ = await turnAsync(ours, WarmUpSeconds);
        _ = await turnAsync(nginx, WarmUpSeconds);
        var turns = new (Turn Ours, Turn Nginx)[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            if (round % 2 == 0)
            {
                turns[round].Ours = await turnAsync(ours, seconds);
                turns[round].Nginx = await turnAsync(nginx, seconds);
            }
            else
            {
                turns[round].Nginx = await turnAsync(nginx, seconds);
                turns[round].Ours = await turnAsync(ours, seconds);
            }
        }

        return turns;
    }

    private static async Task<Turn> RequestAsync(Load load, string[] headers, Side side, int seconds, CancellationToken stop)
    {
        var before = side.Usage().Cpu;
        var run = await Wrk.RunAsync(new(side.Address, load.Download.Path), headers, seconds, stop);
        var cpu = side.Usage().Cpu - before;
        var refused = load.Expected < HttpStatusCode.BadRequest ? 0 : run.Requests;
        return run.Refused == refused
            ? new(run.Rate, cpu / run.Requests, cpu * run.Rate / run.Requests, run.P50, run.P99)
            : throw new IOException($"{load.Name}: {run.Refused} of {run.Requests} requests were refused by {side.Address}");
    }

    private static async Task<Turn> HandshakeAsync(Side side, int seconds, CancellationToken stop)
    {
        var before = side.Usage().Cpu;
        var (count, elapsed) = await Handshakes.RunAsync(new(side.Address, Download.Health), seconds, stop);
        var cpu = side.Usage().Cpu - before;
        return new(count / elapsed, cpu / count, cpu / elapsed);
    }

    private static string[] Compared((Turn Ours, Turn Nginx)[] turns, Func<Turn, double> figure, Func<double, string> format) =>
    [
        format(turns.Select(turn => figure(turn.Ours)).Median()),
        format(turns.Select(turn => figure(turn.Nginx)).Median()),
        Figures.Ratio(Ratio(turns, figure)),
    ];

    private static double Ratio((Turn Ours, Turn Nginx)[] turns, Func<Turn, double> figure) =>
        turns.Select(turn => figure(turn.Ours) / figure(turn.Nginx)).Median();

    /// <summary>What the console logger says of lines for which its queue had no room.</summary>
    private static long Dropped(string log) => File.ReadLines(log).Sum(line => DroppedLines().Match(line) is { Success: true } match
        ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : 0);

    private static string Version(string output) => VersionNumber().Match(output).Value;

    [GeneratedRegex(@"(\d+) message\(s\) dropped because of queue size limit")]
    private static partial Regex DroppedLines();

    [GeneratedRegex(@"\d+\.\d+[\w.-]*")]
    private static partial Regex VersionNumber();
}
