using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using LeGo.Lite.Catalog;
using LeGo.Lite.Config;
using LeGo.Lite.Http;
using LeGo.Lite.Systemd;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;

namespace LeGo.Lite;

/// <summary>Wires the rooms together: config to catalog to web server, in the order they are needed.</summary>
internal static class App
{
    // What is in flight gets this long when the process is told to stop (SPEC 7: within a second).
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMilliseconds(800);

    // SPEC 3: failed_logins_per_minute.
    private static readonly TimeSpan FailedLoginsWindow = TimeSpan.FromMinutes(1);

    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Serves until a signal or <paramref name="stop"/>. Returns the exit status.</summary>
    public static async Task<int> ServeAsync(
        ServerConfig config, TimeProvider time, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        // Until it listens there is nothing to end well; then the host hears them. As the first process of a container it would ignore them.
        var isStarting = true;
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);

        // One is enough for all that come before it is looked at.
        var hangUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var hangUp = OnHangUp(() => hangUps.Writer.TryWrite(true));

        var sockets = ActivatedSockets.Take(Environment.GetEnvironmentVariable, config.Listen, out var fault);
        if (fault is not null)
        {
            return await FailAsync($"lego-lite: {fault}");
        }

        var source = new CatalogSource(config.Data, config.DataLinks, config.Tls) { Debounce = config.Debounce };
        CatalogSnapshot first;
        try
        {
            first = source.Scan(time.GetUtcNow());
        }
        catch (IOException failure)
        {
            return await FailAsync($"lego-lite: {Problem.Printable(config.Data)}: {failure.Message}; name the data directory with --data or in lego-lite.yaml");
        }

        if (config.Listen.Any(address => address.IsTls) && first.Tls is { Record: null })
        {
            // Those of the tree, too: the server's own certificate is in there, and what is wrong with it.
            return await FailAsync(first.Problems.Where(problem => problem.Severity == Severity.Error).Select(problem => problem.ToString()));
        }

        var connections = Limits.Connections(OwnProcess.RaiseDescriptors(Limits.EnoughDescriptors), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var (app, catalog) = Build(config, source, first, connections, time, logging => AddConsole(logging, config.LogFormat), sockets);
        await using var disposed = app;
        try
        {
            await app.StartAsync(stop);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return await FailAsync($"lego-lite: can't listen on {string.Join(", ", config.Listen)}: {Reason(failure)}");
        }

        isStarting = false;
        foreach (var address in app.Urls)
        {
            await output.WriteLineAsync($"listening on {address}");
        }

        await output.WriteLineAsync(Summary(config.Data, first));
        await output.FlushAsync(stop);

        // A scan keeps a thread of the pool busy. With one core there would be no other, and new connections would wait for its end.
        _ = ThreadPool.SetMinThreads(Environment.ProcessorCount + 1, Environment.ProcessorCount);

        // Not awaited: a scan of a large tree must hold up neither the start nor the stop of the server.
        var stopping = app.Lifetime.ApplicationStopping;
        _ = Task.Run(() => source.FollowAsync(catalog, config.Rescan, stopping), CancellationToken.None);

        var notify = new NotifySocket(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), time);
        await using var farewell = stopping.Register(() => _ = notify.StoppingAsync());
        var log = app.Services.GetRequiredService<ILogger>();
        _ = Task.Run(() => TellAsync(notify, catalog, hangUps.Reader, () => Summary(config.Data, catalog.Current), time, log, stopping), CancellationToken.None);
        await app.WaitForShutdownAsync(stop);
        return ExitStatus.Fine;

        void End(PosixSignalContext signal)
        {
            if (isStarting)
            {
                Environment.Exit(ExitStatus.Fine);
            }
        }

