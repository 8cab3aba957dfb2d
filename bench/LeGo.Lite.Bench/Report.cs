using System.Runtime.InteropServices;

namespace LeGo.Lite.Bench;

/// <summary>
/// What goes to bench/results: a directory for each processor, in it a file for each section, so that a section
/// that is not run keeps its figures and says what they were measured with.
/// </summary>
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
            - .NET: {Environment.Version}, native AOT
            - kernel: {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}
            - file system: {fileSystem}
            - cores: {Environment.ProcessorCount}
            """;
    }

    /// <summary>To the section's file and to standard output.</summary>
    public async Task WriteAsync(string section, string body)
    {
        var name = string.Concat(processor.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-'));
        var text = $"# {section}: {processor}\n\n{circumstances}\n\n{body}";
        Directory.CreateDirectory($"bench/results/{name}");
        await File.WriteAllTextAsync($"bench/results/{name}/{section}.md", text);
        await Console.Out.WriteAsync(text);
    }
}
