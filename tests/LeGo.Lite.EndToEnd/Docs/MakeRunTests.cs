using System.Diagnostics;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Docs;

public sealed class MakeRunTests
{
    // make takes the binary as it is, so that a test never builds it.
    private static readonly Command MakeRun = new("make", "--no-print-directory", "-o", "artifacts/lego-lite", "run")
    {
        Directory = Repository.Root,
        Environment = [("LEGO_LITE_LISTEN__0", "http://127.0.0.1:0")],
    };

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void Make_run_prints_curl_lines_that_work(string signal)
    {
        Repository.RequireBinary();
        using var make = LegoLite.Serve(MakeRun);

        // make starts it through a shell that it replaces.
        using var server = Process.GetProcessById(make.Child);
        try
        {
            var lines = make.OutputLines.Where(line => line.StartsWith("curl ", StringComparison.Ordinal)).ToList();

            Assert.True(lines.Count >= 3, make.Log);
            foreach (var line in lines)
            {
                Assert.Contains("http://127.0.0.1:4050/", line, StringComparison.Ordinal);
                var typed = line.Replace("http://127.0.0.1:4050", make.Address, StringComparison.Ordinal);
                var output = new Command("bash", "--norc", "--noprofile", "-c", typed).RunWell();
                Pem.AssertNormal(output.Output);
            }

            Assert.Equal(0, make.Stop(signal, server.Id));
        }
        finally
        {
            if (!server.HasExited)
            {
                server.Kill();
            }
        }
    }
}
