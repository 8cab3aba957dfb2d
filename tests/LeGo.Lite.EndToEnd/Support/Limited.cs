using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A machine on which the kernel gives little of something.</summary>
internal static class Limited
{
    /// <summary>The binary in a user namespace that has a limit of its own.</summary>
    public static Command Command(string limit, int count, IEnumerable<string> arguments)
    {
        Repository.RequireBinary();
        string[] inNamespace = ["-Ur", "sh", "-c", $"echo {count} > /proc/sys/user/{limit} && exec \"$@\"", "sh"];
        var probe = new Support.Command("unshare", [.. inNamespace, "true"]).Run();
        Assert.True(
            probe.Status == 0, $"This test needs a user namespace of its own (unshare -Ur), and this machine doesn't let it have one:\n{probe.Errors}");
        return new("unshare", [.. inNamespace, Repository.Binary, .. arguments]);
    }
}
