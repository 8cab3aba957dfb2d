using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Debian;

/// <summary>A Debian with nothing but what each one has, in a directory that is gone when the test ends.</summary>
internal sealed class CleanRoot : IDisposable
{
    private const string Release = "bookworm";

    private static readonly Lazy<string> Pristine = new(Bootstrap);

    private readonly TempDirectory temp = TempDirectory.Open();

    public CleanRoot()
    {
        new Command("cp", "--archive", Pristine.Value, Path) { SafetyNet = TimeSpan.FromMinutes(5) }.RunWell();
    }

    public string Path => temp["root"];

    /// <summary>Where a path of the root is outside of it.</summary>
    public string this[string path] => Path + path;

    public void Dispose() => temp.Dispose();

    /// <summary>A program of the root, as root of the root.</summary>
    public Command Command(string program, params IReadOnlyList<string> arguments) => new("chroot", [Path, program, .. arguments])
    {
        Environment = [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("LC_ALL", "C.UTF-8"), ("DEBIAN_FRONTEND", "noninteractive")],
    };

    /// <summary>A program of the root, as the user of the server.</summary>
    public Command AsServer(string program, params IReadOnlyList<string> arguments)
    {
        var command = Command(program, arguments);
        return command with { Arguments = ["--userspec=lego-lite:lego-lite", .. command.Arguments] };
    }

    public string Shell(string script) => Command("sh", "-ec", script).RunWell().Text;

    /// <summary>Mode and owners.</summary>
    public string Access(string path) => Command("stat", "-c", "%a %U:%G", path).RunWell().Text.TrimEnd();

    public Result Install(Package package, params IReadOnlyList<string> options)
    {
        File.Copy(package.File, this["/package.deb"], overwrite: true);
        var result = Command("dpkg", [.. options, "--install", "/package.deb"]).Run();
        File.Delete(this["/package.deb"]);
        Assert.True(result.Status == 0, result.Text + result.Errors);
        return result;
    }

    /// <summary>Everything that is there, but for what dpkg knows and logs, what the user database keeps of its last state, and what is gone after a boot.</summary>
    public string[] Paths() => Command("find", "/", "-xdev", "-printf", "%p %y %m %u:%g\n").RunWell().Lines
        .Where(line => !line.StartsWith("/var/lib/dpkg/", StringComparison.Ordinal) && !line.StartsWith("/var/log/", StringComparison.Ordinal)
            && !line.StartsWith("/run/", StringComparison.Ordinal)
            && !line.Split(' ')[0].EndsWith('-'))
        .Order(StringComparer.Ordinal)
        .ToArray();

    private static string Bootstrap()
    {
        Assert.True(Environment.IsPrivilegedProcess, "Only root can make and enter a root directory.");
        var pristine = System.IO.Path.Combine(Repository.Root, "artifacts", Release);
        if (!Directory.Exists(pristine))
        {
            var making = pristine + ".new";
            new Command("rm", "-rf", "--one-file-system", making).RunWell();
            new Command("debootstrap", "--variant=minbase", Release, making) { SafetyNet = TimeSpan.FromMinutes(30) }.RunWell();
            new Command("rm", "-rf", $"{making}/var/cache/apt", $"{making}/var/lib/apt/lists").RunWell();
            Directory.Move(making, pristine);
        }

        return pristine;
    }
}
