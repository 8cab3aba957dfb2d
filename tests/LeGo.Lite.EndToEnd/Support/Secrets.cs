using System.Text;
using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>What must not be seen: each API key as it is and in the forms it is sent or written in, each line of each private key.</summary>
internal static class Secrets
{
    private static readonly string[] All =
    [
        .. Sample.ApiKeys.SelectMany(Forms),
        .. Directory.GetFiles(Repository.Sample, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is "privkey.pem" or "tls.key")
            .SelectMany(File.ReadAllLines)
            .Where(line => line.Length >= 16 && !line.StartsWith('-')),
    ];

    public static void AssertNone(string text)
    {
        foreach (var secret in All)
        {
            var at = text.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
            Assert.True(at < 0, at < 0 ? "" : $"{secret} is in: {text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 200)]}");
        }
    }

    public static string PercentEncoded(string text) => string.Concat(Encoding.ASCII.GetBytes(text).Select(b => $"%{b:x2}"));

    public static string TwiceEncoded(string text) => PercentEncoded(text).Replace("%", "%25", StringComparison.Ordinal);

    private static IEnumerable<string> Forms(string apiKey)
    {
        yield return apiKey;
        yield return PercentEncoded(apiKey);
        yield return TwiceEncoded(apiKey);
        yield return Convert.ToHexString(Encoding.ASCII.GetBytes(apiKey));

        // In base64 at each of the three places it can have in a longer text, without the ends that depend on what is around it.
        for (var before = 0; before < 3; before++)
        {
            var text = Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('x', before) + apiKey)).TrimEnd('=');
            yield return text[(before == 0 ? 0 : before + 1)..^1];
        }
    }
}
