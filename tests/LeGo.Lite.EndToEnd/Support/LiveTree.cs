namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A tree that changes while a server watches it.</summary>
internal sealed class LiveTree : IDisposable
{
    private const string Marker = "marker";
    private readonly TempDirectory temp = new();
    private readonly (string, string)[] settings;
    private int changes;

    /// <param name="items">Of the sample, as they are at the start.</param>
    public LiveTree(params IReadOnlyList<string> items)
        : this(temp => temp.AddSample("tree", items))
    {
    }

    /// <param name="make">Makes the tree, and what is to be beside it. Returns its path.</param>
    /// <param name="command">Makes a command of the binary of its arguments; null for that of this user.</param>
    /// <param name="settings">Environment variables, over those that let only the watcher show a change.</param>
    /// <param name="debounce">In milliseconds.</param>
    public LiveTree(
        Func<TempDirectory, string> make,
        Func<TempDirectory, IReadOnlyList<string>, Command>? command = null,
        Func<TempDirectory, IEnumerable<(string Name, string Value)>>? settings = null,
        int debounce = 100)
    {
        try
        {
            Path = make(temp);
            this.settings = [Reload.NoRescan, Reload.Debounce(debounce), .. settings?.Invoke(temp) ?? []];

            // What has just been written is read again without any watcher.
            var atRest = DateTime.UtcNow.AddMilliseconds(debounce);
            Wait.Until(() => DateTime.UtcNow > atRest, () => "the tree comes to rest");

            string[] arguments = ["serve", "--data", Path, "--listen", "http://127.0.0.1:0"];
            Server = LegoLite.Serve(
                (command?.Invoke(temp, arguments) ?? LegoLite.Command(arguments)) with { Directory = temp.Path, Environment = this.settings });
        }
        catch
        {
            temp.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public LegoLite Server { get; }

    /// <summary>Beside the tree.</summary>
    public string Beside(string name) => temp[name];

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Runs a program in the directory that holds the tree and what is beside it.</summary>
    public void Run(string program, params IReadOnlyList<string> arguments) => new Command(program, arguments) { Directory = temp.Path }.RunWell();

    /// <summary>Until a download of web.example.com's certificate, or another one, has this status.</summary>
    public void WaitForStatus(int status, string download = Web.Certificate, string apiKey = Web.CertificateApiKey) =>
        Wait.Until(() => Server.Download(download, apiKey).Status == status, () => $"{download}: {status}\n{Server.Log}");

    /// <summary>Until a download has this body.</summary>
    public void WaitForBody(string body, string download = Web.Certificate, string apiKey = Web.CertificateApiKey) =>
        Wait.Until(() => Server.Download(download, apiKey).Text == body, () => $"{download} changes\n{Server.Log}");

    /// <summary>Until the server has certainly read the whole tree again, twice: it saw two changes, one after the other.</summary>
    public void WaitForScans()
    {
        for (var i = 0; i < 2; i++)
        {
            var apiKey = $"marker-{++changes}-0123456789abcdef";
            var (written, place) = (temp.Write($"{Marker}/key.yaml", $"api_key: {apiKey}\n"), this[$"privatekeys/{Marker}"]);
            if (Directory.Exists(place))
            {
                File.Move(written, System.IO.Path.Combine(place, "key.yaml"), overwrite: true);
            }
            else
            {
                Directory.Move(temp[Marker], place);
            }

            WaitForStatus(404, $"privatekeys/{Marker}", apiKey);
        }
    }

    /// <summary>No error is left: the log has cleared each it had, and <c>check</c> has none.</summary>
    public void AssertNoErrors()
    {
        Wait.Until(() => Server.OpenErrors.Count == 0, () => $"every error is cleared\n{Server.Log}");
        _ = (LegoLite.Command("check", "--data", Path) with { Directory = temp.Path, Environment = settings }).RunWell();
    }

    public void Dispose()
    {
        Server.Dispose();
        temp.Dispose();
    }
}
