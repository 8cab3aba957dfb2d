using System.Text;

namespace LeGo.Lite.Tests.Support;

/// <summary>
/// A vector that says what it must give: <c>expect: ok</c>, or one line per problem,
/// <c>expect: LINE:COL: error: text</c>, and indented below it more lines of what is expected, as they are.
/// </summary>
internal sealed record Vector(string Expected, byte[] Body)
{
    public static Vector Load(string folder, string name)
    {
        var file = VectorFile.Load(folder, name);
        var expected = new StringBuilder();
        foreach (var line in file.Header)
        {
            switch (line.Split(": ", 2))
            {
                case ["escapes" or "repeat", _]:
                    break;
                case ["expect", var first]:
                    expected.Append(first).Append('\n');
                    break;
                case [[' ', ..], ..]:
                    expected.Append(line).Append('\n');
                    break;
                default:
                    throw new FormatException($"{name}: not a header line: {line}");
            }
        }

        return new Vector(expected.ToString(), file.Body);
    }
}
