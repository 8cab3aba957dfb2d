using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Hostile;

/// <summary>The private keys in its memory do not leave it, also when it dies.</summary>
public sealed class DumpTests
{
    // A shell says whether a core was dumped, wherever the system puts it.
    private const string Dumped = "(core dumped)";
    private const string InShell = "ulimit -c unlimited && \"$0\" \"$@\"; exit $?";

    private static readonly (string Name, string Value) DumpItself = ("DOTNET_DbgEnableMiniDump", "1");

    /// <summary>What makes a .NET process write dumps by itself, or open a door for who asks for one.</summary>
    private static readonly (string Name, string Value)[] Diagnostics =
    [
        .. Repository.IsStatic ? [] : new[] { DumpItself }, ("DOTNET_DbgMiniDumpType", "4"), ("DOTNET_DbgMiniDumpName", "dump.%p"), ("DOTNET_EnableCrashReport", "1"),
        ("DOTNET_EnableDiagnostics", "1"), ("DOTNET_EnableDiagnostics_IPC", "1"), ("DOTNET_EnableEventPipe", "1"), ("DOTNET_DiagnosticPorts", "door"),
    ];

    [Theory]
    [InlineData("ABRT", 134)]
    [InlineData("SEGV", 139)]
    [InlineData("QUIT", 0)]
    public void A_crash_leaves_no_dump_and_says_no_secret(string signal, int status)
    {
        Assert.SkipUnless(SleepDumps(), "this machine dumps no cores");
        using var temp = new TempDirectory();
        using var server = LegoLite.Serve(new Command("sh", "-c", InShell, Repository.Binary, "serve", "--data", Repository.Sample, "--listen", "http://127.0.0.1:0")
        {
            Directory = temp.Path,
            Environment = [.. Diagnostics, ("TMPDIR", temp.Path), ("LEGO_LITE_LOG__LEVEL", "trace")],
        });
        foreach (var (download, apiKey, _, _) in Sample.Named("printer").Downloads)
        {
            Assert.Equal(200, server.Download(download, apiKey).Status);
            Assert.Equal(200, Curl.Get(server.Url($"{download}/{apiKey}")).Status);
        }

        // A signal that a program's own mistake would have sent again and again is not always heard the first time.
        var kill = new Command("sh", "-c", "kill -s \"$0\" \"$1\"", signal, $"{server.Child}");
        Wait.Until(() => kill.Run().Status != 0, () => $"it dies\n{server.Log}");

        Assert.Equal(status, server.WaitForExit());
        Assert.DoesNotContain(Dumped, server.Log, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
        Secrets.AssertNone(server.Log);
    }

    [Fact]
    public void Its_memory_is_closed_to_other_processes_of_its_user()
    {
        using var temp = new TempDirectory();
        temp.AddSample("tree");
        using var sleep = Nobody.Program("sleep", "1000").Start();
        try
        {
            using var server = LegoLite.Serve(Nobody.Command(temp, "serve", "--data", temp["tree"], "--listen", "http://127.0.0.1:0"));
            Assert.Equal(200, server.Download(Web.PrivateKey, Web.KeyApiKey).Status);
            foreach (var file in new[] { "maps", "environ", "auxv", "mem" })
            {
                // Of another process it can be read: it is this one that is closed.
                Wait.Until(() => Read(sleep.Id, file).Status == 0, () => $"{file} of sleep can be read");
                var refused = Read(server.ProcessId, file);
                Assert.Contains("Permission denied", refused.Errors, StringComparison.Ordinal);
                Assert.Empty(refused.Output);
            }
        }
        finally
        {
            sleep.Kill();
            sleep.WaitForExit();
        }

        // The first bytes of memory are nowhere mapped: to open it is what is allowed or not.
        static Result Read(int process, string file) => Nobody.Program("sh", "-c", "exec < \"$0\" && { test \"$1\" = mem || cat; }", $"/proc/{process}/{file}", file).Run();
    }

    [Fact]
    public void It_opens_no_door_for_diagnostics()
    {
        using var temp = new TempDirectory();
        using var server = LegoLite.Serve(LegoLite.Command("serve", "--data", Repository.Sample, "--listen", "http://127.0.0.1:0") with
        {
            Directory = temp.Path,
            Environment = [.. Diagnostics, ("TMPDIR", temp.Path)],
        });

        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
        Assert.DoesNotContain(Directory.GetFileSystemEntries("/tmp"), entry => entry.Contains($"-{server.ProcessId}-", StringComparison.Ordinal));
        Assert.DoesNotContain(File.ReadLines($"/proc/{server.ProcessId}/net/unix"), line => line.Contains($"-{server.ProcessId}-", StringComparison.Ordinal));
    }

    /// <summary>.NET does not find itself in a static binary, and so neither the program that would write the dump.</summary>
    [Fact]
    public void A_static_binary_that_is_to_dump_itself_does_not_start()
    {
        Assert.SkipUnless(Repository.IsStatic, "STATIC=0: this binary starts, and writes none.");
        using var temp = new TempDirectory();

        var result = (LegoLite.Command("list", "--data", Repository.Sample) with { Directory = temp.Path, Environment = [DumpItself, ("TMPDIR", temp.Path)] }).Run();

        Assert.Equal((255, "", ""), (result.Status, result.Text, result.Errors));
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    private static bool SleepDumps()
    {
        using var temp = new TempDirectory();
        return (new Command("sh", "-c", InShell, "sh", "-c", "kill -ABRT $$") { Directory = temp.Path }).Run().Errors.Contains(Dumped, StringComparison.Ordinal);
    }
}
