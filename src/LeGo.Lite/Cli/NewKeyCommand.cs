using System.Security.Cryptography;
using System.Text;

namespace LeGo.Lite.Cli;

/// <summary><c>lego-lite new-key</c>: an API key and its SHA-256, each ready to be pasted into YAML.</summary>
internal static class NewKeyCommand
{
    // 62^48 keys: more than 2^256. No character that a URL, a shell or YAML would touch.
    private const int Length = 48;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static int Run(TextWriter output)
    {
        var apiKey = RandomNumberGenerator.GetString(Alphabet, Length);
        output.WriteLine($"api_key: {apiKey}");
        output.WriteLine($"api_key_sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(apiKey)))}");
        return ExitStatus.Fine;
    }
}
