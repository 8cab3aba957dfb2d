using System.Runtime.InteropServices;

namespace LeGo.Lite.Bench;

/// <summary>What goes to bench/results: a file for each processor.</summary>
internal sealed class Report
{
    private const string Folder = "bench/results";

    private static readonly string Processor =
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? $"{RuntimeInformation.OSArchitecture}";

    private readonly bool isLook;
    private readonly string circumstances;

    private Report(bool isLook, string program, string fileSystem)
    {
        this.isLook = isLook;
        circumstances = $"""
            - date: {DateTime.UtcNow:yyyy-MM-dd}
            - program: {program}
            - .NET: {Environment.Version}
            - kernel: {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}
            - file system: {fileSystem}
            - cores: {Environment.ProcessorCount}

            """;
    }

    /// <param name="isLook">Whether it is only printed, and then of anything.</param>
    /// <param name="fileSystem">Where the trees are.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="IOException">What would be measured is not what is committed.</exception>
    public static async Task<Report> OfAsync(bool isLook, string fileSystem, CancellationToken stop)
    {
        // What another section or run has found changes nothing that is measured.
        var changes = (await Command.OutputAsync("git", ["status", "--porcelain", "--", ".", $":!{Folder}"], stop)).TrimEnd();
        if (!isLook && changes.Length > 0)
        {
            throw new IOException($"commit first, for results name the commit that they are of; or add LOOK=1, which only prints them. Not committed:\n{changes}");
        }

        // The sources by themselves, too: a commit can get another name when it lands.
        var commit = (await Command.OutputAsync("git", ["rev-parse", "--short", "HEAD"], stop)).Trim();
        var sources = (await Command.OutputAsync("git", ["rev-parse", "--short", "HEAD:src"], stop)).Trim();
        return new(isLook, $"{commit}{(changes is "" ? "" : "-dirty")}, git rev-parse HEAD:src is {sources}", fileSystem);
    }

    /// <summary>To standard output and, if it is more than a look, to the processor's file, in place of what the section found before.</summary>
    public async Task WriteAsync(string section, Finding finding)
    {
        var text = $"{circumstances}{string.Concat(finding.Circumstances.Select(one => $"- {one.What}: {one.Version}\n"))}\n{finding.Text}";
        await Console.Out.WriteAsync(text);
        await Console.Out.WriteLineAsync(finding.Targets is [] ? "" : $"\n{Results.TargetsOf(section, finding.Targets)}");
        if (isLook)
        {
            return;
        }

        var name = string.Concat(Processor.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-'));
        var file = $"{Folder}/{name}.md";
        Directory.CreateDirectory(Folder);
        var before = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
        await File.WriteAllTextAsync(file, Results.Replace(before, Processor, section, text, finding.Targets));
    }
}
