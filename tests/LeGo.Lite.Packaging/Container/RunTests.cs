using LeGo.Lite.EndToEnd.Support;
using LeGo.Lite.Packaging.Release;
using Xunit;

namespace LeGo.Lite.Packaging.Container;

/// <summary>The image does its work where there is nothing else.</summary>
public sealed class RunTests
{
    private readonly Image image = new();

    [Fact]
    public void Without_a_config_it_serves_what_is_mounted_and_is_well()
    {
        using var temp = TempDirectory.Open();
        using var container = new RunningContainer(image, [(temp.AddSample("tree", "web.example.com"), "/data")]);

        Assert.Equal("http://127.0.0.1:4050", Assert.Single(container.Server.Addresses));
        Assert.Equal("serving 1 private key and 1 certificate from data: 0 errors, 1 warning", container.Server.OutputLines[^1]);
        Assert.StartsWith(ReleaseFiles.Version, container.Exec("/lego-lite", "--version").RunWell().Text, StringComparison.Ordinal);
        AssertHealth(container, 0, "");
        Assert.Equal(Web.NewerChain, container.Curl($"http://127.0.0.1:4050{LegoLite.Path(Web.Certificate)}", "-H", $"apiKey: {Web.CertificateApiKey}").Text);
    }

    /// <summary>A process that is the first of its namespace dies of no signal that it does not handle.</summary>
    [Fact]
    public void Told_to_stop_it_ends_well()
    {
        using var temp = TempDirectory.Open();
        using var container = new RunningContainer(image, [(temp.AddSample("tree", "web.example.com"), "/data")]);

        Assert.Equal(0, container.Server.Stop(to: container.ProcessId));
    }

    /// <summary>While nothing else is there, and for health neither a name nor a proxy.</summary>
    [Fact]
    public void A_server_that_does_not_answer_is_not_well()
    {
        using var temp = TempDirectory.Open();
        using var container = new RunningContainer(image, [(temp.AddSample("tree", "web.example.com"), "/data")]);

        container.Server.Signal("STOP", container.ProcessId);
        AssertHealth(container, 1, "lego-lite: 127.0.0.1:4050: no answer within 3 seconds\n");

        container.Server.Signal("CONT", container.ProcessId);
        AssertHealth(container, 0, "");
        var result = container.Exec("/lego-lite", "health", "http://localhost:4050/certwarden/api/health").RunWell();
        Assert.Equal(("", ""), (result.Text, result.Errors));
    }

    [Fact]
    public void It_serves_where_it_can_write_nothing_and_has_no_privilege()
    {
        using var temp = TempDirectory.Open();
        using var container = new RunningContainer(image, [(temp.AddSample("tree", "web.example.com"), "/data")]);

        var status = File.ReadAllLines($"/proc/{container.ProcessId}/status");
        Assert.Contains("Uid:\t65532\t65532\t65532\t65532", status);
        Assert.Contains("Groups:\t ", status);
        Assert.Contains("CapEff:\t0000000000000000", status);
        Assert.Contains("CapPrm:\t0000000000000000", status);
        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.All(
            File.ReadAllLines($"/proc/{container.ProcessId}/mountinfo").Select(line => line.Split(' ')).Where(mount => mount[4] is "/" or "/data"),
            mount => Assert.Contains("ro", mount[5].Split(',')));
        Assert.Equal(Web.NewerChain, container.Curl($"http://127.0.0.1:4050{LegoLite.Path(Web.Certificate)}", "-H", $"apiKey: {Web.CertificateApiKey}").Text);
    }

    private void AssertHealth(RunningContainer container, int status, string errors)
    {
        var check = image.Settings.GetProperty("Healthcheck").GetProperty("Test").EnumerateArray().Skip(1).Select(word => word.GetString()!);
        var result = container.Exec([.. check]).Run();
        Assert.Equal((status, "", errors), (result.Status, result.Text, result.Errors));
    }
}
