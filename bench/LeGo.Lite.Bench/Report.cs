using System.Runtime.InteropServices;
using System.Text;

namespace LeGo.Lite.Bench;

/// <summary>What goes to bench/results: the machine, the versions, the sections.</summary>
internal sealed class Report
{
    private readonly string processor;
    private readonly StringBuilder text = new();

    public Report(string fileSystem)
    {
        processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            ?? $"{RuntimeInformation.OSArchitecture}";
        text.Append($"# {processor}\n\n");
        Line("date", $"{DateTime.UtcNow:yyyy-MM-dd}");
        Line("program", Command.Output("git", "describe", "--always", "--dirty").Trim());
        Line(".NET", $"{Environment.Version}, native AOT");
        Line("kernel", File.ReadAllText("/proc/sys/kernel/osrelease").Trim());
        Line("file system", fileSystem);
        Line("cores", $"{Environment.ProcessorCount}");

        void Line(string name, string value) => text.Append($"- {name}: {value}\n");
    }

    public void Add(string section, string body) => text.Append($"\n## {section}\n\n{body}");

    /// <summary>To the results' file and to standard output.</summary>
    public async Task WriteAsync()
    {
        var name = string.Concat(processor.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-'));
        Directory.CreateDirectory("bench/results");
        await File.WriteAllTextAsync($"bench/results/{name}.md", $"{text}");
        await Console.Out.WriteAsync($"{text}");
    }
}
