using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using LeGo.Lite.Bench;
using LeGo.Lite.Catalog;
using LeGo.Lite.Http;
using LeGo.Lite.Pem;
using LeGo.Lite.Yaml;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeGo.Lite.Pieces;

#pragma warning disable CA1515 // BenchmarkDotNet derives from it.
public class InnerPieces
#pragma warning restore CA1515
{
    private static readonly string Name = Tree.Name(IssuedTree.Rsa);
    private static readonly string CertificateApiKey = Tree.ApiKey(IssuedTree.Rsa);
    private static readonly Route OneKey = Route.All.Single(route => route.Segment == "certificates");
    private static readonly Route TwoKeys = Route.All.Single(route => route.Segment == "privatecertchains");

    private readonly DateTimeOffset now = DateTimeOffset.UtcNow;
    private readonly List<Problem> problems = [];
    private readonly CatalogSource source = new(Tree.Path, []);
    private readonly CatalogSnapshot snapshot;
    private readonly byte[] chain = File.ReadAllBytes(Tree.ChainFile(IssuedTree.Rsa));
    private readonly byte[] rsaKey = File.ReadAllBytes(Tree.KeyFile(IssuedTree.Rsa));
    private readonly byte[] p256Key = File.ReadAllBytes(Tree.KeyFile(IssuedTree.P256));
    private readonly byte[] metadata = File.ReadAllBytes(Tree.CertificateMetadata(IssuedTree.Rsa));
    private readonly byte[] apiKey = Encoding.ASCII.GetBytes(CertificateApiKey);
    private readonly byte[] apiKeys = Encoding.ASCII.GetBytes($"{CertificateApiKey}.{Tree.PrivateKeyApiKey(IssuedTree.Rsa)}");

    private readonly byte[] request = Encoding.ASCII.GetBytes(
        Connection.Request(Download.PathOf(OneKey.Segment, Name), $"apiKey: {CertificateApiKey}", "User-Agent: a"));

    private readonly Downloads downloads;
    private readonly ArrayBufferWriter<byte> written = new(64 * 1024);

    public InnerPieces()
    {
        snapshot = source.Scan(now);
        var catalog = new LiveCatalog(source.Data, source.Scan, snapshot, default, TimeProvider.System, NullLogger.Instance);
        downloads = new(catalog, [Download.BasePath], new(0, TimeSpan.Zero), TimeProvider.System, NullLogger.Instance);
    }

    // BenchmarkDotNet makes the object by itself.
    internal static Tree Tree { get; set; } = null!;

    [Benchmark(Description = "first scan")]
    public object FirstScan() => new CatalogSource(Tree.Path, []).Scan(now);

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

    [Benchmark(Description = Bench.Pieces.Answer)]
    public int Answer()
    {
        if (!DirectRequest.TryRead(request, out var plain))
        {
            throw Refused();
        }

        var reply = downloads.Answer(plain, null);
        written.ResetWrittenCount();
        reply.Response.Write(written, now);
        return reply.Response.Status == 200 ? written.WrittenCount : throw Refused();
    }

    private Representation? Select(Route route, byte[] apiKey)
    {
        var requested = Requested.Find(snapshot, route.Needs, Name, now);
        return Authorization.Refuse(requested, route.Needs, apiKey, viaUrl: false) is null ? route.Select(requested, now) : null;
    }

    private InvalidOperationException Refused() => new(problems is [var problem, ..] ? $"{problem}" : "it was refused");
}
