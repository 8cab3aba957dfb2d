using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>The native binary as a running server.</summary>
internal sealed partial class LegoLite : IDisposable
{
    /// <summary>What an https:// address needs, from the sample.</summary>
    public static readonly (string Name, string Value) OwnCertificate = ("LEGO_LITE_TLS__CERTIFICATE", "web.example.com");

    private const string Listening = "listening on ";

    private readonly Process process;
    private readonly TempDirectory? home;
    private readonly Lines output;
    private readonly Lines errors;

    /// <param name="command">A server, in whatever wrapping.</param>
    /// <param name="home">Goes with the server.</param>
    private LegoLite(Command command, TempDirectory? home)
    {
        this.home = home;

        // It hears every signal, also where the tests run in the background or under nohup, whose programs inherit that some are ignored.
        process = (command with
        {
            Program = "env",
            Arguments = ["--default-signal", command.Program, .. command.Arguments],

            // Many tests bring a wrong API key, and all of them are one client. Those of throttling set it again.
            Environment = [("LEGO_LITE_FAILED_LOGINS_PER_MINUTE", "0"), .. command.Environment],
        }).Start();
        output = new(process.StandardOutput);
        errors = new(process.StandardError);
        try
        {
            // The summary is the last line that a start prints.
            Wait.Until(
                () => process.HasExited || output.All.Any(line => line.StartsWith("serving ", StringComparison.Ordinal)),
                () => $"{command} is up\n{Log}");
            Assert.False(process.HasExited, $"{command} ended\n{Log}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The process that was started: the server, or what wraps it.</summary>
    public int ProcessId => process.Id;

    public long ResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 >> 20;
        }
    }

    public IEnumerable<string> Addresses =>
        output.All.Where(line => line.StartsWith(Listening, StringComparison.Ordinal)).Select(line => line[Listening.Length..]);

    /// <summary>The first one: <c>http://127.0.0.1:PORT</c>.</summary>
    public string Address => Addresses.First();

    /// <summary>The https one of two.</summary>
    public string SecureAddress => Addresses.First(address => address.StartsWith("https:", StringComparison.Ordinal));

    public string[] OutputLines => output.All;

    public string[] LogLines => errors.All;

    /// <summary>The errors of the log that it has not cleared again.</summary>
    public IReadOnlySet<string> OpenErrors
    {
        get
        {
            var open = new HashSet<string>();
            foreach (var error in LogLines.Select(line => Error().Match(line)).Where(match => match.Success))
            {
                var problem = error.Groups["problem"].Value;
                _ = error.Groups["cleared"].Success ? open.Remove(problem) : open.Add(problem);
            }

            return open;
        }
    }

    /// <summary>Everything it wrote.</summary>
    public string Log => string.Join('\n', [.. OutputLines, .. LogLines, ""]);

    /// <summary>A command of the binary, to be run in whatever directory.</summary>
    public static Command Command(params IReadOnlyList<string> arguments)
    {
        Repository.RequireBinary();
        return new(Repository.Binary, arguments);
    }

    /// <summary>Serves a tree on a port of its own, from a directory without a config file.</summary>
    /// <param name="data">The tree.</param>
    /// <param name="settings">Environment variables.</param>
    public static LegoLite Serve(string data, params IReadOnlyList<(string Name, string Value)> settings)
    {
        var home = new TempDirectory();
        return new(
            Command("serve", "--data", data, "--listen", "http://127.0.0.1:0") with { Directory = home.Path, Environment = settings },
            home);
    }

    /// <summary>As above, over HTTPS too, with a certificate of the tree.</summary>
    public static LegoLite ServeBoth(string data, params IReadOnlyList<(string Name, string Value)> settings)
    {
        var home = new TempDirectory();
        return new(
            Command("serve", "--data", data, "--listen", "http://127.0.0.1:0", "--listen", "https://127.0.0.1:0") with
            {
                Directory = home.Path,
                Environment = [OwnCertificate, .. settings],
            },
            home);
    }

    /// <summary>Serves as the command says; it has to listen on port 0 to be able to run beside others.</summary>
    public static LegoLite Serve(Command command) => new(command, null);

    /// <summary>The URL of a download, in the first base path.</summary>
    public string Url(string download) => Address + Path(download);

    /// <summary>Its path.</summary>
    public static string Path(string download) => $"/legocerthub/api/v1/download/{download}";

    /// <summary>What the system says of the process, such as VmRSS, in kB, or Threads.</summary>
    public long Status(string field) => long.Parse(
        File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split('\t', ' ')
            .First(part => part.Length > 0 && char.IsAsciiDigit(part[0])),
        CultureInfo.InvariantCulture);

    /// <summary>The process that the one that was started has started, or is about to.</summary>
    public int Child
    {
        get
        {
            var child = 0;
            Wait.Until(
                () => int.TryParse(File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Split(' ')[0], CultureInfo.InvariantCulture, out child),
                () => $"it has started another\n{Log}");
            return child;
        }
    }

    /// <summary>Downloads with curl and an API key in the header.</summary>
    public Response Download(string download, string apiKey) => Curl.Get(Url(download), "-H", $"apiKey: {apiKey}");

    /// <summary>Over HTTPS from the sample's own certificate, which is verified.</summary>
    public Response SecureDownload(string download, string apiKey, params IEnumerable<string> options)
    {
        var port = new Uri(SecureAddress).Port;
        return Curl.Get(
            $"https://{OwnCertificate.Value}:{port}{Path(download)}",
            [.. options, "--cacert", System.IO.Path.Combine(Repository.Sample, "roots.pem"), "--connect-to", $"::127.0.0.1:{port}", "-H", $"apiKey: {apiKey}"]);
    }

    public void WaitForLog(string part) =>
        Wait.Until(() => LogLines.Any(line => line.Contains(part, StringComparison.Ordinal)), () => $"the log says: {part}\n{Log}");

    /// <summary>Sends a signal and waits for the end. Returns the exit status.</summary>
    /// <param name="signal">Such as TERM.</param>
    /// <param name="to">Which process; the server if null.</param>
    public int Stop(string signal = "TERM", int? to = null)
    {
        Signal(signal, to);
        return WaitForExit();
    }

    /// <summary>By the shell's own kill: not every machine has the program.</summary>
    public void Signal(string signal, int? to = null) =>
        new Command("sh", "-c", "kill -s \"$0\" \"$1\"", signal, $"{to ?? process.Id}").RunWell();

    public int WaitForExit()
    {
        // Generous: it is to stop within a second, on a machine that has nothing else to do.
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(10)), $"it does not stop\n{Log}");
        output.WaitForEnd();
        errors.WaitForEnd();
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            // With its children: what ends them with it is forgotten where they change their user.
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
        home?.Dispose();
    }

    [GeneratedRegex(@"LeGo\.Lite\[\d+\] (?<cleared>cleared: )?(?<problem>.*: error: .*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Error();

    /// <summary>The lines of a stream so far.</summary>
    private sealed class Lines
    {
        private readonly List<string> lines = [];
        private readonly Task reading;

        public Lines(StreamReader reader) => reading = Task.Run(() =>
        {
            while (reader.ReadLine() is { } line)
            {
                lock (lines)
                {
                    lines.Add(line);
                }
            }
        });

        public string[] All
        {
            get
            {
                lock (lines)
                {
                    return [.. lines];
                }
            }
        }

        public void WaitForEnd() => reading.Wait(Wait.SafetyNet);
    }
}
