using System.Text;
using LeGo.Lite.Pem;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Pem;

public sealed class PemReaderTests
{
    [Fact]
    public void A_file_may_have_256_KiB_and_not_a_byte_more()
    {
        var pem = Encoding.Latin1.GetString(PemVector.Named("chain-p256").Body);
        var largest = Encoding.Latin1.GetBytes(pem.PadLeft(PemReader.MaxBytes, '\n'));
        var problems = new List<Problem>();

        Assert.NotNull(CertificateChain.Parse("f", largest, problems));
        Assert.Empty(problems);

        Assert.Null(CertificateChain.Parse("f", [.. largest, (byte)'\n'], problems));
        Assert.Equal("f:1:1: error: make this file smaller: a PEM file is at most 256 KiB", Assert.Single(problems).ToString());
    }

    /// <summary>
    /// Each byte is looked at a fixed number of times: a line is searched once, and what is wrong
    /// ends the scan. Were one of these quadratic, the test would take minutes.
    /// </summary>
    [Theory]
    [InlineData("-----BEGIN CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----")]
    [InlineData("-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN ")]
    [InlineData("-")]
    [InlineData("- - ")]
    [InlineData("\n")]
    [InlineData(" ")]
    [InlineData("-----BEGIN A-----\n====\n-----END A-----\n")]
    [InlineData("-----BEGIN A-----\nAAAA\n-----END A-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN EC PARAMETERS-----\nBgA=\n-----END EC PARAMETERS-----\n")]
    public void A_hostile_file_costs_one_problem(string part)
    {
        var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(part, PemReader.MaxBytes / part.Length)));
        var problems = new List<Problem>();

        Assert.Null(CertificateChain.Parse("f", bytes, problems));
        Assert.Single(problems);

        problems.Clear();
        Assert.Null(PrivateKey.Parse("f", bytes, problems));
        Assert.Single(problems);
    }

    [Fact]
    public void Public_keys_are_equal_by_value()
    {
        var key = new PublicKey("1.2.3", new byte[] { 1, 2 });

        Assert.Equal(key, new("1.2.3", new byte[] { 1, 2 }));
        Assert.Equal(key.GetHashCode(), new PublicKey("1.2.3", new byte[] { 1, 2 }).GetHashCode());
        Assert.NotEqual(key, new("1.2.3", new byte[] { 1, 3 }));
        Assert.NotEqual(key, new("1.2.4", new byte[] { 1, 2 }));
    }
}
