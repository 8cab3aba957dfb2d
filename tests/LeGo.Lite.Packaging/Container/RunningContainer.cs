using System.Formats.Tar;
using LeGo.Lite.EndToEnd.Support;

namespace LeGo.Lite.Packaging.Container;

/// <summary>
/// The image, run with what a runtime gives to a container: namespaces of its own, a read-only root, /proc and four devices, the image's user,
/// entrypoint and environment, no capability and no way to get one. No engine is needed, which test machines rarely have.
/// </summary>
internal sealed class RunningContainer : IDisposable
{
    // $1: the root; then what is to be mounted where, up to --; then variables and the command.
    private const string Start = """
        set -eu
        root=$1
        shift
        mount --make-rprivate /
        mount --bind "$root" "$root"
        mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
        for device in null zero random urandom; do
            mount --bind "/dev/$device" "$root/dev/$device"
        done
        while [ "$1" != -- ]; do
            mount --bind "$1" "$root$2"
            mount -o remount,bind,ro "$root$2"
            shift 2
        done
        shift
        mount -o remount,bind,ro "$root"
        ip link set lo up
        exec env -i "$@"
        """;

    private readonly TempDirectory temp = TempDirectory.Open();

    /// <param name="image">What to run.</param>
    /// <param name="mounts">Directories of this machine, and where they are mounted to be read.</param>
    /// <param name="environment">Beside what every runtime sets.</param>
    public RunningContainer(
        Image image, IReadOnlyList<(string Source, string Target)> mounts, params IReadOnlyList<(string Name, string Value)> environment)
    {
        try
        {
            var root = temp["root"];
            Directory.CreateDirectory(root);
            foreach (var layer in image.LayerArchives)
            {
                TarFile.ExtractToDirectory(new MemoryStream(layer), root, overwriteFiles: false);
            }

            // A runtime makes what it mounts on.
            foreach (var directory in new[] { "/proc", "/dev" }.Concat(mounts.Select(mount => mount.Target)))
            {
                Directory.CreateDirectory(root + directory);
            }

            foreach (var device in new[] { "null", "zero", "random", "urandom" })
            {
                File.WriteAllText($"{root}/dev/{device}", "");
            }

            var user = image.Settings.GetProperty("User").GetString()!;
            Ids = user.Split(':');
            Environment = environment;
            Server = LegoLite.Serve(new Command(
                "unshare",
                [
                    "--mount", "--pid", "--fork", "--kill-child", "--net", "--ipc", "--uts", "sh", "-c", Start, "sh",
                    root, .. mounts.SelectMany(mount => new[] { mount.Source, mount.Target }), "--",
                    "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", .. environment.Select(variable => $"{variable.Name}={variable.Value}"),
                    "setpriv", "--no-new-privs", "chroot", $"--userspec={user}", "--groups=", root, .. image.Words("Entrypoint"),
                ]));
        }
        catch
        {
            temp.Dispose();
            throw;
        }
    }

    public LegoLite Server { get; }

    /// <summary>Of its user and group.</summary>
    private string[] Ids { get; }

    private IReadOnlyList<(string Name, string Value)> Environment { get; }

    /// <summary>The server's process, as this machine counts.</summary>
    public int ProcessId => Server.Child;

    /// <summary>A command that a runtime runs in a container that is there: in its namespaces and its root, as its user, with its variables.</summary>
    public Command Exec(params IReadOnlyList<string> command) => new(
        "nsenter",
        [
            "--target", $"{ProcessId}", "--mount", "--pid", "--net", "--ipc", "--uts", "--root", "--wd", "--setuid", Ids[0], "--setgid", Ids[1], .. command,
        ])
    {
        Environment = Environment,
    };

    /// <summary>A request from within its network, by this machine's curl.</summary>
    public Response Curl(string url, params IEnumerable<string> options)
    {
        var curl = EndToEnd.Support.Curl.Command([.. options, "-i", url]);
        return Response.Parse((curl with { Program = "nsenter", Arguments = ["--target", $"{ProcessId}", "--net", curl.Program, .. curl.Arguments] }).RunWell().Output);
    }

    public void Dispose()
    {
        Server.Dispose();
        temp.Dispose();
    }
}
