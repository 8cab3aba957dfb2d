using System.Text;
using CsCheck;
using LeGo.Lite.Pem;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Pem;

/// <summary>Two files that mean the same give the same bytes (SPEC 2).</summary>
public sealed class PemPropertyTests
{
    private static readonly Gen<PemVector> GoodVector =
        Gen.OneOf([.. PemVector.All.Where(v => v.IsOk && v.Read != "sections")]);

    private static readonly Gen<string> Space = Gen.OneOf("", "", "", " ", "\t", "  \t ");

    private static readonly Gen<string> Between = Gen.OneOf(
        "", "\n", "  \n", "# a comment\n", "subject=CN = x\r\n", "---- BEGIN\n", "caf\u00e9: \u2713\n", "----END\n-----\n");

    private static readonly Gen<Layout> AnyLayout =
        Gen.Select(Gen.Int[1, 200], Gen.OneOf("\n", "\r\n"), Space, Space, Between, Gen.Bool, Gen.Bool)
            .Select((columns, newLine, before, after, between, blankLines, startsWithBom) =>
                new Layout(columns, newLine, before, after, between, blankLines, startsWithBom));

    [Fact]
    public void The_layout_of_a_file_does_not_show() =>
        Gen.Select(GoodVector, AnyLayout).Sample(
            (vector, layout) => Normal(vector, layout.Apply(Normal(vector, vector.Body))) == Normal(vector, vector.Body),
            iter: 2_000);

    [Fact]
    public void What_is_served_reads_as_itself()
    {
        foreach (var vector in PemVector.All.Where(v => v.IsOk && v.Read != "sections"))
        {
            var normal = Normal(vector, vector.Body);
            Assert.Equal(normal, Normal(vector, Encoding.ASCII.GetBytes(normal)));
            Assert.All(normal.Split('\n')[..^1], line => Assert.InRange(line.Length, 1, 64));
            Assert.EndsWith("-----\n", normal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_chain_splits_into_leaf_and_rest()
    {
        var chain = CertificateChain.Parse("f", PemVector.Named("chain-p256").Body, [])!;

        var leaf = CertificateChain.Parse("f", chain.Pem.Span[..chain.LeafLength], [])!;
        var rest = CertificateChain.Parse("f", chain.Pem.Span[chain.LeafLength..], [])!;

        Assert.Equal(chain.LeafKey, leaf.LeafKey);
        Assert.Equal(leaf.Pem.Length, leaf.LeafLength);
        Assert.Equal(Normal(PemVector.Named("chain-leaf-missing"), PemVector.Named("chain-leaf-missing").Body), Text(rest.Pem));
    }

    private static string Normal(PemVector vector, byte[] bytes)
    {
        var problems = new List<Problem>();
        var pem = vector.Read == "chain"
            ? CertificateChain.Parse("f", bytes, problems)?.Pem
            : PrivateKey.Parse("f", bytes, problems)?.Pem;
        Assert.True(pem is not null, string.Join('\n', problems));
        return Text(pem.Value);
    }

    private static string Text(ReadOnlyMemory<byte> pem) => Encoding.ASCII.GetString(pem.Span);

    private sealed record Layout(
        int Columns, string NewLine, string Before, string After, string Between, bool BlankLines, bool StartsWithBom)
    {
        public byte[] Apply(string normal)
        {
            var text = new StringBuilder(StartsWithBom ? "\uFEFF" : "").Append(Between);
            var base64 = new StringBuilder();
            foreach (var line in normal.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.StartsWith("-----BEGIN", StringComparison.Ordinal))
                {
                    AppendLine(text, line);
                }
                else if (line.StartsWith("-----END", StringComparison.Ordinal))
                {
                    foreach (var chunk in base64.ToString().Chunk(Columns))
                    {
                        AppendLine(text, new(chunk));
                    }

                    base64.Clear();
                    AppendLine(text, line);
                    text.Append(Between);
                }
                else
                {
                    base64.Append(line);
                }
            }

            return Encoding.UTF8.GetBytes(text.ToString());
        }

        private void AppendLine(StringBuilder text, string line)
        {
            text.Append(Before).Append(line).Append(After).Append(NewLine);
            if (BlankLines)
            {
                text.Append(After).Append(NewLine);
            }
        }
    }
}
