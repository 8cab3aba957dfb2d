using System.Globalization;
using System.Runtime.InteropServices;
using LeGo.Lite.Bench;

// usage: lego-lite-bench [SECTION]... [SIZE]... [SECONDS s]    from the repository's root; default: everything, with runs of 5s under load
if (args is [Rescan.Child, var path, var pairs])
{
    Rescan.Measure(new(path, Number(pairs)!.Value));
    return 0;
}

var sizes = args.Select(Number).OfType<int>().Distinct().ToList();
var seconds = args.Where(arg => arg.EndsWith('s')).Select(arg => Number(arg[..^1])).FirstOrDefault(number => number is not null) ?? 5;
var names = args.Where(arg => Number(arg.TrimEnd('s')) is null).ToList();

(string Name, Func<Trees, CancellationToken, Task<Finding>> RunAsync)[] sections =
[
    ("nginx", (trees, stop) => SideBySide.RunAsync(trees, seconds, stop)),
    ("rescan", Rescan.RunAsync),
    ("served", Served.RunAsync),
    ("pieces", Pieces.RunAsync),
    ("refused", Refused.RunAsync),
    ("crowded", Crowded.RunAsync),
];

if (names.Find(name => sections.All(section => section.Name != name)) is { } unknown)
{
    await Console.Error.WriteLineAsync($"bench: {unknown} is neither a number of pairs, nor of seconds, nor a section: {string.Join(", ", sections.Select(section => section.Name))}");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    using var trees = await Trees.OfAsync(sizes is [] ? [10, 1_000, 10_000, 100_000] : sizes, stop.Token);
    var report = await Report.OfAsync(trees.FileSystem, stop.Token);
    foreach (var (name, runAsync) in sections.Where(section => names is [] || names.Contains(section.Name)))
    {
        await Console.Error.WriteLineAsync($"bench: {name}");
        await report.WriteAsync(name, await runAsync(trees, stop.Token));
    }

    return 0;
}
catch (Exception failure) when (failure is IOException or HttpRequestException or OperationCanceledException)
{
    await Console.Error.WriteLineAsync($"bench: {failure.Message}");
    return 1;
}

static int? Number(string arg) => int.TryParse(arg, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
