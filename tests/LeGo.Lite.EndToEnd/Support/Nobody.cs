namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A user who may not read everything. Root, as whom tests run in CI, may.</summary>
internal static class Nobody
{
    private const string Id = "65534";

    private const UnixFileMode Open =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The binary, copied to where that user and no other can reach it, run as that user if this is root.</summary>
    public static Command Command(TempDirectory temp, params IReadOnlyList<string> arguments)
    {
        Repository.RequireBinary();
        if (!Environment.IsPrivilegedProcess)
        {
            return LegoLite.Command(arguments);
        }

        var binary = temp["lego-lite"];
        File.Copy(Repository.Binary, binary, overwrite: true);
        File.SetUnixFileMode(binary, Open);
        _ = new Command("chown", Id, temp.Path).RunWell();
        return Program(binary, arguments);
    }

    /// <summary>Any program, as the same user.</summary>
    public static Command Program(string program, params IReadOnlyList<string> arguments) => Environment.IsPrivilegedProcess
        ? new("setpriv", [$"--reuid={Id}", $"--regid={Id}", "--clear-groups", program, .. arguments])
        : new(program, arguments);
}
