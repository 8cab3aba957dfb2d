using System.Text;
using System.Text.RegularExpressions;

namespace LeGo.Lite.Tests.Support;

/// <summary>The rules of the house (DESIGN.md), looked for in one source file; each breach is <c>path:line: text</c>.</summary>
internal static partial class SourceRules
{
    /// <summary>Which rooms a room uses. A file at the top is a room by its own name.</summary>
    private static readonly Dictionary<string, string[]> Uses = new()
    {
        ["Program"] = ["App", "Cli", "OwnProcess", "OpenSsl"],
        ["App"] = ["Config", "Catalog", "Http", "Systemd", "OwnProcess"],
        ["Cli"] = ["Config", "Catalog", "OpenSsl"],
        ["Config"] = ["Yaml"],
        ["Http"] = ["Catalog"],
        ["Systemd"] = ["Config"],
        ["Catalog"] = ["Files", "Pem", "Yaml", "Config"],
        ["Files"] = [],
        ["Pem"] = [],
        ["Yaml"] = [],
        ["OwnProcess"] = [],
        ["OpenSsl"] = [],

        // Everybody uses these, so they use nobody.
        ["Problem"] = [],
        ["Log"] = [],
        ["ExitStatus"] = [],
    };

    /// <param name="path">Relative to src/LeGo.Lite, with slashes.</param>
    /// <param name="source">What the file holds.</param>
    public static IEnumerable<string> Check(string path, string source)
    {
        var folder = path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "";
        var room = folder.Length > 0 ? folder.Split('/')[0] : Path.GetFileNameWithoutExtension(path);
        var uses = Uses.GetValueOrDefault(room);
        if (uses is null)
        {
            return [$"{path}:1: no room of this house; say in {nameof(SourceRules)} what it may use"];
        }

        var code = Blank(source);
        var breaches = new List<(int Index, string Text)>();

        var space = folder.Length > 0 ? "LeGo.Lite." + folder.Replace('/', '.') : "LeGo.Lite";
        if (room != "Program" && Namespace().Match(code) is var declared && declared.Groups[1].Value != space)
        {
            breaches.Add((declared.Index, $"the namespace of this folder is {space}"));
        }

        foreach (var other in Uses.Keys.Where(other => other != room && !uses.Contains(other)))
        {
            if (other is "App" or "Program" or "OwnProcess" or "OpenSsl")
            {
                Forbid($@"(?<![\w.]){other}\b", $"{room} may not use {other}");
            }
            else if (other is not ("Problem" or "Log" or "ExitStatus"))
            {
                Forbid($@"\bLeGo\.Lite\.{other}\b|(?<![\w.]){other}\.(?=[A-Z]\w*\.)|\busing\s+(static\s+)?{other}\b|(?<=\bnew\s+|\btypeof\(|<|\(|,\s*|:\s*|=\s*){other}\.(?=[A-Z])", $"{room} may not use {other}");
            }
        }

        if (room is not ("Http" or "App" or "Program"))
        {
            Forbid(AspNet, "ASP.NET stays in Http, App and Program");
        }

        if (room is "Http")
        {
            Forbid(Disk, "Http touches no disk");
        }

        if (room is not "Yaml")
        {
            Forbid(@"\bYamlDotNet\b", "only Yaml names YamlDotNet");
        }

        if (room is not ("Files" or "OwnProcess" or "OpenSsl"))
        {
            Forbid(@"\b(LibraryImport|DllImport)(Attribute)?\b", "only Files, OwnProcess and OpenSsl call the operating system by themselves");
        }

        Forbid(@"\bglobal\s+using\b", "a file says itself what it uses");
        Forbid(@"\binterface\s+\w+", "no interfaces: a seam can be a delegate");
        Forbid(@"\b(class|struct|record|enum|delegate\s+[\w<>?\[\],.\s]+?)\s+\w*(Manager|Helper|Utils|Service)\w*", "a name that says nothing");

        // Here the comments count.
        foreach (var line in Lines().Matches(source).Where(line => Suppression().IsMatch(code.AsSpan(line.Index, line.Length))))
        {
            if (!Reason().IsMatch(line.Value))
            {
                breaches.Add((line.Index, "a suppression gives its reason on its line"));
            }
        }

        return breaches.OrderBy(breach => breach.Index).Select(breach => $"{path}:{source.AsSpan(0, breach.Index).Count('\n') + 1}: {breach.Text}").Distinct();

        void Forbid(string pattern, string text) => breaches.AddRange(Regex.Matches(code, pattern).Select(match => (match.Index, text)));
    }

