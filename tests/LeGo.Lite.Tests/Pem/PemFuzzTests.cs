using System.Buffers.Binary;
using System.Text;
using LeGo.Lite.Pem;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Pem;

/// <summary>The same mutations at every run: what fails here fails again.</summary>
public sealed class PemFuzzTests
{
    private const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

    private static readonly string[] Labels = ["CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "EC PARAMETERS"];

    private static readonly List<(PemVector Vector, CertificateChain Chain)> Chains =
        [.. PemVector.All.Where(v => v.Read == "chain" && v.IsOk).Select(v => (v, CertificateChain.Parse("f", v.Body, [])!))];

    private static readonly HashSet<UInt128> Secrets = SecretWindows();

    [Fact]
    public void Mutated_text_is_read_or_refused_and_never_leaks()
    {
        var random = new Random(7468);
        var parsed = 0;
        for (var i = 0; i < 24_000; i++)
        {
            var (one, other) = (Any(random), Any(random));
            parsed += Check(MutateText(random, one.Body, other.Body), one, other);
        }

        Assert.InRange(parsed, 500, 23_000);
    }

    [Fact]
    public void Mutated_DER_is_read_or_refused_and_never_leaks()
    {
        var random = new Random(5280);
        var blocks = PemVector.All
            .Where(v => v.IsOk)
            .SelectMany(v => PemReader.Read("f", v.Body, [])!.Value.Select(section => (v, section)))
            .ToList();
        var parsed = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var (vector, section) = blocks[random.Next(blocks.Count)];
            var label = random.Next(4) == 0 ? Labels[random.Next(Labels.Length)] : section.Label;
            var pem = PemWriter.Write(new PemSection(label, MutateDer(random, section.Der), Position.Start));
            parsed += Check(pem, vector, vector);
        }

        Assert.InRange(parsed, 500, 9_000);
    }

    [Fact]
    public void An_RSA_key_with_one_damaged_byte_never_parses()
    {
        var section = PemReader.Read("f", PemVector.Named("key-rsa1024-pkcs1").Body, [])!.Value[0];
        for (var i = 0; i < section.Der.Length; i++)
        {
            var der = section.Der.ToArray();
            der[i] ^= (byte)(1 << (i % 8));

            Assert.Null(PrivateKey.Parse("f", PemWriter.Write(section with { Der = der }), []));
        }
    }

    private static PemVector Any(Random random) => PemVector.All[random.Next(PemVector.All.Count)];

    /// <summary>How many of the two readers took it.</summary>
    private static int Check(byte[] bytes, PemVector one, PemVector other)
    {
        var problems = new List<Problem>();
        var chain = CertificateChain.Parse("f", bytes, problems);
        CheckProblems(bytes, problems, chain is null);
        if (chain is not null)
        {
            CheckHoldsNoSecret(chain);
        }

        problems.Clear();
        var key = PrivateKey.Parse("f", bytes, problems);
        CheckProblems(bytes, problems, key is null);
        if (key is not null && HoldsKnownKey(one) && HoldsKnownKey(other))
        {
            Assert.Subset(
                one.Header["public"].Concat(other.Header["public"]).ToHashSet(),
                Chains.Where(c => key.Match(c.Chain) == KeyMatch.Matches).SelectMany(c => c.Vector.Header["public"]).ToHashSet());
        }

        return (chain is null ? 0 : 1) + (key is null ? 0 : 1);
    }

    /// <summary>A mutation can mend a file that is refused, and its key may be anyone's.</summary>
    private static bool HoldsKnownKey(PemVector vector) => vector.IsOk && vector.Read != "sections";

    private static void CheckProblems(byte[] bytes, List<Problem> problems, bool isRefused)
    {
        Assert.Equal(isRefused, problems.Any(p => p.Severity == Severity.Error));
        if (problems.Count == 0)
        {
            return;
        }

        Assert.InRange(problems.Count, 1, CertificateChain.MaxCertificates);
        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        var base64 = string.Join('\n', lines.Select(l => l.Trim()).Where(l => l.All(c => Base64.Contains(c, StringComparison.Ordinal))));
        foreach (var problem in problems)
        {
            Assert.InRange(problem.Position.Line, 1, lines.Length);
            Assert.InRange(problem.Position.Column, 1, lines[problem.Position.Line - 1].Length + 1);
            for (var i = 0; i + 8 <= problem.Text.Length; i++)
            {
                Assert.False(base64.Contains(problem.Text.AsSpan(i, 8), StringComparison.Ordinal), problem.Text);
            }
        }
    }

    private static void CheckHoldsNoSecret(CertificateChain chain)
    {
        foreach (var section in PemReader.Read("f", chain.Pem.Span, [])!.Value)
        {
            Assert.False(Windows(section.Der).Any(Secrets.Contains), "a private key in a chain");
        }
    }

    /// <summary>Every 16 bytes in a row of a key file that are in no good chain: what the two share is public.</summary>
    private static HashSet<UInt128> SecretWindows()
    {
        var windows = PemVector.All
            .Where(v => v.Read == "key" && v.IsOk)
            .SelectMany(v => PemReader.Read("f", v.Body, [])!.Value)
            .SelectMany(s => Windows(s.Der))
            .ToHashSet();
        foreach (var (_, chain) in Chains)
        {
            windows.ExceptWith(PemReader.Read("f", chain.Pem.Span, [])!.Value.SelectMany(s => Windows(s.Der)));
        }

        return windows;
    }

    private static IEnumerable<UInt128> Windows(byte[] der)
    {
        for (var i = 0; i + 16 <= der.Length; i++)
        {
            yield return BinaryPrimitives.ReadUInt128BigEndian(der.AsSpan(i, 16));
        }
    }

    private static byte[] MutateText(Random random, byte[] one, byte[] other)
    {
        var (at, to) = (random.Next(one.Length + 1), random.Next(other.Length + 1));
        switch (random.Next(7))
        {
            case 0:
                return Flip(random, one);
            case 1:
                return one[..at];
            case 2:
                return [.. one[..at], .. other[to..]];
            case 3:
                return [.. one, .. other];
            case 4:
                // The same place in both: a file that is being overwritten while it is read.
                at = Math.Min(at, other.Length);
                return [.. other[..at], .. one[at..]];
            case 5:
                var changed = one.Append((byte)'\n').ToArray();
                changed[at] = (byte)Base64[random.Next(Base64.Length)];
                return changed;
            default:
                var lines = Encoding.Latin1.GetString(one).Split('\n').ToList();
                var (from, into) = (random.Next(lines.Count), random.Next(lines.Count));
                lines.Insert(into, lines[from]);
                return Encoding.Latin1.GetBytes(string.Join('\n', lines));
        }
    }

    private static byte[] MutateDer(Random random, byte[] der)
    {
        var at = random.Next(der.Length);
        var count = random.Next(der.Length - at + 1);
        return random.Next(6) switch
        {
            0 => der[..at],
            1 => [.. der[..at], .. der[(at + count)..]],
            2 => [.. der[..(at + count)], .. der[at..]],
            3 => [.. der, .. der[at..]],
            _ => Flip(random, der),
        };
    }

    private static byte[] Flip(Random random, byte[] bytes)
    {
        var flipped = bytes.ToArray();
        for (var i = random.Next(1, 4); i > 0 && flipped.Length > 0; i--)
        {
            flipped[random.Next(flipped.Length)] = (byte)random.Next(256);
        }

        return flipped;
    }
}
