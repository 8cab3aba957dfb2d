using YamlDotNet.Core;

namespace LeGo.Lite.Yaml;

/// <summary>
/// Strict YAML (SPEC 2): one document that is a mapping, scalar keys that differ; no anchors,
/// aliases, tags or directives. The first thing that is wrong is the one problem reported.
/// Lines count from 1 and end at LF, CRLF or CR; columns count from 1, in Unicode characters, a
/// byte order mark not counted.
/// </summary>
internal static class YamlReader
{
    public const int MaxBytes = 64 * 1024;

    /// <summary>
    /// Null when the file can't be used at all (a problem says why); an empty document is an empty mapping.
    /// Takes time linear in the size.
    /// </summary>
    public static YamlMapping? Read(string file, ReadOnlySpan<byte> bytes, List<Problem> problems)
    {
        if (bytes.Length > MaxBytes)
        {
            problems.Add(Problem.Error(file, Position.Start, $"shorten the file: it may hold {MaxBytes / 1024} KiB"));
            return null;
        }

        return SourceText.Decode(file, bytes, problems) is { } source ? Build(file, source, problems) : null;
    }

    // The library throws InvalidOperationException at a leading "...", ArgumentOutOfRangeException at a
    // wrong surrogate escape, and nobody has listed the rest: whatever it is, this file is not YAML we take.
#pragma warning disable CA1031 // what the library throws is not listed anywhere
    private static YamlMapping? Build(string file, SourceText source, List<Problem> problems)
    {
        using var text = new StringReader(source.ToString());
        var scanner = new Scanner(text, skipComments: true);
        try
        {
            return new TreeBuilder(file, source, new Parser(scanner)).Build();
        }
        catch (RefusedYamlException refused)
        {
            problems.Add(Problem.Error(file, source.At(refused.Index), refused.Message));
        }
        catch (YamlException wrong)
        {
            // Some are thrown without a place; the scanner is just behind it then.
            var place = wrong.Start.Equals(YamlDotNet.Core.Mark.Empty) ? scanner.CurrentPosition : wrong.Start;
            problems.Add(Problem.Error(file, source.At(place.Index), SyntaxAdvice.For(wrong)));
        }
        catch (Exception)
        {
            problems.Add(Problem.Error(file, source.At(scanner.CurrentPosition.Index), SyntaxAdvice.Default));
        }

        return null;
    }
#pragma warning restore CA1031
}