        async Task<int> FailAsync(params IEnumerable<string> lines)
        {
            foreach (var line in lines)
            {
                // journald takes the priority from the line, as it does with those of the log.
                await errors.WriteLineAsync(config.LogFormat == LogFormat.Systemd ? $"<3>{line}" : line);
            }

            return ExitStatus.Failure;
        }
    }

    /// <summary>The web server, on its addresses, and what it serves; not started.</summary>
    public static (WebApplication Server, LiveCatalog Catalog) Build(
        ServerConfig config,
        CatalogSource source,
        CatalogSnapshot first,
        long connections,
        TimeProvider time,
        Action<ILoggingBuilder> addLog,
        params IReadOnlyList<Socket> sockets)
    {
        SocketTransport.CompleteInline();

        // The empty builder: no appsettings.json, no ASPNETCORE_ variables, no developer pages (ADR 0004).
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "lego-lite", EnvironmentName = Environments.Production });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        SetLogLevel(builder.Logging, config.LogLevel);
        addLog(builder.Logging);
        builder.Services.AddSingleton(services => services.GetRequiredService<ILoggerFactory>().CreateLogger("LeGo.Lite"));
        builder.Services.AddSingleton(services => new LiveCatalog(
            source.Data, source.Scan, first, config.Debounce, time, services.GetRequiredService<ILogger>()));
        builder.Services.AddSingleton(services => new TlsHandshake(
            services.GetRequiredService<LiveCatalog>(), time, services.GetRequiredService<ILogger>()));
        builder.Services.AddSingleton(services => new Downloads(
            services.GetRequiredService<LiveCatalog>(),
            config.BasePaths,
            new(config.FailedLoginsPerMinute, FailedLoginsWindow),
            time,
            services.GetRequiredService<ILogger>()));
        var proxies = new TrustedProxies(config.TrustedProxies);
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new SocketTransport(
            services.GetRequiredService<IMemoryPoolFactory<byte>>(), time, sockets));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Limits.Set(kestrel.Limits);
            Framing.EndLinesWithCrLf();
            var services = kestrel.ApplicationServices;
            var cap = new ConnectionCap(connections, proxies, time, services.GetRequiredService<ILogger>());
            var direct = new DirectConnections(services.GetRequiredService<Downloads>(), time);
            Listen(kestrel, config, cap, direct);
        });

        var app = builder.Build();
        proxies.Use(app);
        if (config.Tls?.ClientCa is not null)
        {
            app.Use(app.Services.GetRequiredService<TlsHandshake>().AdmitStill);
        }

        app.Run(new DownloadEndpoint(app.Services.GetRequiredService<Downloads>(), time).HandleAsync);
        return (app, app.Services.GetRequiredService<LiveCatalog>());
    }

    private static void Listen(KestrelServerOptions kestrel, ServerConfig config, ConnectionCap cap, DirectConnections direct)
    {
        var tls = kestrel.ApplicationServices.GetRequiredService<TlsHandshake>();
        foreach (var (isTls, address, port) in config.Listen)
        {
            if (address is null)
            {
                kestrel.ListenLocalhost(port, Configure);
            }
            else
            {
                kestrel.Listen(address, port, Configure);
            }

            void Configure(ListenOptions listen)
            {
                listen.Protocols = isTls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
                cap.Guard(listen);
                if (isTls)
                {
                    tls.Use(listen);
                }

                // Whether a client's certificate still lets it in is asked with each request, by the web server.
                if (!isTls || config.Tls?.ClientCa is null)
                {
                    direct.Use(listen);
                }
            }
        }
    }

    /// <summary>What SIGHUP does to a daemon. Whoever started it in a terminal closes that to end it, and it ends.</summary>
    private static PosixSignalRegistration? OnHangUp(Action action) => !Console.IsInputRedirected ? null
        : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            action();
        });

    /// <summary>Tells systemd that it is ready and, if that is wanted, that it lives; and looks at everything anew when it is asked to.</summary>
    private static async Task TellAsync(
        NotifySocket notify, LiveCatalog catalog, ChannelReader<bool> hangUps, Func<string> status, TimeProvider time, ILogger log, CancellationToken stop)
    {
        if (Watchdog.Interval(Environment.GetEnvironmentVariable) is { } interval)
        {
            _ = Watchdog.FeedAsync(interval, () => catalog.IsAlive(interval), () => notify.AliveAsync(status()), time, log, stop);
        }

        var told = notify.ReadyAsync(status());
        await foreach (var _ in hangUps.ReadAllAsync(stop))
        {
            // In this order, but the scan need not wait where the socket is full.
            told = ReloadingAfterAsync(told);
            if (await catalog.RescanAsync().WaitAsync(stop))
            {
                log.Rescanned();
            }

            await told;
            told = notify.ReadyAsync(status());
        }

        async Task ReloadingAfterAsync(Task before)
        {
            await before;
            await notify.ReloadingAsync();
        }
    }

    private static void SetLogLevel(ILoggingBuilder logging, LogLevel lowest)
    {
        // The framework's own lines below a warning hold URLs, and a URL can hold an API key.
        logging.SetMinimumLevel(lowest);
        logging.AddFilter("Microsoft", level => level >= LogLevel.Warning && level >= lowest);

        // Whoever takes back requests as fast as they can be sent would fill the log with critical lines.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Http2", LogLevel.None);

        // It logs a start that failed with a stack trace; ServeAsync says it in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddFilter("System", level => level >= LogLevel.Warning && level >= lowest);
    }

    private static void AddConsole(ILoggingBuilder logging, LogFormat format)
    {
        logging.Services.Configure<ConsoleLoggerOptions>(options =>
        {
            options.LogToStandardErrorThreshold = LogLevel.Trace;

            // A log that nobody reads must not stop the downloads.
            options.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            options.MaxQueueLength = 50_000;
        });
        switch (format)
        {
            case LogFormat.Json:
                logging.AddJsonConsole(options =>
                {
                    options.TimestampFormat = TimestampFormat;
                    options.UseUtcTimestamp = true;
                });
                break;

            case LogFormat.Systemd:
                logging.AddSystemdConsole();
                break;

            default:
                logging.AddSimpleConsole(options =>
                {
                    options.SingleLine = true;
                    options.TimestampFormat = TimestampFormat + " ";
                    options.UseUtcTimestamp = true;
                });
                break;
        }
    }

    private static string Summary(string data, CatalogSnapshot snapshot)
    {
        var errors = snapshot.ErrorCount;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"serving {Count(snapshot.PrivateKeyCount, "private key")} and {Count(snapshot.CertificateCount, "certificate")} from {Problem.Printable(data)}: {Count(errors, "error")}, {Count(snapshot.Problems.Count - errors, "warning")}");

        static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
    }

    // Kestrel wraps what the system said, with the address that was named already.
    private static string Reason(Exception failure) => failure.GetBaseException() is SocketException { SocketErrorCode: var code } cause
        ? code switch
        {
            SocketError.AddressAlreadyInUse => "the address is in use",
            SocketError.AddressNotAvailable => "this machine has no such address",
            SocketError.AccessDenied => "permission denied; a port below 1024 takes a privilege",
            _ => cause.Message,
        }
        : failure.Message;
}
