using System.Diagnostics;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Systemd;

/// <summary>A real systemd that runs services, on a copy of this machine's files; see boot.sh.</summary>
internal sealed class Machine : IDisposable
{
    private readonly TempDirectory temp = new();
    private readonly Process process;
    private readonly Task<string> said;

    /// <param name="add">Adds files to those of this machine: what is <c>etc/x</c> there is <c>/etc/x</c> here.</param>
    public Machine(Action<TempDirectory> add)
    {
        Assert.True(Environment.IsPrivilegedProcess, "This test takes root.");
        var files = Directory.CreateDirectory(temp["files"]).FullName;
        Directory.CreateDirectory(temp["add"]);
        add(temp);
        process = new Command("sh", Path.Combine(Repository.Root, "tests/LeGo.Lite.Packaging/Systemd/boot.sh"), files).Start();
        _ = process.StandardOutput.ReadToEndAsync();
        said = process.StandardError.ReadToEndAsync();
        try
        {
            Wait.Until(
                () => process.HasExited || (IsBooted && Run("systemctl", "is-system-running").Text.TrimEnd() is "running" or "degraded"),
                () => "systemd has started");
            Assert.False(process.HasExited, process.HasExited ? $"systemd does not run here: {said.Result}" : "");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs a program there, whatever becomes of it.</summary>
    public Result Run(string program, params IEnumerable<string> arguments) =>
        new Command("nsenter", ["--target", FirstProcess, "--mount", "--pid", "--ipc", "--uts", "--net", "--cgroup", "--wd=/", program, .. arguments]).Run();

    /// <summary>Runs a program there, which has to end well. Returns what it says.</summary>
    public string RunWell(string program, params IEnumerable<string> arguments)
    {
        var result = Run(program, arguments);
        Assert.True(result.Status == 0, $"{program} {string.Join(' ', arguments)}: {result.Status}\n{result.Text}{result.Errors}{Journal}");
        return result.Text;
    }

    public string Show(string property) => RunWell("systemctl", "show", "--value", $"--property={property}", "lego-lite.service").TrimEnd();

    public string Journal => Run("journalctl", "--no-pager", "-o", "cat", "-u", "lego-lite.service").Text;

    /// <summary>Until then the first process is a shell that sees all of this machine, and what is run beside it would be run here.</summary>
    private bool IsBooted
    {
        get
        {
            try
            {
                return File.ReadAllText($"/proc/{FirstProcess}/environ").Split('\0').Contains("container=lego-lite");
            }
            catch (IOException)
            {
                // It has not been started, or has ended.
                return false;
            }
        }
    }

    private string FirstProcess => process.HasExited ? "none"
        : File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Split(' ')[0];

    public void Dispose()
    {
        // With its first process all others of the namespace end, and leave their control groups empty.
        process.Kill();
        process.WaitForExit();
        var clear = new Command("find", "/sys/fs/cgroup", "-depth", "-type", "d", "-path", $"*/lego-lite-test.{Path.GetFileName(temp.Path)}*", "-exec", "rmdir", "{}", "+");
        try
        {
            Wait.Until(() => clear.Run().Status == 0, () => "its control groups are empty");
        }
        finally
        {
            process.Dispose();
            temp.Dispose();
        }
    }
}
