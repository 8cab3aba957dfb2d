using System.Text.RegularExpressions;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Debian;

/// <summary>A .deb file.</summary>
internal sealed partial record Package(string File)
{
    public static readonly string[] Architectures = ["amd64", "arm64"];

    /// <summary>The one for the machine that this is.</summary>
    public static Package Native => Made(new Command("dpkg", "--print-architecture").RunWell().Text.TrimEnd());

    /// <summary>Name, mode, owner and what a link leads to, of each path in it.</summary>
    public string[] Contents =>
        [.. new Command("dpkg-deb", "--contents", File).RunWell().Lines.Select(line => Listed().Replace(line, "${mode} ${owner} ${path}"))];

    /// <summary>As <c>make deb</c> left it.</summary>
    public static Package Made(string architecture)
    {
        var directory = Path.Combine(Repository.Root, "artifacts", "deb");
        var files = Directory.Exists(directory) ? Directory.GetFiles(directory, $"lego-lite_*_{architecture}.deb") : [];
        Assert.True(files.Length == 1, $"There is not one package for {architecture} in {directory}: run make deb.");
        return new(files[0]);
    }

    public string Field(string name) => new Command("dpkg-deb", "--field", File, name).RunWell().Text.TrimEnd();

    /// <summary>Unpacks it as dpkg would, with owners and modes.</summary>
    public void Unpack(string into) => new Command("dpkg-deb", "--extract", File, into).RunWell();

    /// <summary>The next version of it.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="version">A greater one.</param>
    /// <param name="change">Changes the unpacked package before it is packed again.</param>
    public Package Next(TempDirectory into, string version, Action<string>? change = null)
    {
        var unpacked = into[version];
        new Command("dpkg-deb", "--raw-extract", File, unpacked).RunWell();
        var control = Path.Combine(unpacked, "DEBIAN", "control");
        System.IO.File.WriteAllText(control, Version().Replace(System.IO.File.ReadAllText(control), $"Version: {version}"));
        change?.Invoke(unpacked);
        new Command("dpkg-deb", "--build", "-Znone", unpacked, into[$"{version}.deb"]).RunWell();
        return new(into[$"{version}.deb"]);
    }

    [GeneratedRegex(@"^(?<mode>\S+) (?<owner>\S+) +\d+ \S+ \S+ (?<path>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Listed();

    [GeneratedRegex("^Version: .*$", RegexOptions.Multiline)]
    private static partial Regex Version();
}
