using System.Globalization;
using System.Runtime.InteropServices;
using LeGo.Lite.Bench;

// usage: lego-lite-bench [SECTION]... [SIZE]... [SECONDS s] [--look]    from the repository's root
// Default: everything, with runs of 3s under load. Only committed code is measured into bench/results, and in full: with sizes or seconds
// of one's own, and with --look, it is only printed, and may be any.
const string Look = "--look";
if (args is [Rescan.Child, var path, var pairs])
{
    Rescan.Measure(new(path, Number(pairs)!.Value));
    return 0;
}

var isLook = args.Any(arg => arg == Look || Number(arg.TrimEnd('s')) is not null);
args = [.. args.Where(arg => arg != Look)];
var sizes = args.Select(Number).OfType<int>().Distinct().ToArray() is { Length: > 0 } some ? some : [10, 1_000, 10_000, 100_000];
var seconds = args.Where(arg => arg.EndsWith('s')).Select(arg => Number(arg[..^1])).FirstOrDefault(number => number is not null) ?? 3;
var names = args.Where(arg => Number(arg.TrimEnd('s')) is null).ToList();

(string Name, int[] Sizes, Func<Trees, CancellationToken, Task<Finding>> RunAsync)[] all =
[
    ("nginx", [], (trees, stop) => SideBySide.RunAsync(trees, seconds, stop)),
    ("rescan", sizes, (trees, stop) => Rescan.RunAsync(trees, sizes, stop)),
    ("served", sizes, (trees, stop) => Served.RunAsync(trees, sizes, stop)),
    ("pieces", [], Pieces.RunAsync),
    ("refused", [Refused.Pairs], Refused.RunAsync),
    ("crowded", [Crowded.Pairs], Crowded.RunAsync),
];

if (names.Find(name => all.All(section => section.Name != name)) is { } unknown)
{
    await Console.Error.WriteLineAsync($"bench: {unknown} is neither a number of pairs, nor of seconds, nor {Look}, nor a section: {string.Join(", ", all.Select(section => section.Name))}");
    return 2;
}

var sections = all.Where(section => names is [] || names.Contains(section.Name)).ToList();
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    using var trees = await Trees.OfAsync(sections.SelectMany(section => section.Sizes).Distinct(), stop.Token);
    var report = await Report.OfAsync(isLook, trees.FileSystem, stop.Token);
    foreach (var (name, _, runAsync) in sections)
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
