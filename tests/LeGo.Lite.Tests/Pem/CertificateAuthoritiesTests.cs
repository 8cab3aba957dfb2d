using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeGo.Lite.Pem;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Pem;

public sealed class CertificateAuthoritiesTests
{
    private const string NoRoot = "f:1:1: error: no root certificate is in this file: put in the CA's own, the one that it issued to itself";
    private const string NotWhole = "this block does not hold one whole X.509 certificate: write it again as it was issued";

    private static readonly string One = Root("one");
    private static readonly string Two = Root("two");
    private static readonly string Intermediate = Material.One.Leaf(DateTimeOffset.UnixEpoch, TempTree.Now);

    private readonly List<Problem> problems = [];

    public static TheoryData<string, string> Broken => new()
    {
        { "", NoRoot },
        { "no PEM at all\n", NoRoot },
        { Intermediate, NoRoot },
        { One + Material.One.KeyPem, $"f:{Lines(One) + 1}:1: error: remove this block: a file of CAs holds CERTIFICATE blocks only" },
        { Material.One.KeyPem, "f:1:1: error: remove this block: a file of CAs holds CERTIFICATE blocks only" },
        { $"# text\n{One}{Pem(Material.Der(Two)[..^1])}", $"f:{Lines(One) + 2}:1: error: {NotWhole}" },
        { Pem([.. Material.Der(One), 0]), $"f:1:1: error: {NotWhole}" },
        { Pem([0x30, 0]), $"f:1:1: error: {NotWhole}" },

        // Whole but for an extension.
        { Pem(Replaced(Material.Der(One), [0x06, 0x03, 0x55, 0x1d, 0x13], [0x04, 0x03, 0x55, 0x1d, 0x13])), $"f:1:1: error: {NotWhole}" },
    };

    [Fact]
    public void Certificates_in_any_order_of_which_one_is_a_root()
    {
        foreach (var pems in new[] { [One], [One, Two], [Intermediate, One], new[] { Two, Intermediate, One } })
        {
            var authorities = Parse($"text\n{string.Join("# more\r\n", pems)}");

            Assert.Equal(pems.Select(Material.Der), authorities!.Der.Select(der => der.ToArray()));
        }

        Assert.Empty(problems);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void One_problem_says_what_is_wrong_and_where(string file, string problem)
    {
        Assert.Null(Parse(file));
        Assert.Equal([problem], problems.Select(one => one.ToString()));
    }

    [Fact]
    public void A_torn_block_is_a_problem()
    {
        Assert.Null(Parse(One + Two[..^40]));
        Assert.Equal(Lines(One) + 1, Assert.Single(problems).Position.Line);
    }

    [Fact]
    public void Files_that_mean_the_same_are_equal()
    {
        var both = Parse(One + Two);

        Assert.Equal(both, Parse($"text\n{One}\r\n{Two.Replace("\n", "\r\n", StringComparison.Ordinal)}"));
        Assert.Equal(both!.GetHashCode(), Parse(One + Two)!.GetHashCode());
        Assert.All([One, Two, Two + One, One + One, One + Two + Two], other => Assert.NotEqual(both, Parse(other)));
        Assert.False(both.Equals((object?)null));
    }

    private CertificateAuthorities? Parse(string file) => CertificateAuthorities.Parse("f", Material.Bytes(file), problems);

    private static string Root(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, TempTree.Now);
        return certificate.ExportCertificatePem() + "\n";
    }

    private static string Pem(byte[] der) => PemEncoding.WriteString("CERTIFICATE", der) + "\n";

    private static int Lines(string text) => text.Count(c => c == '\n');

    private static byte[] Replaced(byte[] bytes, ReadOnlySpan<byte> old, ReadOnlySpan<byte> with)
    {
        with.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(old)));
        return bytes;
    }
}
