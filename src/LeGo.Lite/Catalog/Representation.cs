using System.Buffers;
using System.Security.Cryptography;

namespace LeGo.Lite.Catalog;

/// <summary>
/// What one download returns (RFC 9110, section 3.2): the bytes and the header values that go with
/// them, made once with the snapshot. The PEM itself is shared between the downloads it is part of.
/// </summary>
internal sealed class Representation
{
    private readonly ReadOnlyMemory<byte> key;
    private readonly ReadOnlyMemory<byte> certificates;

    /// <param name="fileName">For <c>Content-Disposition</c>; of characters that need no quoting.</param>
    /// <param name="lastModified">Cut to a whole second, as HTTP has it.</param>
    /// <param name="key">A private key, or nothing.</param>
    /// <param name="certificates">Certificates, or nothing. After a key an empty line goes before them.</param>
    public Representation(string fileName, DateTimeOffset lastModified, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> certificates)
    {
        this.key = key;
        this.certificates = certificates;

        LastModified = HttpDate.Truncate(lastModified);
        LastModifiedText = HttpDate.Format(LastModified);
        ContentDisposition = $"attachment; filename=\"{fileName}\"";

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(key.Span);
        hash.AppendData(Gap);
        hash.AppendData(certificates.Span);
        EntityTag = $"\"{Convert.ToHexStringLower(hash.GetHashAndReset())}\"";
    }

    /// <summary>Bytes.</summary>
    public int Length => key.Length + Gap.Length + certificates.Length;

    /// <summary>Strong, with its quotes: the SHA-256 of the body in hexadecimal (RFC 9110, section 8.8.3).</summary>
    public string EntityTag { get; }

    public DateTimeOffset LastModified { get; }

    /// <summary><see cref="LastModified"/> as an HTTP-date (RFC 9110, section 5.6.7).</summary>
    public string LastModifiedText { get; }

    public string ContentDisposition { get; }

    private ReadOnlySpan<byte> Gap => key.IsEmpty || certificates.IsEmpty ? [] : "\n"u8;

    public void WriteTo(IBufferWriter<byte> writer)
    {
        writer.Write(key.Span);
        writer.Write(Gap);
        writer.Write(certificates.Span);
    }
}