    // The web SDK brings these namespaces in without a using.
    private const string AspNet =
        @"\bMicrosoft\s*\.\s*(AspNetCore|Net\.Http)\b|(?<![\w.])(HttpContext|DefaultHttpContext|HttpRequest|HttpResponse|HttpMethods|StatusCodes|I?HeaderDictionary"
        + @"|HeaderNames|RequestDelegate|WebApplication\w*|WebHost\w*|IWebHost\w*|IApplicationBuilder|IEndpointRouteBuilder|I?Results|TypedResults|IResult|IMiddleware"
        + @"|PathString|QueryString|IFormFile|IFeatureCollection|Kestrel\w*|EndpointDataSource|HttpContextAccessor|CookieOptions)\b";

    private const string Disk =
        @"(?<![\w.])(File|Directory|FileInfo|DirectoryInfo|DriveInfo|FileSystemInfo|FileStream|FileMode|StreamReader|StreamWriter|FileSystemWatcher|RandomAccess|SafeFileHandle"
        + @"|\w*FileProvider|MemoryMappedFile|IOPath)\b|\bSystem\.IO\.(?!Pipelines|IOException)|\bSendFileAsync\b";

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"[^\n]+")]
    private static partial Regex Lines();

    [GeneratedRegex(@"#pragma\s+warning\s+disable|\bSuppressMessage|\bUnconditionalSuppressMessage|#nullable\s+disable")]
    private static partial Regex Suppression();

    [GeneratedRegex(@"//\s*\w+\s+\w+|Justification\s*=\s*""[^""]+\s")]
    private static partial Regex Reason();

    /// <summary>The same text with spaces for what is in comments and strings, but not for code inside <c>$"{…}"</c>.</summary>
    public static string Blank(string source)
    {
        var code = new StringBuilder(source);
        var i = 0;
        BlankCode(source, code, ref i, inHole: false);
        return code.ToString();
    }

    private static void BlankCode(string source, StringBuilder code, ref int i, bool inHole)
    {
        var depth = 0;
        while (i < source.Length)
        {
            var rest = source.AsSpan(i);
            if (rest.StartsWith("//"))
            {
                BlankTo(source.IndexOf('\n', i), code, ref i);
            }
            else if (rest.StartsWith("/*"))
            {
                BlankTo(source.IndexOf("*/", i + 2, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : -1, code, ref i);
            }
            else if (rest[0] == '\'')
            {
                BlankTo(source.IndexOf('\'', i + (rest.StartsWith(@"'\") ? 3 : 2)) + 1, code, ref i);
            }
            else if (StringStart().Match(source, i) is { Success: true, Length: var length } start && start.Index == i)
            {
                i += length;
                BlankString(source, code, ref i, start.Groups[1].Value, start.Groups[2].Length);
            }
            else
            {
                depth += rest[0] == '{' ? 1 : rest[0] == '}' ? -1 : 0;
                if (inHole && depth < 0)
                {
                    return;
                }

                i++;
            }
        }
    }

    /// <param name="source">All of it.</param>
    /// <param name="code">Its copy.</param>
    /// <param name="i">After the opening quotes; left after the closing ones.</param>
    /// <param name="prefix">What stands before the quotes: $ and @.</param>
    /// <param name="quotes">How many.</param>
    private static void BlankString(string source, StringBuilder code, ref int i, string prefix, int quotes)
    {
        var closing = new string('"', quotes == 2 ? 1 : quotes);
        if (quotes == 2)
        {
            return;
        }

        var holes = prefix.Count(c => c == '$');
        var isVerbatim = prefix.Contains('@', StringComparison.Ordinal);
        while (i < source.Length)
        {
            var rest = source.AsSpan(i);
            if (quotes == 1 && (isVerbatim ? rest.StartsWith("\"\"") : rest[0] == '\\'))
            {
                BlankTo(i + 2, code, ref i);
            }
            else if (rest.StartsWith(closing))
            {
                i += quotes;
                return;
            }
            else if (holes == 1 && quotes == 1 && (rest.StartsWith("{{") || rest.StartsWith("}}")))
            {
                BlankTo(i + 2, code, ref i);
            }
            else if (holes > 0 && rest.StartsWith(new string('{', holes)))
            {
                i += holes;
                BlankCode(source, code, ref i, inHole: true);
                i += holes;
            }
            else
            {
                BlankTo(i + 1, code, ref i);
            }
        }
    }

    private static void BlankTo(int end, StringBuilder code, ref int i)
    {
        for (end = end < i ? code.Length : Math.Min(end, code.Length); i < end; i++)
        {
            code[i] = code[i] == '\n' ? '\n' : ' ';
        }
    }

    [GeneratedRegex(@"\G([$@]*)(""{3,}|""""|"")")]
    private static partial Regex StringStart();
}
