using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LeGo.Lite.Bench;

/// <summary>
/// Full handshakes, each on a connection of its own with one request, by openssl s_time: wrk takes up the session of the
/// connection before, whatever is asked of it.
/// </summary>
internal static partial class Handshakes
{
    // Each makes one connection after the other.
    public const int Clients = 8;

    /// <summary>How many there were, and in how many seconds.</summary>
    /// <exception cref="IOException">It failed, or a session was taken up.</exception>
    public static async Task<(long Count, double Seconds)> RunAsync(Uri target, int seconds, CancellationToken stop)
    {
        // It asks by HTTP/1.0: the server closes. It counts whole seconds of the clock, so that its first is none.
        string[] arguments = ["-c", Cores.Load, "openssl", "s_time", "-new", "-connect", target.Authority, "-www", target.AbsolutePath, "-time", $"{seconds + 1}"];
        var start = Stopwatch.GetTimestamp();
        var outputs = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Command.OutputAsync("taskset", arguments, stop)));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;

        var count = outputs.Sum(output => Connections().Match(output) is { Success: true } connections
            ? long.Parse(connections.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new IOException($"openssl s_time says no number of connections: {output}"));

        // It prints an asterisk for each full handshake, and a letter for others.
        return count == outputs.Sum(output => (long)output.Count(character => character == '*'))
            ? (count, elapsed)
            : throw new IOException("openssl s_time: not each connection had a full handshake");
    }

    /// <summary>Version and cipher that come about when nobody asks for any.</summary>
    public static async Task<string> NegotiatedAsync(Uri target, CancellationToken stop)
    {
        var output = await Command.OutputAsync("/bin/sh", ["-c", "exec openssl s_client -connect \"$0\" </dev/null 2>/dev/null", target.Authority], stop);
        return Negotiated().Match(output) is { Success: true } negotiated
            ? negotiated.Result("$1 with $2")
            : throw new IOException($"openssl s_client negotiated nothing: {output}");
    }

    [GeneratedRegex(@"^(\d+) connections in ", RegexOptions.Multiline)]
    private static partial Regex Connections();

    [GeneratedRegex(@"^New, (\S+), Cipher is (\S+)", RegexOptions.Multiline)]
    private static partial Regex Negotiated();
}
