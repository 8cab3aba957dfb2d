namespace LeGo.Lite.EndToEnd.Support;

/// <summary>What certbot keeps of one certificate, and a tree whose only order links to it.</summary>
internal sealed class Certbot : IDisposable
{
    public const string Name = "certbot.example.com";
    public const string CertificateApiKey = "certbot-cert-0123456789abcdef";
    public const string BothApiKeys = $"{CertificateApiKey}.certbot-key-0123456789abcdef";

    private readonly TempDirectory temp = new();
    private int version;

    public Pair Pair { get; private set; } = Pair.New(Name);

    public string this[string name] => temp[name];

    public LiveTree Serve() => new(
        own =>
        {
            own.Write($"tree/privatekeys/{Name}/key.yaml", "api_key: certbot-key-0123456789abcdef\n");
            own.Write($"tree/certificates/{Name}/certificate.yaml", $"api_key: {CertificateApiKey}\n");
            var order = $"tree/certificates/{Name}/orders/current";
            Directory.CreateDirectory(own[order]);
            foreach (var file in new[] { "privkey", "fullchain" })
            {
                File.CreateSymbolicLink(own[$"{order}/{file}.pem"], temp[$"letsencrypt/live/{Name}/{file}.pem"]);
            }

            return own["tree"];
        },
        settings: _ => [("LEGO_LITE_DATA_LINKS__0", temp["letsencrypt"])]);

    /// <summary>Writes the next version into <c>archive/</c>, then moves the links in <c>live/</c> on to it.</summary>
    public void Renew()
    {
        version++;
        Pair = Pair.New(Name);
        temp.Write($"letsencrypt/archive/{Name}/privkey{version}.pem", Pair.Key);
        temp.Write($"letsencrypt/archive/{Name}/fullchain{version}.pem", Pair.Chain);
        Directory.CreateDirectory(temp[$"letsencrypt/live/{Name}"]);
        foreach (var file in new[] { "privkey", "fullchain" })
        {
            new Command("ln", "-sf", $"../../archive/{Name}/{file}{version}.pem", temp[$"letsencrypt/live/{Name}/{file}.pem"]).RunWell();
        }
    }

    public void Dispose() => temp.Dispose();
}
