using System.Formats.Asn1;

namespace LeGo.Lite.Pem;

/// <summary>
/// A subject public key in the one form in which a key and a leaf can be compared byte by byte.
/// </summary>
/// <param name="Algorithm">The OID of the SubjectPublicKeyInfo, dotted.</param>
/// <param name="Value">
/// RSA: the DER of modulus and exponent. EC: the DER of the curve and the compressed point. Others:
/// the DER of the parameters and the key bits.
/// </param>
internal sealed record PublicKey(string Algorithm, ReadOnlyMemory<byte> Value)
{
    public const string Rsa = "1.2.840.113549.1.1.1";
    public const string RsaPss = "1.2.840.113549.1.1.10";
    public const string EllipticCurve = "1.2.840.10045.2.1";

    // An OID is a number per arc: without a bound, a long one takes quadratic time.
    private const int MaxObjectIdentifierBytes = 64;

    /// <summary>RFC 5280 section 4.1.2.7. The result is a copy.</summary>
    /// <exception cref="AsnContentException">It is not a public key.</exception>
    public static PublicKey Read(ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        var file = new AsnReader(subjectPublicKeyInfo, AsnEncodingRules.DER);
        var spki = file.ReadSequence();
        file.ThrowIfNotEmpty();
        var (algorithm, parameters) = ReadAlgorithm(spki);
        var bits = ReadBits(spki, Asn1Tag.PrimitiveBitString);
        spki.ThrowIfNotEmpty();
        return From(algorithm, parameters, bits);
    }

    /// <summary>The key of these bits: what a certificate and an RFC 5958 private key both hold.</summary>
    /// <exception cref="AsnContentException">The bits are not a key of this algorithm.</exception>
    public static PublicKey From(string algorithm, ReadOnlyMemory<byte> parameters, ReadOnlyMemory<byte> bits)
    {
        switch (algorithm)
        {
            case Rsa or RsaPss:
                var file = new AsnReader(bits, AsnEncodingRules.DER);
                var numbers = file.ReadSequence();
                file.ThrowIfNotEmpty();
                var modulus = ReadEncodedInteger(numbers);
                var exponent = ReadEncodedInteger(numbers);
                numbers.ThrowIfNotEmpty();
                return FromNumbers(algorithm, modulus, exponent);
            case EllipticCurve:
                return FromPoint(parameters, bits.Span);
            default:
                return new(algorithm, Join(parameters.Span, bits.Span));
        }
    }

    /// <summary>RFC 8017 A.1.1, from the DER of the two INTEGERs.</summary>
    public static PublicKey FromNumbers(string algorithm, ReadOnlyMemory<byte> modulus, ReadOnlyMemory<byte> exponent) =>
        new(algorithm, Join(modulus.Span, exponent.Span));

    /// <summary>SEC 1 section 2.3.3. A compressed point gives the same key as its uncompressed twin.</summary>
    /// <exception cref="AsnContentException">It is neither.</exception>
    public static PublicKey FromPoint(ReadOnlyMemory<byte> curve, ReadOnlySpan<byte> point)
    {
        var isUncompressed = point is [4, _, _, ..] && point.Length % 2 == 1;
        if (!isUncompressed && point is not [2 or 3, _, ..])
        {
            throw new AsnContentException("not a point");
        }

        if (curve.IsEmpty || curve.Span[0] is not (0x06 or 0x30))
        {
            throw new AsnContentException("not a curve");
        }

        return new(EllipticCurve, isUncompressed
            ? Join(curve.Span, [(byte)(2 | (point[^1] & 1)), .. point[1..((point.Length + 1) / 2)]])
            : Join(curve.Span, point));
    }

    /// <summary>AlgorithmIdentifier, RFC 5280 section 4.1.1.2; absent parameters are empty.</summary>
    /// <exception cref="AsnContentException">It is not one.</exception>
    public static (string Algorithm, ReadOnlyMemory<byte> Parameters) ReadAlgorithm(AsnReader reader)
    {
        var identifier = reader.ReadSequence();
        if (identifier.PeekEncodedValue().Length > MaxObjectIdentifierBytes)
        {
            throw new AsnContentException("the object identifier is too long");
        }

        var algorithm = identifier.ReadObjectIdentifier();
        var parameters = identifier.HasData ? identifier.ReadEncodedValue() : default;
        identifier.ThrowIfNotEmpty();
        return (algorithm, parameters);
    }

    /// <summary>A BIT STRING of whole bytes, at least one.</summary>
    /// <exception cref="AsnContentException">It is not one.</exception>
    public static ReadOnlyMemory<byte> ReadBits(AsnReader reader, Asn1Tag tag) =>
        reader.TryReadPrimitiveBitString(out var unused, out var bits, tag) && unused == 0 && !bits.IsEmpty
            ? bits
            : throw new AsnContentException("not whole bytes");

    public bool Equals(PublicKey? other) =>
        other is not null && Algorithm == other.Algorithm && Value.Span.SequenceEqual(other.Value.Span);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Algorithm, StringComparer.Ordinal);
        hash.AddBytes(Value.Span);
        return hash.ToHashCode();
    }

    private static ReadOnlyMemory<byte> ReadEncodedInteger(AsnReader reader)
    {
        var encoded = reader.PeekEncodedValue();
        _ = reader.ReadIntegerBytes();
        return encoded;
    }

    private static byte[] Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => [.. first, .. second];
}
