using LeGo.Lite.EndToEnd.Support;
using LeGo.Lite.Packaging.Release;
using Xunit;

namespace LeGo.Lite.Packaging.Container;

/// <summary>The image in an engine that people use.</summary>
public sealed class EngineTests
{
    // $1: the archive; $2: the tree; $3: the version. Here crun takes a machine's cgroups only if there is one kind of
    // them, and no limits that a container may not have; neither has to do with the image.
    private const string Podman = """
        set -eu
        mount --make-rprivate /
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        podman() { command podman --root "$place/root" --runroot "$place/run" --storage-driver vfs --cgroup-manager cgroupfs --events-backend none "$@"; }
        place=$(mktemp -d /tmp/podman.XXXXXX) # it takes no long names
        trap 'podman rm --force it >/dev/null 2>&1 || true; rm -rf "$place"' EXIT
        podman load --quiet --input "$1" >/dev/null
        podman run --detach --name it --network none --cgroups disabled --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \
            --read-only --cap-drop all --security-opt no-new-privileges --volume "$2:/data:ro" "localhost/lego-lite:$3" >/dev/null
        tries=0
        until podman logs it 2>/dev/null | grep '^serving '; do
            tries=$((tries + 1))
            [ $tries -lt 200 ] || exit 1
            sleep 0.1
        done
        podman healthcheck run it && echo healthy
        podman stop it >/dev/null
        podman inspect it --format 'ended with {{.State.ExitCode}}'
        """;

    [Fact]
    public void Podman_loads_it_runs_it_finds_it_healthy_and_stops_it()
    {
        using var temp = TempDirectory.Open();
        var tree = temp.AddSample("tree", "web.example.com");

        var result = new Command("unshare", "--mount", "sh", "-c", Podman, "sh", new Image().Archive, tree, ReleaseFiles.Version).RunWell();

        Assert.Equal(["serving 1 private key and 1 certificate from data: 0 errors, 1 warning", "healthy", "ended with 0"], result.Lines);
    }
}
