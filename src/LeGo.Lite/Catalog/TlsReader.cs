using System.Security.Cryptography;
using LeGo.Lite.Config;
using LeGo.Lite.Files;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>The server's own certificate over time.</summary>
/// <param name="Certificates">Those that are valid.</param>
/// <param name="LastGood">Goes on being used where none is: a client is then told what is wrong, by the certificate.</param>
internal sealed record TlsRecord(Timeline<ServerCertificate> Certificates, ServerCertificate LastGood)
{
    public ServerCertificate At(DateTimeOffset time) => Certificates.At(time) ?? LastGood;
}

/// <summary>What one reading of it gave.</summary>
/// <param name="Record">Null if there is none that could be used, and none before.</param>
/// <param name="Problems">What is wrong with it.</param>
/// <param name="Unsettled">Its files were changing meanwhile.</param>
/// <param name="ReviewAt">When to read again, though no file changes.</param>
internal sealed record TlsReading(TlsRecord? Record, IReadOnlyList<Problem> Problems, bool Unsettled, DateTimeOffset? ReviewAt);

/// <summary>Finds the server's own certificate, in the tree or in files of its own, and proves it. What breaks later is kept (SPEC 3).</summary>
internal sealed class TlsReader(TlsConfig config)
{
    private const string Unfit =
        "the private key of the certificate named here, or an issuer's, can't be used for TLS: take RSA of 2048 bits or more, or ECDSA on P-256, P-384 or P-521";

    private const string Exposed = "every user of this machine can read the private key named here: chmod o-rwx the file, and let the user that runs lego-lite own it or be in its group";

    private Reading? reading;
    private bool isExposed;
    private CertificateChain? chain;
    private PrivateKey? key;
    private CertificateAuthorities? clientAuthorities;
    private List<ServerCertificate> made = [];

    /// <summary>Its files are as they were read.</summary>
    public bool IsUpToDate => reading?.IsUpToDate == true && IsExposed() == isExposed;

    /// <param name="certificates">Of the tree.</param>
    /// <param name="freshness">When a file is at rest.</param>
    /// <param name="served">What is in use until now.</param>
    public TlsReading Read(IEnumerable<CertificateRecord> certificates, Freshness freshness, TlsRecord? served)
    {
        if (!IsUpToDate)
        {
            reading = new(freshness);
            chain = Read(config.Fullchain, reading, CertificateChain.Parse);
            key = Read(config.Privkey, reading, PrivateKey.Parse);
            isExposed = IsExposed();
            if (isExposed)
            {
                var mark = config.Privkey!.Mark;
                reading.Problems.Add(Problem.Warning(mark.File, mark.Position, Exposed));
            }

            if (config.ClientCa is { } clientCa)
            {
                var found = Read(clientCa, reading, CertificateAuthorities.Parse);
                if (found is null)
                {
                    reading.Problems.Add(Problem.Error(
                        clientCa.Mark.File,
                        clientCa.Mark.Position,
                        $"the CAs of the clients are broken; {(clientAuthorities is null ? "https:// can't be served without them" : "those before go on being used")}"));
                }

                clientAuthorities = found ?? clientAuthorities;
            }
        }

        // What broke and is mended is what is served until now.
        List<ServerCertificate> known = served is null ? made : [.. made, served.LastGood];
        made = [];
        var problems = reading!.Problems.ToList();
        var (valid, fault) = config.Certificate is { } item ? OfItem(item.Value, certificates, freshness.Now) : OfFiles(freshness.Now);

        // With the CAs of now: who may come in does not wait for the certificate to be mended.
        var lastGood = valid.At(freshness.Now) ?? (served is null ? null : Make(served.LastGood.Chain, served.LastGood.Key));
        if (fault is not null)
        {
            var mark = (config.Certificate ?? config.Fullchain!).Mark;
            problems.Add(Problem.Error(
                mark.File, mark.Position, $"{fault}; {(lastGood is null ? "https:// can't be served without it" : "the one before goes on being used")}"));
        }

        // Without a CA to trust nobody could be let in, or everybody would be.
        var record = lastGood is null || (config.ClientCa is not null && clientAuthorities is null) ? null : new TlsRecord(valid, lastGood);
        return new(record, problems, reading.Unsettled, valid.NextChange(freshness.Now));

        ServerCertificate? Make(CertificateChain chain, PrivateKey key)
        {
            // The same object again: clients can take up their sessions.
            var certificate = known.Find(certificate => certificate.IsOf(chain, key, clientAuthorities)) ?? ServerCertificate.Make(chain, key, clientAuthorities);
            if (certificate is not null)
            {
                made.Add(certificate);
            }

            return certificate;
        }

        (Timeline<ServerCertificate> Valid, string? Fault) OfItem(string name, IEnumerable<CertificateRecord> certificates, DateTimeOffset now)
        {
            if (certificates.FirstOrDefault(record => record.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } record)
            {
                return (Timeline<ServerCertificate>.Never, $"there is no certificate of this name in {DataTree.Certificates}/");
            }

            var orders = OrderRecord.NewestValid(record.Orders, now);
            var valid = orders.Select(order => order.FinalizedKey is { } material ? Make(order.Chain, material.Key) : null);
            return (valid, valid.At(now) is not null ? null : orders.At(now) switch
            {
                null => "the certificate named here has no valid order",
                { FinalizedKey: null } => "the newest valid order of the certificate named here has no private key",
                _ => Unfit,
            });
        }

        (Timeline<ServerCertificate> Valid, string? Fault) OfFiles(DateTimeOffset now)
        {
            if (chain is null || key is null)
            {
                return (Timeline<ServerCertificate>.Never, "the server's own certificate or its private key is broken");
            }

            if (key.Match(chain) == KeyMatch.Mismatch)
            {
                return (Timeline<ServerCertificate>.Never, "the private key in privkey is not the one that this certificate was issued for");
            }

            var chains = Timeline<CertificateChain>.Of([chain], chain => (chain.NotBefore, chain.NotAfter), now);
            var valid = chains.Select(chain => Make(chain, key));
            return (valid, valid.At(now) is not null ? null : chains.At(now) is null ? "the certificate in this file has expired, or is not valid yet" : Unfit);
        }
    }

    private bool IsExposed() => config.Privkey is { } privkey && Exposure.Of(privkey.Value);

    private delegate T? Parser<T>(string file, ReadOnlySpan<byte> bytes, List<Problem> problems);

    private static T? Read<T>(Setting? path, Reading reading, Parser<T> parse)
        where T : class
    {
        if (path is null
            || reading.Bytes(path.Value, PemReader.MaxBytes, Report) is not { } bytes)
        {
            return null;
        }

        var value = parse(path.Value, bytes, reading.Problems);
        CryptographicOperations.ZeroMemory(bytes);
        return value;

        void Report(string fault) => reading.Problems.Add(Problem.Error(path.Mark.File, path.Mark.Position, $"can't read the file named here: {fault}"));
    }
}
