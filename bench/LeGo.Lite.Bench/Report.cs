using System.Runtime.InteropServices;

namespace LeGo.Lite.Bench;

/// <summary>What goes to bench/results: a file for each processor.</summary>
internal sealed class Report
{
    private readonly string processor;
    private readonly string circumstances;

    public Report(string fileSystem)
    {
        processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            ?? $"{RuntimeInformation.OSArchitecture}";
        circumstances = $"""
            - date: {DateTime.UtcNow:yyyy-MM-dd}
            - program: {Command.Output("git", "describe", "--always", "--dirty").Trim()}
            - .NET: {Environment.Version}
            - kernel: {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}
            - file system: {fileSystem}
            - cores: {Environment.ProcessorCount}

            """;
    }

    /// <summary>To the processor's file, in place of what the section found before, and to standard output.</summary>
    public async Task WriteAsync(string section, Finding finding)
    {
        var name = string.Concat(processor.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-'));
        var file = $"bench/results/{name}.md";
        var text = $"{circumstances}{string.Concat(finding.Circumstances.Select(one => $"- {one.What}: {one.Version}\n"))}\n{finding.Text}";
        Directory.CreateDirectory("bench/results");
        var before = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
        await File.WriteAllTextAsync(file, Results.Replace(before, processor, section, text, finding.Targets));
        await Console.Out.WriteAsync(text);
    }
}
