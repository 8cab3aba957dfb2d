using System.Security.Cryptography;
using LeGo.Lite.Files;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>When a file counts as at rest: a write just before <paramref name="Now"/> may go on.</summary>
/// <param name="Now">The moment of the scan.</param>
/// <param name="Debounce">How long no write must have come; zero: don't ask.</param>
internal readonly record struct Quiet(DateTimeOffset Now, TimeSpan Debounce)
{
    // A scan can take a while; what is later than that is a clock that moved, not a write.
    private static readonly TimeSpan LongestScan = TimeSpan.FromMinutes(1);

    public bool Disturbs(in FileStamp stamp) =>
        Debounce > TimeSpan.Zero && stamp.ChangedAt > Now - Debounce && stamp.ChangedAt < Now + LongestScan;
}

/// <summary>One reading of the tree under way: the problems found so far, and whether a file was changing meanwhile.</summary>
internal sealed class Reading(Quiet quiet)
{
    // A file that is reached in many ways is parsed once and kept once.
    private readonly Dictionary<FileStamp, CertificateChain> chains = [];
    private readonly Dictionary<FileStamp, PrivateKey> privateKeys = [];

    public List<Problem> Problems { get; } = [];

    public bool Unsettled { get; private set; }

    public CertificateChain? Chain(TreeFile file) => Parse(file, chains, CertificateChain.Parse);

    public PrivateKey? PrivateKey(TreeFile file) => Parse(file, privateKeys, Pem.PrivateKey.Parse);

    /// <summary>The bytes of a file of the tree; null, with a problem, if they can't be had.</summary>
    public byte[]? Bytes(TreeFile file, int maxBytes) =>
        Settle(FileContent.Read(file, maxBytes), fault => Error(file.Path, $"can't read this file: {fault}"));

    /// <summary>The bytes of a file that metadata names; null, with <paramref name="report"/> called, if they can't be had.</summary>
    public byte[]? Bytes(string path, int maxBytes, Action<string> report) => Settle(FileContent.Read(path, maxBytes), report);

    /// <summary>Reports what stands in a directory and can't be used.</summary>
    public void Visit(TreeDirectory directory)
    {
        Unsettled |= quiet.Disturbs(directory.Stamp);
        foreach (var fault in directory.Faults)
        {
            Unsettled |= fault.Unsettled;
            Error(fault.Path, fault.Text);
        }
    }

    public void Error(string path, string text) => Problems.Add(Problem.Error(path, Position.Start, text));

    public void Warning(string path, string text) => Problems.Add(Problem.Warning(path, Position.Start, text));

    private delegate T? Parser<T>(string file, ReadOnlySpan<byte> bytes, List<Problem> problems);

    private T? Parse<T>(TreeFile file, Dictionary<FileStamp, T> parsed, Parser<T> parse)
        where T : class
    {
        if (parsed.TryGetValue(file.Stamp, out var known))
        {
            return known;
        }

        if (Bytes(file, PemReader.MaxBytes) is not { } bytes)
        {
            return null;
        }

        var value = parse(file.Path, bytes, Problems);
        CryptographicOperations.ZeroMemory(bytes);
        if (value is not null)
        {
            parsed.Add(file.Stamp, value);
        }

        return value;
    }

    private byte[]? Settle(in FileContent content, Action<string> report)
    {
        Unsettled |= content.Unsettled || quiet.Disturbs(content.Stamp);
        if (content.Fault is { } fault)
        {
            report(fault);
        }

        return content.Bytes;
    }
}
