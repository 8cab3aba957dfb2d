using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeGo.Lite.Pem;

/// <summary>The certificates of CAs, in any order, at least one of them a root: proven to parse.</summary>
internal sealed class CertificateAuthorities : IEquatable<CertificateAuthorities>
{
    private CertificateAuthorities(ImmutableArray<ReadOnlyMemory<byte>> der) => Der = der;

    /// <summary>Each one's DER.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Der { get; }

    /// <summary>Null if anything is wrong: one problem says what and where.</summary>
    public static CertificateAuthorities? Parse(string file, ReadOnlySpan<byte> bytes, List<Problem> problems)
    {
        if (PemReader.Read(file, bytes, problems) is not { } sections)
        {
            return null;
        }

        var hasRoot = false;
        foreach (var section in sections)
        {
            if (Fault(section, ref hasRoot) is { } fault)
            {
                problems.Add(Problem.Error(file, section.Position, fault));
                return null;
            }
        }

        if (!hasRoot)
        {
            problems.Add(Problem.Error(file, Position.Start, "no root certificate is in this file: put in the CA's own, the one that it issued to itself"));
            return null;
        }

        return new([.. sections.Select(section => new ReadOnlyMemory<byte>(section.Der))]);
    }

    public bool Equals(CertificateAuthorities? other) =>
        other is not null && Der.Length == other.Der.Length && Der.Zip(other.Der).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span));

    public override bool Equals(object? obj) => Equals(obj as CertificateAuthorities);

    public override int GetHashCode() => Der.Length;

    private static string? Fault(PemSection section, ref bool hasRoot)
    {
        if (section.Label != CertificateChain.Label)
        {
            return "remove this block: a file of CAs holds CERTIFICATE blocks only";
        }

        try
        {
            var certificate = Certificate.Read(section.Der);

            // What .NET reads of it beyond that: it is made of the same bytes when it is put to use.
            using var loaded = X509CertificateLoader.LoadCertificate(section.Der);
            hasRoot |= certificate.Issuer.Span.SequenceEqual(certificate.Subject.Span);
            return null;
        }
        catch (Exception failure) when (failure is AsnContentException or CryptographicException)
        {
            return CertificateChain.NotWhole;
        }
    }
}
