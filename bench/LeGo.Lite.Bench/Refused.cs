using System.Text;

namespace LeGo.Lite.Bench;

/// <summary>Whether the time that a refusal takes tells its reason; from outside, with the native binary.</summary>
internal static class Refused
{
    public const int Pairs = 1_000;
    private const int Samples = 100_000;
    private const int WarmUp = 20_000;
    private const string Reference = "wrong key";
    private const string Control = "wrong key, another name";

    // A pair for each kind of refusal: the web server is quicker with a path that it has just seen. All names and API keys have one length.
    private const int Plain = 0;
    private const int Another = 1;
    private const int HalfRight = 2;
    private const int Keyless = 3;
    private const int Disabled = 4;
    private const int ViaUrl = 5;
    private const int AnotherViaUrl = 6;
    private const int DisabledViaUrl = 7;
    private const int Nobody = 999_999;

    private static readonly int[] Percentiles = [10, 50, 90, 99];
    private static readonly string[] LogLevels = ["information", "warning"];

    /// <summary>Requests that differ in nothing but what is refused about them.</summary>
    private sealed record Group(string Title, (string Name, string Request)[] Shapes)
    {
        /// <summary>Requests in one write: the second waits for all that is left to do of the first.</summary>
        public int AtOnce { get; init; } = 1;
    }

    private static readonly Group BothByHeader = new("privatecertchains, API key in a header",
    [
        (Reference, Header("privatecertchains", Plain, Both(Wrong(Plain), Wrong(Plain)))),
        (Control, Header("privatecertchains", Another, Both(Wrong(Another), Wrong(Another)))),
        ("wrong second half", Header("privatecertchains", HalfRight, Both(HalfRight, Wrong(HalfRight)))),
        ("unknown name", Header("privatecertchains", Nobody, Both(Nobody, Nobody))),
        ("key disabled", Header("privatecertchains", Disabled, Both(Disabled, Disabled))),
        ("no API key", Header("privatecertchains", Keyless, Both(Keyless, Keyless), "absent")),
    ]);

    private static readonly Group[] Groups =
    [
        BothByHeader,
        BothByHeader with { Title = "the same, each request twice in one write", AtOnce = 2 },
        new("privatekeys, API key in a header",
        [
            (Reference, Header("privatekeys", Plain, Tree.PrivateKeyApiKey(Wrong(Plain)))),
            (Control, Header("privatekeys", Another, Tree.PrivateKeyApiKey(Wrong(Another)))),
            ("unknown name", Header("privatekeys", Nobody, Tree.PrivateKeyApiKey(Nobody))),
            ("key disabled", Header("privatekeys", Disabled, Tree.PrivateKeyApiKey(Disabled))),
            ("no API key", Header("privatekeys", Keyless, Tree.PrivateKeyApiKey(Keyless), "absent")),
        ]),
        new("privatecertchains, API key in the URL",
        [
            (Reference, Url("privatecertchains", ViaUrl, Both(Wrong(ViaUrl), Wrong(ViaUrl)))),
            (Control, Url("privatecertchains", AnotherViaUrl, Both(Wrong(AnotherViaUrl), Wrong(AnotherViaUrl)))),
            ("unknown name", Url("privatecertchains", Nobody, Both(Nobody, Nobody))),
            ("key disabled", Url("privatecertchains", DisabledViaUrl, Both(DisabledViaUrl, DisabledViaUrl))),
            ("URL not allowed", Url("privatecertchains", Plain, Both(Plain, Plain))),
        ]),
        new("certificates, API key in a header",
        [
            (Reference, Header("certificates", Plain, Tree.ApiKey(Wrong(Plain)))),
            (Control, Header("certificates", Another, Tree.ApiKey(Wrong(Another)))),
            ("unknown name", Header("certificates", Nobody, Tree.ApiKey(Nobody))),
            ("no API key", Header("certificates", Keyless, Tree.ApiKey(Keyless), "absent")),
        ]),
        new("certificates, API key in the URL",
        [
            (Reference, Url("certificates", ViaUrl, Tree.ApiKey(Wrong(ViaUrl)))),
            (Control, Url("certificates", AnotherViaUrl, Tree.ApiKey(Wrong(AnotherViaUrl)))),
            ("unknown name", Url("certificates", Nobody, Tree.ApiKey(Nobody))),
            ("URL not allowed", Url("certificates", Plain, Tree.ApiKey(Plain))),
        ]),
    ];

