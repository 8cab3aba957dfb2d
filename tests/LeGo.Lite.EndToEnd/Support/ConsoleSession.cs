using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>
/// Types the commands of a README in a copy of what they need of the repository, while a server serves
/// the copy's data.sample. What builds, runs, installs or fetches is not done: its make target has to exist.
/// </summary>
internal sealed partial class ConsoleSession : IDisposable
{
    private const string DocumentedAddress = "127.0.0.1:4050";
    private const string Mark = "--lego-lite-step-ends--";
    private static readonly string[] Needed = ["data.sample", "lego-lite.yaml", "scripts", "Makefile"];

    private readonly TempDirectory temp = new();
    private readonly LegoLite server;

    public ConsoleSession()
    {
        Repository.RequireBinary();
        foreach (var name in Needed)
        {
            TempDirectory.Copy(Path.Combine(Repository.Root, name), temp[name]);
        }

        Directory.CreateDirectory(temp["artifacts"]);
        File.CreateSymbolicLink(temp["artifacts/lego-lite"], Repository.Binary);
        server = LegoLite.Serve(temp["data.sample"]);
    }

    /// <summary>Runs a block in one bash, as a person does, and compares what each command prints, on either output.</summary>
    public void Run(ConsoleBlock block)
    {
        var steps = block.Steps.Where((step, i) => !IsOnlyChecked(step.Command) && !EntersClone(block, i)).ToList();
        var script = new StringBuilder("exec 2>&1\n");
        foreach (var step in steps)
        {
            script.Append(CultureInfo.InvariantCulture, $"{step.Command.Replace(DocumentedAddress, new Uri(server.Address).Authority, StringComparison.Ordinal)}\necho {Mark}$?\n");
        }

        var result = new Command("bash", "--norc", "--noprofile", "-c", script.ToString())
        {
            Directory = temp.Path,
            Environment = [("PATH", $"{temp["artifacts"]}:{Environment.GetEnvironmentVariable("PATH")}")],
        }.RunWell();

        var outputs = result.Text.Split(Mark);
        Assert.True(outputs.Length == steps.Count + 1, $"line {block.Line}: not every command was reached\n{result.Text}");
        var status = "0";
        for (var i = 0; i < steps.Count; i++)
        {
            var output = i == 0 ? outputs[0] : outputs[i][(outputs[i].IndexOf('\n', StringComparison.Ordinal) + 1)..];
            status = outputs[i + 1].Split('\n')[0];
            Assert.False(status is "126" or "127", $"line {block.Line}: there is no such command: {steps[i].Command}\n{output}");
            Assert.True(
                steps[i].Matches(output),
                $"line {block.Line}: $ {steps[i].Command}\nshould print:\n{string.Join('\n', steps[i].Expected)}\nprints:\n{output}");
        }
    }

    public void Dispose()
    {
        server.Dispose();
        temp.Dispose();
    }

    /// <summary>The copy is the clone.</summary>
    private static bool EntersClone(ConsoleBlock block, int step) =>
        step > 0
        && block.Steps[step].Command.StartsWith("cd ", StringComparison.Ordinal)
        && block.Steps[step - 1].Command.StartsWith("git clone ", StringComparison.Ordinal);

    private static bool IsOnlyChecked(string command)
    {
        if (Make().Match(command) is not { Success: true } make)
        {
            return command.StartsWith("sudo ", StringComparison.Ordinal) || command.StartsWith("git clone ", StringComparison.Ordinal);
        }

        var makefile = File.ReadAllText(Path.Combine(Repository.Root, "Makefile"));
        foreach (var target in make.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => Target().IsMatch(word)))
        {
            Assert.True(Regex.IsMatch(makefile, $"^{target}:", RegexOptions.Multiline), $"The Makefile has no {target}: {command}");
        }

        return true;
    }

    [GeneratedRegex("^make(?:$| ([^#&|;]*))")]
    private static partial Regex Make();

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex Target();
}
