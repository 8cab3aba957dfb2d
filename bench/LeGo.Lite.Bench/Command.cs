using System.Diagnostics;

namespace LeGo.Lite.Bench;

/// <summary>A program that is run to its end.</summary>
internal static class Command
{
    /// <exception cref="IOException">It failed, and has said why on standard error.</exception>
    public static string Output(string program, params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw Failed(program, process);
    }

    /// <exception cref="IOException">It failed, and has said why on standard error.</exception>
    public static async Task<string> OutputAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return process.ExitCode == 0 ? output : throw Failed(program, process);
        }
        finally
        {
            process.Kill();
        }
    }

    private static IOException Failed(string program, Process process) => new($"{Path.GetFileName(program)} ended with {process.ExitCode}");
}
