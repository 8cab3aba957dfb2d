using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace LeGo.Lite.Tests.Support;

/// <summary>One file of Vectors/pem; its form is described in Vectors/README-pem.md.</summary>
internal sealed record PemVector(string Name, ILookup<string, string> Header, byte[] Body)
{
    private const string Cut = "\n---8<---\n";

    public static IReadOnlyList<PemVector> All { get; } =
        [.. Directory.GetFiles(Folder(), "*.txt").Order(StringComparer.Ordinal).Select(Load)];

    public string Read => Header["read"].Single();

    public bool IsOk => !Header["expect"].Any(e => e.Contains(": error: ", StringComparison.Ordinal));

    public static PemVector Named(string name) => All.Single(v => v.Name == name);

    public override string ToString() => Name;

    private static PemVector Load(string path)
    {
        // Latin-1 is one character a byte, both ways.
        var text = File.ReadAllText(path, Encoding.Latin1);
        var cut = text.IndexOf(Cut, StringComparison.Ordinal);
        var header = text[..cut].Split('\n')
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(": ", 2))
            .ToLookup(pair => pair[0], pair => pair[1]);
        var body = text[(cut + Cut.Length)..];
        return new(
            Path.GetFileNameWithoutExtension(path),
            header,
            Encoding.Latin1.GetBytes(header["escapes"].Contains("yes") ? Unescape(body) : body));
    }

    private static string Unescape(string body)
    {
        var text = new StringBuilder(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '\\')
            {
                text.Append(body[i]);
            }
            else if (body[i + 1] == 'r')
            {
                text.Append('\r');
                i++;
            }
            else
            {
                text.Append((char)byte.Parse(body.AsSpan(i + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 3;
            }
        }

        return text.ToString();
    }

    private static string Folder([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "..", "Vectors", "pem");
}
