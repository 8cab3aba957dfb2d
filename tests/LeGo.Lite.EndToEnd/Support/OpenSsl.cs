using System.Text;
using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A second opinion on what was downloaded.</summary>
internal static class OpenSsl
{
    /// <summary>The leaf leads to a root of the sample over the rest of the chain.</summary>
    public static void Verify(string leaf, string chain)
    {
        using var directory = new TempDirectory();
        var untrusted = chain.Length == 0 ? Array.Empty<string>() : ["-untrusted", directory.Write("chain.pem", chain)];
        string[] arguments =
        [
            "verify", "-no-CApath", "-no-CAstore", "-CAfile", Path.Combine(Repository.Sample, "roots.pem"), .. untrusted, directory.Write("leaf.pem", leaf),
        ];
        Assert.EndsWith("leaf.pem: OK\n", new Command("openssl", arguments).RunWell().Text, StringComparison.Ordinal);
    }

    public static void AssertPair(string key, string certificate) =>
        Assert.Equal(Run(certificate, "x509", "-noout", "-pubkey"), Run(key, "pkey", "-pubout"));

    public static string Sha256(string text) => Run(text, "dgst", "-sha256", "-r").Split(' ')[0];

    private static string Run(string input, params IReadOnlyList<string> arguments) =>
        new Command("openssl", arguments) { Input = Encoding.ASCII.GetBytes(input) }.RunWell().Text;
}
