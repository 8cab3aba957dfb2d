using System.Security.Cryptography;
using LeGo.Lite.Files;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>The PEM files of one scan: one that is reached in many ways is parsed once and kept once.</summary>
internal sealed class PemFiles
{
    private readonly Dictionary<FileStamp, Parsed<CertificateChain>> chains = [];
    private readonly Dictionary<FileStamp, Parsed<PrivateKey>> privateKeys = [];

    private delegate T? Parser<T>(string file, ReadOnlySpan<byte> bytes, List<Problem> problems);

    private readonly record struct Parsed<T>(T Value, IReadOnlyList<Problem> Warnings);

    /// <summary>Null, with a problem, if it can't be read or is wrong.</summary>
    public CertificateChain? Chain(TreeFile file, Reading reading) => Parse(file, reading, chains, CertificateChain.Parse);

    /// <inheritdoc cref="Chain"/>
    public PrivateKey? PrivateKey(TreeFile file, Reading reading) => Parse(file, reading, privateKeys, Pem.PrivateKey.Parse);

    private static T? Parse<T>(TreeFile file, Reading reading, Dictionary<FileStamp, Parsed<T>> parsed, Parser<T> parse)
        where T : class
    {
        if (parsed.TryGetValue(file.Stamp, out var known))
        {
            reading.Visit(file);
            reading.Problems.AddRange(known.Warnings.Select(warning => warning with { File = file.Path }));
            return known.Value;
        }

        if (reading.Bytes(file, PemReader.MaxBytes) is not { } bytes)
        {
            return null;
        }

        var problems = new List<Problem>();
        var value = parse(file.Path, bytes, problems);
        CryptographicOperations.ZeroMemory(bytes);
        reading.Problems.AddRange(problems);
        if (value is not null)
        {
            parsed.Add(file.Stamp, new(value, problems));
        }

        return value;
    }
}
