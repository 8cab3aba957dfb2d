using System.Text;
using BenchmarkDotNet.Attributes;
using LeGo.Lite.Catalog;
using LeGo.Lite.Http;
using LeGo.Lite.Pem;
using LeGo.Lite.Yaml;

namespace LeGo.Lite.Pieces;

#pragma warning disable CA1515 // BenchmarkDotNet derives from it.
public class InnerPieces
#pragma warning restore CA1515
{
    private static readonly Route OneKey = Route.All.Single(route => route.Segment == "certificates");
    private static readonly Route TwoKeys = Route.All.Single(route => route.Segment == "privatecertchains");

    private readonly DateTimeOffset now = DateTimeOffset.UtcNow;
    private readonly List<Problem> problems = [];
    private readonly CatalogSource source = new(Sample.Tree, []);
    private readonly CatalogSnapshot snapshot;
    private readonly byte[] chain = Sample.Chain(Sample.Rsa);
    private readonly byte[] rsaKey = Sample.Key(Sample.Rsa);
    private readonly byte[] p256Key = Sample.Key(Sample.P256);
    private readonly byte[] metadata = Sample.Metadata(Sample.Rsa);
    private readonly byte[] apiKey = Encoding.ASCII.GetBytes(Sample.CertificateApiKey);
    private readonly byte[] apiKeys = Encoding.ASCII.GetBytes($"{Sample.CertificateApiKey}.{Sample.KeyApiKey}");

    public InnerPieces() => snapshot = source.Scan(now);

    // BenchmarkDotNet makes the object by itself.
    internal static Sample Sample { get; set; } = null!;

    [Benchmark(Description = "first scan")]
    public object FirstScan() => new CatalogSource(Sample.Tree, []).Scan(now);

    [Benchmark(Description = "scan that finds nothing new")]
    public object SameScan() => source.Scan(now, snapshot) == snapshot ? snapshot : throw new InvalidOperationException("it found something");

    [Benchmark(Description = "parse a chain of two")]
    public object ParseChain() => CertificateChain.Parse("fullchain.pem", chain, problems) ?? throw Refused();

    [Benchmark(Description = "parse an RSA-2048 private key")]
    public object ParseRsaKey() => PrivateKey.Parse("privkey.pem", rsaKey, problems) ?? throw Refused();

    [Benchmark(Description = "parse a P-256 private key")]
    public object ParseP256Key() => PrivateKey.Parse("privkey.pem", p256Key, problems) ?? throw Refused();

    [Benchmark(Description = "parse metadata")]
    public object ParseMetadata() => YamlReader.Read("certificate.yaml", metadata, problems) ?? throw Refused();

    [Benchmark(Description = "look up and authorise, certificates")]
    public object Certificate() => Select(OneKey, apiKey) ?? throw Refused();

    [Benchmark(Description = "look up and authorise, privatecertchains")]
    public object PrivateCertificateChain() => Select(TwoKeys, apiKeys) ?? throw Refused();

    [Benchmark(Description = "look up and refuse, privatecertchains")]
    public bool Refusal() => Select(TwoKeys, apiKey) is null ? true : throw new InvalidOperationException("it was let in");

    private Representation? Select(Route route, byte[] apiKey)
    {
        var requested = Requested.Find(snapshot, route.Needs, Sample.Rsa, now);
        return Authorization.Refuse(requested, route.Needs, apiKey, viaUrl: false) is null ? route.Select(requested, now) : null;
    }

    private InvalidOperationException Refused() => new(problems is [var problem, ..] ? $"{problem}" : "it was refused");
}
