using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>PEM text as the tests expect it, made without the server's code.</summary>
internal static partial class Pem
{
    /// <summary>The blocks of a text, each with its final LF.</summary>
    public static string[] Blocks(string text) => [.. Block().Matches(text).Select(match => match.Value + "\n")];

    public static string[] BlocksOf(string file) => Blocks(File.ReadAllText(file));

    /// <summary>LF line ends, 64 columns, a final LF, nothing between the blocks but what is allowed there.</summary>
    public static void AssertNormal(byte[] body)
    {
        var text = Encoding.ASCII.GetString(body);
        Assert.Matches(NormalText(), text);
    }

    [GeneratedRegex("-----BEGIN ([A-Z0-9 ]+)-----\n.*?-----END \\1-----", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^(\n?-----BEGIN [A-Z ]+-----\n([A-Za-z0-9+/]{64}\n)*([A-Za-z0-9+/]{1,64}={0,2}\n)-----END [A-Z ]+-----\n)+$(?!\n)")]
    private static partial Regex NormalText();
}
