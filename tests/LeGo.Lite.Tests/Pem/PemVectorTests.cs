using System.Globalization;
using System.Security.Cryptography;
using LeGo.Lite.Pem;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Pem;

public sealed class PemVectorTests
{
    public static TheoryData<string> Names => [.. PemVector.All.Select(v => v.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_vector_reads_as_it_says(string name)
    {
        var vector = PemVector.Named(name);
        var problems = new List<Problem>();
        var isThere = vector.Read switch
        {
            "sections" => ReadsSections(vector, problems),
            "chain" => ReadsChain(vector, problems),
            "key" => ReadsKey(vector, problems),
            _ => throw new InvalidDataException(vector.Read),
        };

        Assert.Equal(
            vector.Header["expect"],
            problems.Count == 0 ? ["ok"] : problems.Select(p => p.ToString()["f:".Length..]));
        Assert.Equal(vector.IsOk, isThere);
    }

    [Fact]
    public void A_key_matches_the_leaf_that_openssl_says_has_the_same_public_key()
    {
        var chains = PemVector.All.Where(v => v.Read == "chain" && v.IsOk).ToList();
        var keys = PemVector.All.Where(v => v.Read == "key" && v.IsOk).ToList();
        var seen = new Dictionary<KeyMatch, int>();
        foreach (var (chainVector, keyVector) in chains.SelectMany(c => keys.Select(k => (c, k))))
        {
            var chain = CertificateChain.Parse("c", chainVector.Body, [])!;
            var key = PrivateKey.Parse("k", keyVector.Body, [])!;
            var expected =
                keyVector.Header["unchecked"].SingleOrDefault() is { } algorithm
                    ? (chainVector.Name.Contains(algorithm, StringComparison.OrdinalIgnoreCase) ? KeyMatch.Unchecked : KeyMatch.Mismatch)
                : keyVector.Header["public"].Single() == chainVector.Header["public"].Single() ? KeyMatch.Matches
                : KeyMatch.Mismatch;

            var actual = key.Match(chain);

            Assert.True(expected == actual, $"{keyVector} and {chainVector}: {actual}, not {expected}");
            seen[actual] = seen.GetValueOrDefault(actual) + 1;
        }

        Assert.True(seen[KeyMatch.Matches] > 100 && seen[KeyMatch.Unchecked] > 0 && seen[KeyMatch.Mismatch] > 100);
    }

    private static bool ReadsSections(PemVector vector, List<Problem> problems)
    {
        var sections = PemReader.Read("f", vector.Body, problems);
        if (sections is { } all)
        {
            Assert.Equal(vector.Header["section"], all.Select(s => $"{s.Position.Line} {s.Label}"));
            Assert.All(all, s => Assert.Equal(1, s.Position.Column));
        }

        return sections is not null;
    }

    private static bool ReadsChain(PemVector vector, List<Problem> problems)
    {
        var chain = CertificateChain.Parse("f", vector.Body, problems);
        if (chain is not null)
        {
            Assert.Equal(vector.Header["openssl-sha256"].Single(), Sha256(chain.Pem));
            Assert.Equal(vector.Header["leaf-length"].Single(), chain.LeafLength.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(vector.Header["not-before"].Single(), Iso8601(chain.NotBefore));
            Assert.Equal(vector.Header["not-after"].Single(), Iso8601(chain.NotAfter));
        }

        return chain is not null;
    }

    private static bool ReadsKey(PemVector vector, List<Problem> problems)
    {
        var key = PrivateKey.Parse("f", vector.Body, problems);
        if (key is not null)
        {
            Assert.Equal(vector.Header["openssl-sha256"].Single(), Sha256(key.Pem));
        }

        return key is not null;
    }

    private static string Sha256(ReadOnlyMemory<byte> pem) => Convert.ToHexStringLower(SHA256.HashData(pem.Span));

    private static string Iso8601(DateTimeOffset time) =>
        time.ToString("yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture).Replace("+00:00", "Z", StringComparison.Ordinal);
}
