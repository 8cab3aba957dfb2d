using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LeGo.Lite.Bench;
using LeGo.Lite.Pieces;

// usage: lego-lite-pieces TREE    the directory of an IssuedTree
// For each piece a line: what it is, seconds, standard deviation, bytes allocated; with a tab between them.
// usage: lego-lite-pieces --version
const string Artifacts = "artifacts/pieces";
if (args is ["--version"])
{
    Console.WriteLine(typeof(BenchmarkRunner).Assembly.GetName().Version!.ToString(3));
    return 0;
}

InnerPieces.Tree = args is [var tree] ? new(tree, IssuedTree.Pairs) : throw new ArgumentException("one argument, please");

// In process: a project that BenchmarkDotNet makes does not see what is internal. Its log is in the artifacts, too.
var summary = BenchmarkRunner.Run<InnerPieces>(ManualConfig.CreateEmpty()
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddLogger(NullLogger.Instance)
    .WithArtifactsPath(Artifacts));
foreach (var report in summary.Reports.Where(report => report.ResultStatistics is not null))
{
    var (statistics, piece) = (report.ResultStatistics!, report.BenchmarkCase);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{piece.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')}\t{statistics.Mean / 1e9}\t{statistics.StandardDeviation / 1e9}\t{report.GcStats.GetBytesAllocatedPerOperation(piece)}"));
}

if (summary.HasCriticalValidationErrors || summary.Reports.Length == 0 || summary.Reports.Any(report => !report.Success))
{
    await Console.Error.WriteLineAsync($"lego-lite-pieces: not all could be measured; the log in {Artifacts} says why");
    return 1;
}

return 0;
