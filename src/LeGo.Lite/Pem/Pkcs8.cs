using System.Formats.Asn1;

namespace LeGo.Lite.Pem;

/// <summary>
/// The fields of a PKCS#8 key (RFC 5958 section 2). Absent parameters and public keys are empty.
/// </summary>
internal sealed record Pkcs8(
    string Algorithm,
    ReadOnlyMemory<byte> Parameters,
    ReadOnlyMemory<byte> PrivateKey,
    ReadOnlyMemory<byte> PublicKey)
{
    private static readonly Asn1Tag AttributesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag PublicKeyTag = new(TagClass.ContextSpecific, 1);

    /// <summary>The result shares the memory of <paramref name="der"/>.</summary>
    /// <exception cref="AsnContentException">It is not exactly one PKCS#8 key.</exception>
    public static Pkcs8 Read(ReadOnlyMemory<byte> der)
    {
        var file = new AsnReader(der, AsnEncodingRules.DER);
        var info = file.ReadSequence();
        file.ThrowIfNotEmpty();
        if (!info.TryReadInt32(out var version) || version is not (0 or 1))
        {
            throw new AsnContentException("unknown version");
        }

        var (algorithm, parameters) = Pem.PublicKey.ReadAlgorithm(info);
        if (!info.TryReadPrimitiveOctetString(out var privateKey) || privateKey.IsEmpty)
        {
            throw new AsnContentException("no private key");
        }

        if (info.HasData && info.PeekTag() == AttributesTag)
        {
            _ = info.ReadEncodedValue();
        }

        // Version 1 has no public key, so one there is trailing data.
        var publicKey = version == 1 && info.HasData ? Pem.PublicKey.ReadBits(info, PublicKeyTag) : default;
        info.ThrowIfNotEmpty();
        return new(algorithm, parameters, privateKey, publicKey);
    }
}
