using System.Formats.Asn1;
using System.Security.Cryptography;

namespace LeGo.Lite.Pem;

/// <summary>ECPrivateKey, RFC 5915 section 3.</summary>
internal static class EcPrivateKey
{
    // 571 bits, the largest curve in use.
    private const int MaxScalarBytes = 72;

    // DER of an object identifier (RFC 5480 section 2.1.1.1); longer ones are no curve.
    private const int MaxCurveNameBytes = 16;

    private static readonly Asn1Tag ParametersTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag PublicKeyTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>The public half, or null and what is <paramref name="wrong"/>.</summary>
    /// <param name="der">The ECPrivateKey.</param>
    /// <param name="outerCurve">The parameters of the PKCS#8 around it, or empty.</param>
    /// <param name="outerPoint">The public key of the PKCS#8 around it, or empty.</param>
    /// <param name="wrong">What to do about it.</param>
    /// <exception cref="AsnContentException">It is not exactly one ECPrivateKey.</exception>
    public static PublicKey? Read(
        ReadOnlyMemory<byte> der, ReadOnlyMemory<byte> outerCurve, ReadOnlyMemory<byte> outerPoint, out string? wrong)
    {
        var file = new AsnReader(der, AsnEncodingRules.DER);
        var key = file.ReadSequence();
        file.ThrowIfNotEmpty();
        if (!key.TryReadInt32(out var version) || version != 1 || !key.TryReadPrimitiveOctetString(out var scalar))
        {
            throw new AsnContentException("not an ECPrivateKey");
        }

        var curve = outerCurve;
        if (key.HasData && key.PeekTag() == ParametersTag)
        {
            var parameters = key.ReadSequence(ParametersTag);
            curve = parameters.ReadEncodedValue();
            parameters.ThrowIfNotEmpty();
        }

        var point = outerPoint;
        if (key.HasData)
        {
            var publicKey = key.ReadSequence(PublicKeyTag);
            point = PublicKey.ReadBits(publicKey, Asn1Tag.PrimitiveBitString);
            publicKey.ThrowIfNotEmpty();
        }

        key.ThrowIfNotEmpty();
        wrong =
            scalar.Length is 0 or > MaxScalarBytes || !scalar.Span.ContainsAnyExcept((byte)0)
                ? "the number of this EC key is out of range: write the file again as it was issued"
            : curve.IsEmpty
                ? "this EC key does not name its curve: convert it where it was made, for example with openssl pkey"
            : !outerCurve.IsEmpty && !outerCurve.Span.SequenceEqual(curve.Span)
                ? "this EC key names two different curves: write the file again as it was issued"
            : null;
        if (wrong is not null)
        {
            return null;
        }

        if (point.IsEmpty)
        {
            return Compute(curve, scalar.Span, out wrong);
        }

        var result = PublicKey.FromPoint(curve, point.Span);
        if (!outerPoint.IsEmpty && PublicKey.FromPoint(curve, outerPoint.Span) != result)
        {
            wrong = "this EC key holds two different public keys: write the file again as it was issued";
            return null;
        }

        return result;
    }

    /// <summary>For the rare key without its public half: it takes a hundred times longer than reading it.</summary>
    private static PublicKey? Compute(ReadOnlyMemory<byte> curve, ReadOnlySpan<byte> scalar, out string? wrong)
    {
        wrong = "this EC key has no public key in it, and it could not be computed: convert it, for example with openssl pkey";

        // Explicit parameters can make any amount of work.
        if (curve.Span[0] != 0x06 || curve.Length > MaxCurveNameBytes)
        {
            return null;
        }

        var name = new AsnReader(curve, AsnEncodingRules.DER).ReadObjectIdentifier();
        var length = name switch
        {
            "1.2.840.10045.3.1.7" => 32, // P-256
            "1.3.132.0.34" => 48, // P-384
            "1.3.132.0.35" => 66, // P-521
            _ => scalar.Length,
        };
        var significant = scalar.TrimStart((byte)0);
        if (significant.Length > length)
        {
            return null;
        }

        var padded = new byte[length];
        try
        {
            significant.CopyTo(padded.AsSpan(length - significant.Length));
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.CreateFromValue(name), D = padded });
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            wrong = null;
            return PublicKey.FromPoint(curve, [4, .. point.X!, .. point.Y!]);
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }
}
