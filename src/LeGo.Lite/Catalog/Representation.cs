using System.Buffers;
using System.Security.Cryptography;

namespace LeGo.Lite.Catalog;

/// <summary>
/// What one download returns (RFC 9110, section 3.2): the bytes, and what the header says of them. The PEM itself is
/// shared between the downloads it is part of; of a large tree most are never asked for, so the rest is made when it is.
/// </summary>
internal sealed class Representation
{
    // Of what is longer than 2 KiB, .NET leaves the copy to the C library, and that to an instruction that is slow on some processors:
    // it took 6 % of all time (ADR 14).
    private const int MaxPiece = 1024;

    private readonly string name;
    private readonly string extension;
    private readonly ReadOnlyMemory<byte> key;
    private readonly ReadOnlyMemory<byte> certificates;
    private string? entityTag;

    /// <param name="name">The item's, as the directory spells it.</param>
    /// <param name="extension">With the name it makes the name of the file that is downloaded.</param>
    /// <param name="lastModified">Cut to a whole second, as HTTP has it.</param>
    /// <param name="key">A private key, or nothing.</param>
    /// <param name="certificates">Certificates, or nothing. After a key an empty line goes before them.</param>
    public Representation(string name, string extension, DateTimeOffset lastModified, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> certificates)
    {
        (this.name, this.extension, this.key, this.certificates) = (name, extension, key, certificates);
        LastModified = HttpDate.Truncate(lastModified);
    }

    /// <summary>Bytes.</summary>
    public int Length => key.Length + Gap.Length + certificates.Length;

    /// <summary>Strong, with its quotes: the SHA-256 of the body in hexadecimal (RFC 9110, section 8.8.3).</summary>
    public string EntityTag => entityTag ??= Digest();

    public DateTimeOffset LastModified { get; }

    /// <summary>No character of an item's name needs quoting.</summary>
    public string ContentDisposition => $"attachment; filename=\"{name}{extension}\"";

    private ReadOnlySpan<byte> Gap => key.IsEmpty || certificates.IsEmpty ? [] : "\n"u8;

    public void WriteTo(IBufferWriter<byte> writer)
    {
        Write(writer, key.Span);
        Write(writer, Gap);
        Write(writer, certificates.Span);
    }

    private static void Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > MaxPiece)
        {
            writer.Write(bytes[..MaxPiece]);
            bytes = bytes[MaxPiece..];
        }

        writer.Write(bytes);
    }

    private string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(key.Span);
        hash.AppendData(Gap);
        hash.AppendData(certificates.Span);
        return $"\"{Convert.ToHexStringLower(hash.GetHashAndReset())}\"";
    }
}
