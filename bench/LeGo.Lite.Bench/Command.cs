using System.Diagnostics;

namespace LeGo.Lite.Bench;

/// <summary>A program that is run to its end.</summary>
internal static class Command
{
    /// <exception cref="IOException">It failed, and has said why on standard error.</exception>
    public static async Task<string> OutputAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return process.ExitCode == 0 ? output : throw new IOException($"{Path.GetFileName(program)} ended with {process.ExitCode}");
        }
        finally
        {
            process.Kill();
        }
    }
}