    public static async Task<Finding> RunAsync(Trees trees, CancellationToken stop)
    {
        var tree = await trees.GetAsync(Pairs, stop);
        tree.DisablePrivateKey(Disabled);
        tree.DisablePrivateKey(DisabledViaUrl);
        tree.AllowUrl(ViaUrl);
        tree.AllowUrl(AnotherViaUrl);
        tree.AllowUrl(DisabledViaUrl);

        var text = new StringBuilder();
        foreach (var logLevel in LogLevels)
        {
            foreach (var group in Groups)
            {
                text.Append($"\n{group.Title}; log level {logLevel}:\n\n{Compare(group, await MeasureAsync(tree, logLevel, group, stop))}");
            }
        }

        return new($"""
            Whether the time that a refusal takes tells its reason: the native binary over loopback with a tree of {Pairs:n0} pairs, its log
            written to /dev/null, at level information a line for each request as in production. {Samples:n0} samples of each kind of
            refusal, in random order over one connection, from the request to its complete response. Requests compared have the same
            length and form.

            Distance is Kolmogorov's and Smirnov's from "{Reference}". Of samples of one distribution it exceeds {Likeness.CriticalDistance(Samples):f4} once in a
            thousand times (α = 0.001), and then has a * here: of {LogLevels.Length * Groups.Sum(group => group.Shapes.Length - 1)} comparisons one such is to be expected now and then; a second run tells.
            "{Control}" is the control, the same refusal once more: the noise. Slower is how likely a sample takes longer
            than one of "{Reference}": 0.5 if they are alike.
            {text}
            """);
    }

    /// <summary>A pair that isn't there, whose API keys open nothing.</summary>
    private static int Wrong(int pair) => Nobody - 1 - pair;

    private static string Both(int certificate, int privateKey) => $"{Tree.ApiKey(certificate)}.{Tree.PrivateKeyApiKey(privateKey)}";

    private static string Header(string route, int pair, string apiKey, string header = "apiKey") =>
        Connection.Request(Download.PathOf(route, Tree.Name(pair)), $"{header}: {apiKey}");

    private static string Url(string route, int pair, string apiKey) => Connection.Request($"{Download.PathOf(route, Tree.Name(pair))}/{apiKey}");

    /// <summary>Ticks of each shape, sorted.</summary>
    private static async Task<long[][]> MeasureAsync(Tree tree, string logLevel, Group group, CancellationToken stop)
    {
        using var server = new Server(tree, logLevel);
        await server.FirstDownloadAsync(stop);
        using var connection = new Connection(server.Port);
        return Measure(connection, group, stop);
    }

    private static long[][] Measure(Connection connection, Group group, CancellationToken stop)
    {
        var requests = group.Shapes.Select(shape => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(shape.Request, group.AtOnce)))).ToArray();
        if (requests.Any(request => request.Length != requests[0].Length))
        {
            throw new InvalidOperationException("requests differ in length");
        }

        // At random, not in turns: what one leaves behind for the next hits all alike.
        var order = Enumerable.Range(0, Samples * requests.Length).Select(i => i % requests.Length).ToArray();
#pragma warning disable CA5394 // An order that can be repeated, not a secret one.
        new Random(1).Shuffle(order);
#pragma warning restore CA5394
        for (var i = 0; i < WarmUp; i++)
        {
            connection.TimeRefusals(requests[order[i]], group.AtOnce);
        }

        var ticks = requests.Select(_ => new long[Samples]).ToArray();
        var counts = new int[requests.Length];
        foreach (var shape in order)
        {
            stop.ThrowIfCancellationRequested();
            ticks[shape][counts[shape]++] = connection.TimeRefusals(requests[shape], group.AtOnce);
        }

        Array.ForEach(ticks, Array.Sort);
        return ticks;
    }

    private static string Compare(Group group, long[][] ticks)
    {
        var table = new Table("refusal", "p10", "p50", "p90", "p99", "distance", "slower");
        var likenesses = ticks.Select(samples => Likeness.Of(samples, ticks[0])).ToArray();
        for (var i = 0; i < ticks.Length; i++)
        {
            table.Add(
            [
                group.Shapes[i].Name,
                .. Percentiles.Select(percent => Figures.Time(Figures.Percentile(ticks[i], percent))),
                $"{likenesses[i].Distance:f4}{(likenesses[i].Distance > Likeness.CriticalDistance(Samples) ? " *" : "")}",
                $"{likenesses[i].Greater:f4}",
            ]);
        }

        return $"{table}\nLargest distance {likenesses[2..].Max(likeness => likeness.Distance):f4}, of the control {likenesses[1].Distance:f4}.\n";
    }
}
