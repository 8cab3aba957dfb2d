using System.Net;

namespace LeGo.Lite.Bench;

/// <summary>One of the five routes, and what our server answers there.</summary>
/// <param name="Route">Its place in the path.</param>
/// <param name="ApiKey">What opens it.</param>
/// <param name="Headers">Of the response.</param>
/// <param name="Body">Of the response.</param>
internal sealed record Download(string Route, string ApiKey, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>What all paths begin with.</summary>
    public const string BasePath = "/legocerthub";

    /// <summary>A path that needs no API key.</summary>
    public const string Health = BasePath + "/api/health";

    private const int Pair = IssuedTree.Rsa;

    private static readonly (string Route, string ApiKey)[] All =
    [
        ("certificates", Tree.ApiKey(Pair)),
        ("privatekeys", Tree.PrivateKeyApiKey(Pair)),
        ("privatecertchains", $"{Tree.ApiKey(Pair)}.{Tree.PrivateKeyApiKey(Pair)}"),
        ("privatecerts", $"{Tree.ApiKey(Pair)}.{Tree.PrivateKeyApiKey(Pair)}"),
        ("certrootchains", Tree.ApiKey(Pair)),
    ];

    public string Path => PathOf(Route, Tree.Name(Pair));

    public static string PathOf(string route, string name) => $"{BasePath}/api/v1/download/{route}/{name}";

    public static async Task<Download[]> AllAsync(Uri server, CancellationToken stop)
    {
        var downloads = new List<Download>();
        foreach (var (route, apiKey) in All)
        {
            var asked = new Download(route, apiKey, new Dictionary<string, string>(), []);
            downloads.Add(await asked.AnswerAsync(server, [$"apiKey: {apiKey}"], HttpStatusCode.OK, stop));
        }

        return [.. downloads];
    }

    /// <summary>The same with what a server answers there.</summary>
    /// <exception cref="IOException">Something else than what was expected.</exception>
    public async Task<Download> AnswerAsync(Uri server, IEnumerable<string> headers, HttpStatusCode expected, CancellationToken stop)
    {
#pragma warning disable CA5359 // The certificates were made for this run, and it is on loopback.
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
#pragma warning restore CA5359
        using var client = new HttpClient(handler) { BaseAddress = server };
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        foreach (var header in headers.Select(header => header.Split(": ", 2)))
        {
            request.Headers.TryAddWithoutValidation(header[0], header[1]);
        }

        using var response = await client.SendAsync(request, stop);
        return response.StatusCode == expected
            ? this with
            {
                Headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value)),
                Body = await response.Content.ReadAsByteArrayAsync(stop),
            }
            : throw new IOException($"{server} answers {(int)response.StatusCode} where {(int)expected} is expected");
    }
}
