using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using LeGo.Lite.EndToEnd.Support;

namespace LeGo.Lite.Packaging.ScaleOut;

/// <summary>Downloads one thing without pause, each answer to its last byte. It tries nothing twice, as HttpClient would: what fails, failed.</summary>
internal sealed class Client : IDisposable
{
    // So that new connections come all the time, and old ones are there too.
    private const int RequestsOfConnection = 25;

    private readonly string address;
    private readonly byte[] request;
    private readonly Task running;
    private volatile bool isStopped;
    private volatile int count;
    private volatile string last = "";

    /// <param name="address">Of the server.</param>
    /// <param name="download">What of it.</param>
    /// <param name="apiKey">Opens it.</param>
    public Client(string address, string download, string apiKey)
    {
        this.address = address;
        request = Encoding.ASCII.GetBytes($"GET {LegoLite.Path(download)} HTTP/1.1\r\nHost: x\r\napiKey: {apiKey}\r\n\r\n");

        // On a thread of its own: the pool's are few.
        running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>How many answers were whole and as they should be.</summary>
    public int Count => count;

    /// <summary>The body of the last one.</summary>
    public string Last => last;

    /// <summary>All bodies there were; to be read when it has stopped.</summary>
    public HashSet<string> Bodies { get; } = [];

    /// <summary>What went wrong. It ended then.</summary>
    public string? Failure { get; private set; }

    public bool HasEnded => running.IsCompleted;

    public void Stop()
    {
        isStopped = true;
        Wait.Until(() => running.IsCompleted, () => "a client ends");
    }

    public void Dispose()
    {
        Stop();
        running.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!isStopped && Failure is null)
            {
                using var stream = RawHttp.Open(address);
                using var connection = new BufferedStream(stream);
                for (var i = 0; i < RequestsOfConnection && !isStopped && Failure is null; i++)
                {
                    connection.Write(request);
                    connection.Flush();
                    Take(RawHttp.ReadResponse(connection));
                }
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException or AuthenticationException or Xunit.Sdk.XunitException)
        {
            Failure = failure.ToString();
        }
    }

    /// <summary>The entity tag of a download is its SHA-256.</summary>
    private void Take(Response response)
    {
        if (response.Status != 200 || response["ETag"] != $"\"{Convert.ToHexStringLower(SHA256.HashData(response.Body))}\"")
        {
            Failure = response.Comparable;
            return;
        }

        last = response.Text;
        Bodies.Add(last);
        count++;
    }
}
