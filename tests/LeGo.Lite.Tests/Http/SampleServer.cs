using System.Net;
using System.Net.Sockets;
using System.Text;
using LeGo.Lite.Catalog;
using LeGo.Lite.Config;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>The web server as it is built for users, on a copy of the sample tree and a clock that stands still.</summary>
public sealed class SampleServer : IAsyncLifetime
{
    private string data = "";
    private WebApplication? server;
    private int port;

    internal RecordingLog Log { get; } = new();

    internal FakeTimeProvider Time { get; private init; } = new(Sample.Now);

    /// <summary>In place of <see cref="Time"/> for requests; the scan is made with that one in any case.</summary>
    internal TimeProvider? RequestTime { get; private init; }

    internal Action<string>? Edit { get; private init; }

    /// <summary>What is other than the defaults, given these.</summary>
    internal Func<ServerConfig, ServerConfig>? Configure { get; private init; }

    internal LiveCatalog Catalog { get; private set; } = null!;

    internal IServiceProvider Services => server!.Services;

    internal IPEndPoint Address => new(IPAddress.Loopback, port);

    /// <summary>An absolute path; <paramref name="path"/> is relative to the data directory.</summary>
    internal string this[string path] => Path.Combine(data, path);

    internal static async Task<SampleServer> StartAsync(
        DateTimeOffset? now = null, Action<string>? edit = null, TimeProvider? requestTime = null, Func<ServerConfig, ServerConfig>? configure = null)
    {
        var server = new SampleServer { Time = new(now ?? Sample.Now), Edit = edit, RequestTime = requestTime, Configure = configure };
        await server.InitializeAsync();
        return server;
    }

    public async ValueTask InitializeAsync()
    {
        data = Sample.Copy(Edit);
        var config = new ServerConfig(
            data,
            [],
            [new(IsTls: false, IPAddress.Loopback, 0)],
            ["/legocerthub", "/certwarden"],
            Tls: null,
            Debounce: TimeSpan.FromMilliseconds(250),
            Rescan: TimeSpan.FromSeconds(30),

            // Off, so that no test depends on those before it.
            FailedLoginsPerMinute: 0,
            TrustedProxies: [],
            LogLevel.Trace,
            LogFormat.Text);
        config = Configure?.Invoke(config) ?? config;
        var source = new CatalogSource(data, [], config.Tls);
        (server, Catalog) = App.Build(
            config,
            source,
            source.Scan(Time.GetUtcNow()),
            connections: 1000,
            RequestTime ?? Time,
            logging => logging.Services.AddSingleton<ILoggerProvider>(Log));
        await server.StartAsync();
        port = new Uri(server.Urls.Single()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    internal Task<Response> GetAsync(string target, params string[] headers) => SendAsync("GET", target, headers);

    internal Task<Response> SendAsync(string method, string target, params string[] headers) =>
        SendAsync(string.Join("\n", [$"{method} {target} HTTP/1.1", "Host: localhost", "Connection: close", .. headers]));

    /// <summary>Sends exactly these lines, on a connection of its own, and reads until the server closes it.</summary>
    internal async Task<Response> SendAsync(string lines) => Response.Read(lines, await ReceiveAsync(lines));

    /// <inheritdoc cref="SendAsync(string)"/>
    internal async Task<string> ReceiveAsync(string lines)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Address);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{lines.Replace("\n", "\r\n", StringComparison.Ordinal)}\r\n\r\n"));
        using var received = new MemoryStream();
        await stream.CopyToAsync(received);
        return Encoding.Latin1.GetString(received.ToArray());
    }
}
