using System.Net;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>How the files of a pair are laid out in a tree.</summary>
/// <param name="Order">The order's directory.</param>
/// <param name="KeyBeside">The key lies beside the order, not in the private key item.</param>
internal sealed record PairLayout(string Order = "2026-01-01", bool KeyBeside = false);

/// <summary>Many items with the same API keys, each with a pair of its own.</summary>
internal sealed class Fleet
{
    private const string CertificateApiKey = "fleet-cert-0123456789abcdef";
    private const string KeyApiKey = "fleet-key-0123456789abcdef";

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Wait.SafetyNet };

    private Fleet(IReadOnlyList<(string Name, Pair Pair)> items) => Items = items;

    public IReadOnlyList<(string Name, Pair Pair)> Items { get; }

    /// <summary>The items of a number always have the same names, and never the same pairs.</summary>
    public static Fleet New(int count) => new([.. Enumerable.Range(1, count).Select(i => $"item-{i:000}").Select(name => (name, Pair.New(name)))]);

    /// <summary>What a server gives as an item's pair, whatever it is.</summary>
    public static (HttpStatusCode Status, string Body) Download(LegoLite server, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Url($"privatecertchains/{name}"));
        request.Headers.Add("apiKey", $"{CertificateApiKey}.{KeyApiKey}");
        using var response = Client.Send(request);
        using var body = new StreamReader(response.Content.ReadAsStream());
        return (response.StatusCode, body.ReadToEnd());
    }

    public bool IsServedBy(LegoLite server) => Items.All(item => Download(server, item.Name) == (HttpStatusCode.OK, item.Pair.Both));

    public bool IsUnknownTo(LegoLite server) => Items.All(item => Download(server, item.Name).Status == HttpStatusCode.Unauthorized);

    /// <summary>Writes all items into a directory; what they had there before goes.</summary>
    public Fleet WriteTo(TempDirectory temp, string tree, PairLayout layout)
    {
        foreach (var (name, (key, chain)) in Items)
        {
            var (privateKey, certificate) = ($"{tree}/privatekeys/{name}", $"{tree}/certificates/{name}");
            var order = $"{certificate}/orders/{layout.Order}";
            foreach (var directory in new[] { privateKey, certificate }.Select(item => temp[item]).Where(Directory.Exists))
            {
                Directory.Delete(directory, recursive: true);
            }

            temp.Write($"{privateKey}/key.yaml", $"api_key: {KeyApiKey}\n");
            temp.Write($"{(layout.KeyBeside ? order : privateKey)}/privkey.pem", key);
            temp.Write($"{certificate}/certificate.yaml", $"api_key: {CertificateApiKey}\n");
            temp.Write($"{order}/fullchain.pem", chain);
        }

        return this;
    }
}
