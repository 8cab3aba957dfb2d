using System.Security.Cryptography;
using LeGo.Lite.Files;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>
/// One reading of an item: the problems found, whether something was changing meanwhile, and the files
/// outside its directory that it rests on.
/// </summary>
/// <param name="quiet">When a file is at rest.</param>
/// <param name="parsed">What the same scan parsed already.</param>
internal sealed class Reading(Quiet quiet, ParsedPem parsed)
{
    // Files that metadata names, such as a mounted secret.
    private readonly List<(string Path, FileStamp Stamp)> named = [];
    private bool isBlurred;

    public List<Problem> Problems { get; } = [];

    public bool Unsettled { get; private set; }

    /// <summary>What was read would be read again, as far as the files outside the item's directory go.</summary>
    public bool IsUpToDate => !Unsettled && !isBlurred && named.TrueForAll(file => FileStamp.Of(file.Path) == file.Stamp);

    public CertificateChain? Chain(TreeFile file) => Parse(file, parsed.Chains, CertificateChain.Parse);

    public PrivateKey? PrivateKey(TreeFile file) => Parse(file, parsed.PrivateKeys, Pem.PrivateKey.Parse);

    /// <summary>The bytes of a file of the tree; null, with a problem, if they can't be had.</summary>
    public byte[]? Bytes(TreeFile file, int maxBytes)
    {
        Unsettled |= quiet.Disturbs(file.Stamp);
        return Settle(FileContent.Read(file, maxBytes), fault => Error(file.Path, $"can't read this file: {fault}"));
    }

    /// <summary>The bytes of a file that metadata names; null, with <paramref name="report"/> called, if they can't be had.</summary>
    public byte[]? Bytes(string path, int maxBytes, Action<string> report)
    {
        var stamp = FileStamp.Of(path);
        named.Add((path, stamp));
        Unsettled |= quiet.Disturbs(stamp);
        isBlurred |= quiet.Blurs(stamp);
        return Settle(FileContent.Read(path, maxBytes), report);
    }

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

    private T? Parse<T>(TreeFile file, Dictionary<FileStamp, T> known, Parser<T> parse)
        where T : class
    {
        if (known.TryGetValue(file.Stamp, out var value))
        {
            Unsettled |= quiet.Disturbs(file.Stamp);
            return value;
        }

        if (Bytes(file, PemReader.MaxBytes) is not { } bytes)
        {
            return null;
        }

        value = parse(file.Path, bytes, Problems);
        CryptographicOperations.ZeroMemory(bytes);
        if (value is not null)
        {
            known.Add(file.Stamp, value);
        }

        return value;
    }

    private byte[]? Settle(in FileContent content, Action<string> report)
    {
        Unsettled |= content.Unsettled;
        if (content.Fault is { } fault)
        {
            report(fault);
        }

        return content.Bytes;
    }
}

/// <summary>What one scan parsed: a file that is reached in many ways is parsed once and kept once.</summary>
internal sealed class ParsedPem
{
    public Dictionary<FileStamp, CertificateChain> Chains { get; } = [];

    public Dictionary<FileStamp, PrivateKey> PrivateKeys { get; } = [];
}
