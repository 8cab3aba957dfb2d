using YamlDotNet.Core;

namespace LeGo.Lite.Yaml;

/// <summary>
/// What to do about a syntax error. The library's own message is only compared, never shown: a
/// later version may quote what the file holds.
/// </summary>
internal static class SyntaxAdvice
{
    public const string Default = "mend the YAML here: look at indentation, quotes, brackets and colons";

    private static readonly (string Part, string Advice)[] Known =
    [
        ("quoted scalar, found unexpected end of stream", "close the quotes that begin here"),
        ("quoted scalar, found unexpected document indicator", "close the quotes that begin here"),
        ("found unknown escape character", "mend the escape in these double quotes; in single quotes a backslash is itself"),
        ("invalid tab as indentation", "indent with spaces, not tabs"),
        ("could not find expected ':'", "write a colon and a space after the key"),
        ("plain scalar value, found invalid mapping", "put quotes around text that holds a colon and a space"),
        ("Mapping values are not allowed", "put quotes around text that holds a colon and a space"),
        ("cannot start any token", "put quotes around text that begins with this character"),
        ("undefined tag handle", "remove the tag, or put quotes around text that begins with !"),
        ("expected ',' or ']'", "close the list with ]"),
        ("expected ',' or '}'", "close the mapping with }"),
    ];

    public static string For(YamlException wrong)
    {
        foreach (var (part, advice) in Known)
        {
            if (wrong.Message.Contains(part, StringComparison.Ordinal))
            {
                return advice;
            }
        }

        return Default;
    }
}
