using System.Runtime.InteropServices;

namespace LeGo.Lite.Bench;

/// <summary>What goes to bench/results: a file for each processor.</summary>
internal sealed class Report
{
    private static readonly string Processor =
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? $"{RuntimeInformation.OSArchitecture}";

    private readonly string circumstances;

    private Report(string program, string fileSystem) => circumstances = $"""
        - date: {DateTime.UtcNow:yyyy-MM-dd}
        - program: {program}
        - .NET: {Environment.Version}
        - kernel: {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}
        - file system: {fileSystem}
        - cores: {Environment.ProcessorCount}

        """;

    public static async Task<Report> OfAsync(string fileSystem, CancellationToken stop) =>
        new((await Command.OutputAsync("git", ["describe", "--always", "--dirty"], stop)).Trim(), fileSystem);

    /// <summary>To the processor's file, in place of what the section found before, and to standard output.</summary>
    public async Task WriteAsync(string section, Finding finding)
    {
        var name = string.Concat(Processor.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-'));
        var file = $"bench/results/{name}.md";
        var text = $"{circumstances}{string.Concat(finding.Circumstances.Select(one => $"- {one.What}: {one.Version}\n"))}\n{finding.Text}";
        Directory.CreateDirectory("bench/results");
        var before = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
        await File.WriteAllTextAsync(file, Results.Replace(before, Processor, section, text, finding.Targets));
        await Console.Out.WriteAsync(text);
    }
}
