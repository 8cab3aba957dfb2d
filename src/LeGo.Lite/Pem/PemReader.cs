using System.Collections.Immutable;
using System.Security.Cryptography;

namespace LeGo.Lite.Pem;

/// <summary>One RFC 7468 block: its label, its DER, the line of its BEGIN.</summary>
internal sealed record PemSection(string Label, byte[] Der, Position Position);

/// <summary>
/// RFC 7468 text to blocks, strictly (SPEC 2). The framework's own finder takes quadratic time on
/// hostile text, and its importers say nothing about a file cut off in the middle.
/// </summary>
internal static class PemReader
{
    /// <summary>256 KiB (SPEC 2).</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>
    /// Every block of the file, in order; a file without one gives an empty array. Null if anything
    /// is wrong: one problem says what and where. Linear in the size of the input. The caller zeroes
    /// the DER where it may be secret.
    /// </summary>
    public static ImmutableArray<PemSection>? Read(string file, ReadOnlySpan<byte> bytes, List<Problem> problems)
    {
        if (bytes.Length > MaxBytes)
        {
            problems.Add(Problem.Error(file, Position.Start, "make this file smaller: a PEM file is at most 256 KiB"));
            return null;
        }

        var sections = ImmutableArray.CreateBuilder<PemSection>();
        var base64 = new byte[bytes.Length];
        var whole = false;
        try
        {
            var scanner = new PemScanner(file, bytes, base64);
            if (scanner.Scan(sections) is { } problem)
            {
                problems.Add(problem);
                return null;
            }

            whole = true;
            return sections.ToImmutable();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(base64);
            if (!whole)
            {
                foreach (var section in sections)
                {
                    CryptographicOperations.ZeroMemory(section.Der);
                }
            }
        }
    }
}
