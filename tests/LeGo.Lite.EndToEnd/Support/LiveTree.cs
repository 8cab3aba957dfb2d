namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A tree that changes while a server reads it again and again.</summary>
internal sealed class LiveTree : IDisposable
{
    private const string Marker = "marker";
    private readonly TempDirectory temp = new();
    private int changes;

    /// <param name="items">Of the sample, as they are at the start.</param>
    public LiveTree(params IReadOnlyList<string> items)
    {
        Path = temp.AddSample("tree", items);
        Server = LegoLite.Serve(Path, ("LEGO_LITE_RELOAD__RESCAN", "100ms"));
    }

    public string Path { get; }

    public LegoLite Server { get; }

    /// <summary>Beside the tree.</summary>
    public string Beside(string name) => temp[name];

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Until a download of web.example.com's certificate, or another one, has this status.</summary>
    public void WaitForStatus(int status, string download = "certificates/web.example.com", string apiKey = "web-cert-0123456789abcdef") =>
        Wait.Until(() => Server.Download(download, apiKey).Status == status, () => $"{download}: {status}\n{Server.Log}");

    /// <summary>Until a download has this body.</summary>
    public void WaitForBody(string body, string download = "certificates/web.example.com", string apiKey = "web-cert-0123456789abcdef") =>
        Wait.Until(() => Server.Download(download, apiKey).Text == body, () => $"{download} changes\n{Server.Log}");

    /// <summary>Until the server has certainly read the whole tree again, twice: it saw two changes, one after the other.</summary>
    public void WaitForScans()
    {
        for (var i = 0; i < 2; i++)
        {
            var apiKey = $"marker-{++changes}-0123456789abcdef";
            temp.Write($"tree/privatekeys/{Marker}/key.yaml", $"api_key: {apiKey}\n");
            WaitForStatus(404, $"privatekeys/{Marker}", apiKey);
        }
    }

    public void Dispose()
    {
        Server.Dispose();
        temp.Dispose();
    }
}
