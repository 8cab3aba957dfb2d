using System.Formats.Asn1;

namespace LeGo.Lite.Pem;

/// <summary>
/// What is read of one RFC 5280 Certificate. Names are the raw DER. X509Certificate2 reads the same
/// a hundred times slower, and a tree may hold ten thousand.
/// </summary>
internal sealed record Certificate(
    ReadOnlyMemory<byte> Issuer,
    ReadOnlyMemory<byte> Subject,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    ReadOnlyMemory<byte> SubjectPublicKeyInfo)
{
    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>RFC 5280 section 4.1. The result shares the memory of <paramref name="der"/>.</summary>
    /// <exception cref="AsnContentException">It is not exactly one certificate.</exception>
    public static Certificate Read(ReadOnlyMemory<byte> der)
    {
        var file = new AsnReader(der, AsnEncodingRules.DER);
        var certificate = file.ReadSequence();
        file.ThrowIfNotEmpty();
        var tbs = certificate.ReadSequence();
        var signatureAlgorithm = ReadEncodedSequence(certificate);
        _ = certificate.ReadBitString(out _);
        certificate.ThrowIfNotEmpty();

        var version = ReadVersion(tbs);
        _ = tbs.ReadIntegerBytes();
        if (!ReadEncodedSequence(tbs).Span.SequenceEqual(signatureAlgorithm.Span))
        {
            throw new AsnContentException("the two signature algorithms differ");
        }

        var issuer = ReadEncodedSequence(tbs);
        var validity = tbs.ReadSequence();
        var notBefore = ReadTime(validity);
        var notAfter = ReadTime(validity);
        validity.ThrowIfNotEmpty();
        var subject = ReadEncodedSequence(tbs);
        var subjectPublicKeyInfo = ReadEncodedSequence(tbs);
        ReadOptionalFields(tbs, version);

        return new(issuer, subject, notBefore, notAfter, subjectPublicKeyInfo);
    }

    private static int ReadVersion(AsnReader tbs)
    {
        if (!tbs.PeekTag().HasSameClassAndValue(VersionTag))
        {
            return 0;
        }

        var explicitVersion = tbs.ReadSequence(VersionTag);
        var isKnown = explicitVersion.TryReadInt32(out var version) && version is 0 or 1 or 2;
        explicitVersion.ThrowIfNotEmpty();
        return isKnown ? version : throw new AsnContentException("unknown version");
    }

    private static ReadOnlyMemory<byte> ReadEncodedSequence(AsnReader reader)
    {
        var encoded = reader.PeekEncodedValue();
        _ = reader.ReadSequence();
        return encoded;
    }

    private static DateTimeOffset ReadTime(AsnReader validity) =>
        validity.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
            ? validity.ReadUtcTime(twoDigitYearMax: 2049)
            : validity.ReadGeneralizedTime();

    /// <summary>issuerUniqueID [1], subjectUniqueID [2], extensions [3], each at most once, in this order.</summary>
    private static void ReadOptionalFields(AsnReader tbs, int version)
    {
        var last = 0;
        while (tbs.HasData)
        {
            var tag = tbs.PeekTag();
            if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue <= last || tag.TagValue > version + 1 || tag.TagValue > 3)
            {
                throw new AsnContentException("unknown field");
            }

            last = tag.TagValue;
            _ = tbs.ReadEncodedValue();
        }
    }
}
