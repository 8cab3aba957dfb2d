using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace LeGo.Lite.Pem;

/// <summary>A private key: proven to parse, normalised (same label as the file had).</summary>
internal sealed class PrivateKey : IEquatable<PrivateKey>
{
    /// <summary>What to do about an encrypted key, in RFC 1421 or PKCS#8 form.</summary>
    public const string Encrypted =
        "an encrypted key can't be served: decrypt it, for example with openssl pkey -in ENCRYPTED.pem -out privkey.pem";

    private const string Pkcs8Label = "PRIVATE KEY";
    private const string RsaLabel = "RSA PRIVATE KEY";
    private const string EcLabel = "EC PRIVATE KEY";

    private readonly string algorithm;
    private readonly PublicKey? publicKey;

    private PrivateKey(ReadOnlyMemory<byte> pem, string algorithm, PublicKey? publicKey)
    {
        Pem = pem;
        this.algorithm = algorithm;
        this.publicKey = publicKey;
    }

    /// <summary>Normal PEM: LF, 64 columns, a final LF.</summary>
    public ReadOnlyMemory<byte> Pem { get; }

    /// <summary>Null if anything is wrong: one problem says what and where.</summary>
    public static PrivateKey? Parse(string file, ReadOnlySpan<byte> bytes, List<Problem> problems)
    {
        if (PemReader.Read(file, bytes, problems) is not { } sections)
        {
            return null;
        }

        try
        {
            if (Choose(sections, out var position, out var wrong) is { } section
                && Prove(section, out wrong) is { } key)
            {
                return key;
            }

            problems.Add(Problem.Error(file, position, wrong!));
            return null;
        }
        finally
        {
            foreach (var section in sections)
            {
                CryptographicOperations.ZeroMemory(section.Der);
            }
        }
    }

    /// <summary>Two files that mean the same give equal keys. The time it takes is no secret's: nobody outside sets one against another.</summary>
    public bool Equals(PrivateKey? other) =>
        ReferenceEquals(this, other) || (other is not null && Pem.Span.SequenceEqual(other.Pem.Span));

    public override bool Equals(object? obj) => Equals(obj as PrivateKey);

    public override int GetHashCode() => HashCode.Combine(algorithm, Pem.Length);

    public KeyMatch Match(CertificateChain chain) =>
        publicKey is not null ? (publicKey == chain.LeafKey ? KeyMatch.Matches : KeyMatch.Mismatch)
        : algorithm == chain.LeafKey.Algorithm ? KeyMatch.Unchecked
        : KeyMatch.Mismatch;

    /// <summary>The one block to serve, or null and what is <paramref name="wrong"/>.</summary>
    private static PemSection? Choose(ImmutableArray<PemSection> sections, out Position position, out string? wrong)
    {
        PemSection? key = null;
        foreach (var section in sections)
        {
            position = section.Position;
            wrong = section.Label switch
            {
                Pkcs8Label or RsaLabel or EcLabel => key is null
                    ? null
                    : "this is a second private key: keep one key in this file",
                "EC PARAMETERS" when key is null => null,
                "ENCRYPTED PRIVATE KEY" => Encrypted,
                "CERTIFICATE" => "a certificate does not belong here: move it into fullchain.pem or tls.crt",
                "PUBLIC KEY" or "RSA PUBLIC KEY" => "a public key does not belong here: remove this block, the private key is enough",
                _ => "remove this block: a key file holds one PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY block",
            };
            if (wrong is not null)
            {
                return null;
            }

            key = section.Label == "EC PARAMETERS" ? key : section;
        }

        position = key?.Position ?? Position.Start;
        wrong = "no private key block is in this file: put a PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY block into it";
        return key;
    }

    private static PrivateKey? Prove(PemSection section, out string? wrong)
    {
        try
        {
            var (algorithm, publicKey) = section.Label switch
            {
                RsaLabel => (PublicKey.Rsa, RsaPrivateKey.Read(PublicKey.Rsa, section.Der, out wrong)),
                EcLabel => (PublicKey.EllipticCurve, EcPrivateKey.Read(section.Der, default, default, out wrong)),
                _ => ReadPkcs8(Pkcs8.Read(section.Der), out wrong),
            };
            return wrong is null ? new(PemWriter.Write(section), algorithm, publicKey) : null;
        }
        catch (AsnContentException)
        {
            wrong = "this block does not hold one whole private key of the kind its label says: write it again as it was issued";
            return null;
        }
    }

    private static (string Algorithm, PublicKey? PublicKey) ReadPkcs8(Pkcs8 key, out string? wrong)
    {
        wrong = null;
        var stated = key.PublicKey.IsEmpty || key.Algorithm == PublicKey.EllipticCurve
            ? null
            : PublicKey.From(key.Algorithm, key.Parameters, key.PublicKey);
        switch (key.Algorithm)
        {
            case PublicKey.Rsa or PublicKey.RsaPss:
                var rsa = RsaPrivateKey.Read(key.Algorithm, key.PrivateKey, out wrong);
                wrong ??= stated is null || stated == rsa
                    ? null
                    : "this RSA key holds two different public keys: write the file again as it was issued";
                return (key.Algorithm, rsa);
            case PublicKey.EllipticCurve:
                return (key.Algorithm, EcPrivateKey.Read(key.PrivateKey, key.Parameters, key.PublicKey, out wrong));
            default:
                return (key.Algorithm, stated);
        }
    }
}

/// <summary>Does a private key belong to a leaf?</summary>
internal enum KeyMatch
{
    /// <summary>The public half that the key states is the leaf's.</summary>
    Matches,
    Mismatch,

    /// <summary>The same algorithm, but one that can't be checked here (Ed25519).</summary>
    Unchecked,
}
