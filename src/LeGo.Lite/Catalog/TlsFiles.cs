using System.Security.Cryptography;
using LeGo.Lite.Config;
using LeGo.Lite.Files;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>What the files that <c>tls</c> names held when they were read.</summary>
internal sealed class TlsFiles
{
    private const string Exposed =
        "every user of this machine can read the private key named here: chmod o-rwx the file, and let the user that runs lego-lite own it or be in its group";

    private readonly TlsConfig config;
    private readonly Reading reading;
    private readonly bool isExposed;

    /// <param name="config">Names the files.</param>
    /// <param name="freshness">When a file is at rest.</param>
    /// <param name="before">What they held at the reading before.</param>
    public TlsFiles(TlsConfig config, Freshness freshness, TlsFiles? before)
    {
        (this.config, reading) = (config, new(freshness));
        Chain = Read(config.Fullchain, CertificateChain.Parse);
        Key = Read(config.Privkey, PrivateKey.Parse);
        isExposed = IsExposed();
        if (isExposed)
        {
            Report(config.Privkey!, Severity.Warning, Exposed);
        }

        // Who may come in is not forgotten because it can't be read any more.
        ClientAuthorities = Read(config.ClientCa, CertificateAuthorities.Parse);
        if (config.ClientCa is { } clientCa && ClientAuthorities is null)
        {
            ClientAuthorities = before?.ClientAuthorities;
            Report(clientCa, Severity.Error, $"the CAs of the clients are broken; {(ClientAuthorities is null ? "https:// can't be served without them" : "those before go on being used")}");
        }
    }

    /// <summary>Null if there is none, or it is broken; as are the next.</summary>
    public CertificateChain? Chain { get; }

    public PrivateKey? Key { get; }

    public CertificateAuthorities? ClientAuthorities { get; }

    public IReadOnlyList<Problem> Problems => reading.Problems;

    public bool Unsettled => reading.Unsettled;

    /// <summary>They would give the same again.</summary>
    public bool IsUpToDate => reading.IsUpToDate && IsExposed() == isExposed;

    private delegate T? Parser<T>(string file, ReadOnlySpan<byte> bytes, List<Problem> problems);

    private T? Read<T>(Setting? path, Parser<T> parse)
        where T : class
    {
        if (path is null
            || reading.Bytes(path.Value, PemReader.MaxBytes, fault => Report(path, Severity.Error, $"can't read the file named here: {fault}")) is not { } bytes)
        {
            return null;
        }

        var value = parse(path.Value, bytes, reading.Problems);
        CryptographicOperations.ZeroMemory(bytes);
        return value;
    }

    private void Report(Setting setting, Severity severity, string text) =>
        reading.Problems.Add(new(setting.Mark.File, setting.Mark.Position, severity, text));

    private bool IsExposed() => config.Privkey is { } privkey && Exposure.Of(privkey.Value);
}
