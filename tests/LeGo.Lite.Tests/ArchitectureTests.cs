using System.Runtime.CompilerServices;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests;

/// <summary>The sources keep to the house: which room uses which, and what stays where.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void The_sources_keep_to_the_house()
    {
        var root = Sources();
        var files = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(path => path.Split('/')[0] is not ("bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .ToList();

        Assert.True(files.Count > 40);
        Assert.Empty(files.SelectMany(path => SourceRules.Check(path, File.ReadAllText(Path.Combine(root, path)))));
    }

    [Theory]
    [InlineData("Http/X.cs", "using LeGo.Lite.Files;", "Http may not use Files")]
    [InlineData("Http/X.cs", "using LeGo.Lite.Config;", "Http may not use Config")]
    [InlineData("Http/X.cs", "using static LeGo.Lite.Pem.PemReader;", "Http may not use Pem")]
    [InlineData("Http/X.cs", "using Walk = LeGo.Lite.Files.TreeWalk;", "Http may not use Files")]
    [InlineData("Http/X.cs", "var x = Pem.PemReader.Read();", "Http may not use Pem")]
    [InlineData("Http/X.cs", "var x = new Pem.PemSection();", "Http may not use Pem")]
    [InlineData("Http/X.cs", "void F(Yaml.Mark mark) { }", "Http may not use Yaml")]
    [InlineData("Http/X.cs", "var x = $\"{Pem.PemReader.Read()}\";", "Http may not use Pem")]
    [InlineData("Http/X.cs", "await App.ServeAsync();", "Http may not use App")]
    [InlineData("Catalog/X.cs", "using LeGo.Lite.Http;", "Catalog may not use Http")]
    [InlineData("Http/X.cs", "OwnProcess.ForbidDumps();", "Http may not use OwnProcess")]
    [InlineData("Files/X.cs", "using LeGo.Lite.Catalog;", "Files may not use Catalog")]
    [InlineData("Files/X.cs", "using LeGo.Lite.Pem;", "Files may not use Pem")]
    [InlineData("Pem/X.cs", "using LeGo.Lite.Files;", "Pem may not use Files")]
    [InlineData("Yaml/X.cs", "using LeGo.Lite.Pem;", "Yaml may not use Pem")]
    [InlineData("Config/X.cs", "using LeGo.Lite.Catalog;", "Config may not use Catalog")]
    [InlineData("Cli/X.cs", "using LeGo.Lite.Http;", "Cli may not use Http")]
    [InlineData("Cli/X.cs", "using LeGo.Lite.Yaml;", "Cli may not use Yaml")]
    [InlineData("Systemd/X.cs", "using LeGo.Lite.Catalog;", "Systemd may not use Catalog")]
    [InlineData("Http/X.cs", "using LeGo.Lite.Systemd;", "Http may not use Systemd")]
    [InlineData("App.cs", "using LeGo.Lite.Files;", "App may not use Files")]
    [InlineData("App.cs", "using LeGo.Lite.Cli;", "App may not use Cli")]
    [InlineData("Program.cs", "using LeGo.Lite.Catalog;", "Program may not use Catalog")]
    [InlineData("Problem.cs", "using LeGo.Lite.Catalog;", "Problem may not use Catalog")]
    [InlineData("Log.cs", "using LeGo.Lite.Http;", "Log may not use Http")]
    [InlineData("Http/X.cs", "var x = File.ReadAllText(path);", "Http touches no disk")]
    [InlineData("Http/X.cs", "var x = System.IO.File.Exists(path);", "Http touches no disk")]
    [InlineData("Http/X.cs", "using var x = new FileStream(path, FileMode.Open);", "Http touches no disk")]
    [InlineData("Http/X.cs", "foreach (var x in Directory.GetFiles(path)) { }", "Http touches no disk")]
    [InlineData("Http/X.cs", "await response.SendFileAsync(path);", "Http touches no disk")]
    [InlineData("Catalog/X.cs", "using Microsoft.AspNetCore.Http;", "ASP.NET stays in Http, App and Program")]
    [InlineData("Catalog/X.cs", "void F(HttpContext context) { }", "ASP.NET stays in Http, App and Program")]
    [InlineData("Config/X.cs", "var x = WebApplication.CreateBuilder();", "ASP.NET stays in Http, App and Program")]
    [InlineData("Cli/X.cs", "return StatusCodes.Status200OK;", "ASP.NET stays in Http, App and Program")]
    [InlineData("Catalog/X.cs", "using Microsoft.Net.Http.Headers;", "ASP.NET stays in Http, App and Program")]
    [InlineData("Catalog/X.cs", "using YamlDotNet.Core;", "only Yaml names YamlDotNet")]
    [InlineData("Config/X.cs", "var x = new YamlDotNet.Core.Parser(y);", "only Yaml names YamlDotNet")]
    [InlineData("Catalog/X.cs", "[LibraryImport(\"libc\")] static partial int F();", "only Files, OwnProcess and OpenSsl call the operating system by themselves")]
    [InlineData("Pem/X.cs", "[DllImport(\"libc\")] static extern int F();", "only Files, OwnProcess and OpenSsl call the operating system by themselves")]
    [InlineData("Pem/X.cs", "global using System.Text;", "a file says itself what it uses")]
    [InlineData("Pem/X.cs", "internal interface IReader { }", "no interfaces: a seam can be a delegate")]
    [InlineData("Pem/X.cs", "internal sealed class PemManager;", "a name that says nothing")]
    [InlineData("Pem/X.cs", "internal static class PemHelpers;", "a name that says nothing")]
    [InlineData("Pem/X.cs", "internal readonly record struct PemUtils(int X);", "a name that says nothing")]
    [InlineData("Pem/X.cs", "internal enum ServiceKind { }", "a name that says nothing")]
    [InlineData("Pem/X.cs", "#pragma warning disable CA1031", "a suppression gives its reason on its line")]
    [InlineData("Pem/X.cs", "[SuppressMessage(\"Design\", \"CA1031\")] void F();", "a suppression gives its reason on its line")]
    [InlineData("Pem/X.cs", "[SuppressMessage(\"Design\", \"CA1031\", Justification = \"\")] void F();", "a suppression gives its reason on its line")]
    public void A_breach_is_found(string path, string line, string text)
    {
        var space = path.Contains('/', StringComparison.Ordinal) ? $"LeGo.Lite.{path.Split('/')[0]}" : "LeGo.Lite";

        Assert.Equal([$"{path}:4: {text}"], SourceRules.Check(path, $"// A comment.\nnamespace {space};\n\n{line}\n"));
    }

    [Theory]
    [InlineData("Http/X.cs", "namespace LeGo.Lite.Web;", "the namespace of this folder is LeGo.Lite.Http")]
    [InlineData("Http/Tls/X.cs", "namespace LeGo.Lite.Http;", "the namespace of this folder is LeGo.Lite.Http.Tls")]
    [InlineData("Log.cs", "namespace LeGo.Lite.Log;", "the namespace of this folder is LeGo.Lite")]
    public void A_wrong_namespace_is_found(string path, string line, string text) =>
        Assert.Equal([$"{path}:1: {text}"], SourceRules.Check(path, line));

    [Fact]
    public void A_new_room_must_be_announced()
    {
        Assert.NotEmpty(SourceRules.Check("Metrics/X.cs", "namespace LeGo.Lite.Metrics;"));
        Assert.NotEmpty(SourceRules.Check("Constants.cs", "namespace LeGo.Lite;"));
    }

    [Theory]
    [InlineData("Http/X.cs", "using LeGo.Lite.Catalog;")]
    [InlineData("Http/X.cs", "var context = new DefaultHttpContext();")]
    [InlineData("Http/X.cs", "// Pem.PemReader, File.ReadAllText and LeGo.Lite.Files are not code")]
    [InlineData("Http/X.cs", "/* File.ReadAllText\n File. */")]
    [InlineData("Http/X.cs", "var text = \"using LeGo.Lite.Files; \\\" File.Exists\";")]
    [InlineData("Http/X.cs", "var text = @\"C:\\\"; var other = $\"{{File.Exists}} {problem.File}\"; var quote = '\"'; var slash = '\\\\';")]
    [InlineData("Http/X.cs", "var text = \"\"\"File.Exists(\"x\")\"\"\" + \"\";")]
    [InlineData("Http/X.cs", "return problem.File.Length + item.Config.Credentials.Count;")]
    [InlineData("Catalog/X.cs", "using LeGo.Lite.Files;\nusing LeGo.Lite.Pem;\nusing LeGo.Lite.Yaml;")]
    [InlineData("Catalog/X.cs", "log.ErrorAppeared(Problem.Error(file, Position.Start, text));")]
    [InlineData("Yaml/X.cs", "using YamlDotNet.Core;")]
    [InlineData("Files/X.cs", "[LibraryImport(\"libc\")] static partial int F(); static int G() => File.ReadAllBytes(x).Length;")]
    [InlineData("App.cs", "using LeGo.Lite.Http;\nvar app = WebApplication.CreateEmptyBuilder(x);")]
    [InlineData("Program.cs", "using LeGo.Lite.Cli;\nawait App.ServeAsync();")]
    [InlineData("Pem/X.cs", "#pragma warning disable CA1031 // every failure here means the same")]
    [InlineData("Pem/X.cs", "[SuppressMessage(\"Design\", \"CA1031\", Justification = \"every failure means the same\")] void F();")]
    public void What_is_allowed_is_not_found(string path, string code)
    {
        var space = path.Contains('/', StringComparison.Ordinal) ? $"LeGo.Lite.{path.Split('/')[0]}" : "LeGo.Lite";

        Assert.Empty(SourceRules.Check(path, $"namespace {space};\n\n{code}\n"));
    }

    private static string Sources([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src", "LeGo.Lite"));
}
