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
        "the certificate named here can't be used for TLS, because OpenSSL refuses its key or a key or signature of its chain: take RSA of 2048 bits or more, or ECDSA on P-256, P-384 or P-521, and SHA-256 or better";

    private TlsFiles? files;

    // The same objects again: clients can take up their sessions.
    private List<ServerCertificate> known = [];

    /// <summary>Its files are as they were read.</summary>
    public bool IsUpToDate => files?.IsUpToDate == true;

    /// <param name="certificates">Of the tree.</param>
    /// <param name="freshness">When a file is at rest.</param>
    /// <param name="served">What is in use until now.</param>
    public TlsReading Read(IEnumerable<CertificateRecord> certificates, Freshness freshness, TlsRecord? served)
    {
        if (!IsUpToDate)
        {
            files = new(config, freshness, files);
        }

        var (now, clientAuthorities) = (freshness.Now, files!.ClientAuthorities);
        List<ServerCertificate> made = [];
        var (valid, fault) = config.Certificate is { } item ? OfItem(item.Value) : OfFiles();

        // With the CAs of now: who may come in does not wait for the certificate to be mended.
        var lastGood = valid.At(now) ?? (served is null ? null : Make(served.LastGood.Chain, served.LastGood.Key));
        known = made;

        var problems = files.Problems.ToList();
        if (fault is not null)
        {
            var mark = (config.Certificate ?? config.Fullchain!).Mark;
            problems.Add(Problem.Error(
                mark.File, mark.Position, $"{fault}; {(lastGood is null ? "https:// can't be served without it" : "the one before goes on being used")}"));
        }

        // Without a CA to trust nobody could be let in, or everybody would be.
        var isOpen = config.ClientCa is null || clientAuthorities is not null;
        return new(isOpen && lastGood is not null ? new(valid, lastGood) : null, problems, files.Unsettled, valid.NextChange(now));

        (Timeline<ServerCertificate> Valid, string? Fault) OfItem(string name)
        {
            if (certificates.FirstOrDefault(record => record.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } record)
            {
                return (Timeline<ServerCertificate>.Never, $"no sound certificate of this name is in {DataTree.Certificates}/: add it, or mend what else is reported of it");
            }

            var orders = OrderRecord.NewestValid(record.Orders, now);
            var valid = orders.Select(order => order.FinalizedKey is { } material ? Make(order.Chain, material.Key) : null);
            return (valid, valid.At(now) is not null ? null : orders.At(now) switch
            {
                null => "the certificate named here has no valid order: add one, or mend what else is reported of it",
                { FinalizedKey: null } => "the newest valid order of the certificate named here has no private key: put one beside its chain, or into its private key item",
                _ => Unfit,
            });
        }

        (Timeline<ServerCertificate> Valid, string? Fault) OfFiles()
        {
            if (files is not { Chain: { } chain, Key: { } key })
            {
                return (Timeline<ServerCertificate>.Never, "the server's own certificate or its private key is broken: mend what else is reported of it");
            }

            if (key.Match(chain) == KeyMatch.Mismatch)
            {
                return (Timeline<ServerCertificate>.Never, "the private key in privkey is not the one that this certificate was issued for: put the two together that belong together");
            }

            var chains = Timeline<CertificateChain>.Of([chain], chain => (chain.NotBefore, chain.NotAfter), now);
            var valid = chains.Select(chain => Make(chain, key));
            return (valid, valid.At(now) is not null ? null
                : chains.At(now) is null ? "the certificate in this file has expired, or is not valid yet: renew it, or look at this machine's clock"
                : Unfit);
        }

        ServerCertificate? Make(CertificateChain chain, PrivateKey key)
        {
            // What broke and is mended is what is served until now.
            var certificate = known.Append(served?.LastGood).FirstOrDefault(certificate => certificate?.IsOf(chain, key, clientAuthorities) == true)
                ?? ServerCertificate.Make(chain, key, clientAuthorities);
            if (certificate is not null)
            {
                made.Add(certificate);
            }

            return certificate;
        }
    }
}
