using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace LeGo.Lite.Pem;

/// <summary>A certificate chain, leaf first: proven to parse, normalised.</summary>
internal sealed class CertificateChain : IEquatable<CertificateChain>
{
    /// <summary>SPEC 2.</summary>
    public const int MaxCertificates = 20;

    /// <summary>RFC 7468, section 5.1.</summary>
    public const string Label = "CERTIFICATE";

    /// <summary>What to do about a block that is not what its label says.</summary>
    public const string NotWhole = "this block does not hold one whole X.509 certificate: write it again as it was issued";

    private CertificateChain(ReadOnlyMemory<byte> pem, int leafLength, Certificate leaf, PublicKey leafKey)
    {
        Pem = pem;
        LeafLength = leafLength;
        NotBefore = leaf.NotBefore;
        NotAfter = leaf.NotAfter;
        LeafKey = leafKey;
    }

    /// <summary>The whole chain, normal PEM: LF, 64 columns, a final LF.</summary>
    public ReadOnlyMemory<byte> Pem { get; }

    /// <summary>Bytes: <c>Pem[..LeafLength]</c> is the leaf, <c>Pem[LeafLength..]</c> the rest.</summary>
    public int LeafLength { get; }

    /// <summary>Of the leaf.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Of the leaf.</summary>
    public DateTimeOffset NotAfter { get; }

    public PublicKey LeafKey { get; }

    /// <summary>Two files that mean the same give equal chains.</summary>
    public bool Equals(CertificateChain? other) =>
        ReferenceEquals(this, other) || (other is not null && Pem.Span.SequenceEqual(other.Pem.Span));

    public override bool Equals(object? obj) => Equals(obj as CertificateChain);

    public override int GetHashCode() => HashCode.Combine(Pem.Length, NotBefore, NotAfter);

    /// <summary>Null if there was an error; a chain out of order is only a warning.</summary>
    public static CertificateChain? Parse(string file, ReadOnlySpan<byte> bytes, List<Problem> problems)
    {
        if (PemReader.Read(file, bytes, problems) is not { } sections)
        {
            return null;
        }

        try
        {
            return Prove(file, sections, problems);
        }
        finally
        {
            // A private key may have strayed into the file, under whatever label.
            foreach (var section in sections)
            {
                CryptographicOperations.ZeroMemory(section.Der);
            }
        }
    }

    private static CertificateChain? Prove(string file, ImmutableArray<PemSection> sections, List<Problem> problems)
    {
        var certificates = new List<Certificate>(Math.Min(sections.Length, MaxCertificates));
        PublicKey? leafKey = null;
        var warnings = new List<Problem>();
        foreach (var section in sections)
        {
            var wrong =
                section.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)
                    ? "nothing of this file is served, it holds a private key: move the key into privkey.pem or tls.key"
                : section.Label != Label
                    ? "remove this block: a chain file holds CERTIFICATE blocks only"
                : certificates.Count == MaxCertificates
                    ? "remove this certificate and those after it: a chain has at most 20"
                : null;
            try
            {
                if (wrong is null)
                {
                    var certificate = Certificate.Read(section.Der);
                    leafKey ??= PublicKey.Read(certificate.SubjectPublicKeyInfo);
                    if (certificates.Count > 0 && !certificates[^1].Issuer.Span.SequenceEqual(certificate.Subject.Span))
                    {
                        warnings.Add(Problem.Warning(
                            file,
                            section.Position,
                            "this certificate did not issue the one before it: order the chain leaf first, each certificate followed by the one that issued it"));
                    }

                    certificates.Add(certificate);
                    continue;
                }
            }
            catch (AsnContentException)
            {
                wrong = NotWhole;
            }

            // The first is enough: a hostile file would bring thousands.
            problems.AddRange(warnings);
            problems.Add(Problem.Error(file, section.Position, wrong));
            return null;
        }

        if (leafKey is null)
        {
            problems.Add(Problem.Error(file, Position.Start, "no CERTIFICATE block is in this file: put the chain into it, leaf first"));
            return null;
        }

        problems.AddRange(warnings);
        return new(PemWriter.Write(sections.AsSpan()), PemWriter.LengthOf(sections[0]), certificates[0], leafKey);
    }
}
