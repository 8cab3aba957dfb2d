namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A user who may not read everything. Root, as whom tests run in CI, may.</summary>
internal static class Nobody
{
    private const UnixFileMode Open =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The binary, copied to where that user can reach it, run as that user if this is root.</summary>
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
        File.SetUnixFileMode(temp.Path, Open);
        return new("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", binary, .. arguments]);
    }
}
