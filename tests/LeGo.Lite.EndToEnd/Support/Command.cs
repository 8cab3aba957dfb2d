using System.Diagnostics;
using System.Text;
using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A program to run, without a shell in between and without settings of this machine.</summary>
internal sealed record Command(string Program, params IReadOnlyList<string> Arguments)
{
    public string Directory { get; init; } = Path.GetTempPath();

    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    public byte[] Input { get; init; } = [];

    /// <summary>Only against what hangs.</summary>
    public TimeSpan SafetyNet { get; init; } = Wait.SafetyNet;

    /// <summary>The caller reads both outputs and disposes the process.</summary>
    public Process Start()
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            WorkingDirectory = Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("LEGO_LITE_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    public Result Run()
    {
        using var process = Start();
        var output = ReadAsync(process.StandardOutput.BaseStream);
        var errors = ReadAsync(process.StandardError.BaseStream);
        try
        {
            process.StandardInput.BaseStream.Write(Input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want its input: what it said is what counts.
        }

        if (!process.WaitForExit(SafetyNet) || !Task.WaitAll([output, errors], Wait.SafetyNet))
        {
            process.Kill();
            Assert.Fail($"{this} does not end.");
        }

        return new(process.ExitCode, output.Result, Encoding.UTF8.GetString(errors.Result));
    }

    /// <summary>Runs it to its end, which has to be a good one.</summary>
    public Result RunWell()
    {
        var result = Run();
        Assert.True(result.Status == 0, $"{this}: exit status {result.Status}\n{result.Text}{result.Errors}");
        return result;
    }

    public override string ToString() => $"{Program} {string.Join(' ', Arguments)}";

    private static Task<byte[]> ReadAsync(Stream stream) => Task.Run(() =>
    {
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    });
}

/// <summary>What a program left behind.</summary>
internal sealed record Result(int Status, byte[] Output, string Errors)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
