using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LeGo.Lite.Bench;

/// <summary>nginx with one worker, which answers the five downloads with the same bytes and headers, from files, after a look at the API key.</summary>
internal sealed class Nginx : IDisposable
{
    // What nginx says by itself, or what is its own.
    private static readonly string[] OwnHeaders = ["Content-Type", "Content-Length", "Date", "ETag", "Last-Modified"];

    private readonly Process master;
    private Process[] workers = [];

    /// <param name="home">An empty directory: nothing is read or written outside of it.</param>
    /// <param name="tree">Has its certificates.</param>
    /// <param name="downloads">What it answers.</param>
    public Nginx(string home, Tree tree, IReadOnlyList<Download> downloads)
    {
        foreach (var download in downloads)
        {
            var file = $"{home}/files{download.Path}";
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, download.Body);
        }

        (Http, LoggedHttp, Rsa, P256) = FreePorts() is [var http, var logged, var rsa, var p256]
            ? (At("http", http), At("http", logged), At("https", rsa), At("https", p256))
            : throw new UnreachableException();
        var config = $"{home}/nginx.conf";
        File.WriteAllText(config, Config(home, tree, downloads));

        // Debian has it where only root looks for programs.
        var info = new ProcessStartInfo("taskset", ["-c", Cores.Server, "nginx", "-p", home, "-c", config, "-e", "stderr"]);
        info.Environment["PATH"] += ":/usr/sbin";
        master = Process.Start(info)!;
    }

    public Uri Http { get; }

    public Uri LoggedHttp { get; }

    public Uri Rsa { get; }

    public Uri P256 { get; }

    /// <summary>Waits until it listens, and has its worker.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        while (workers is [])
        {
            await Task.Delay(10, stop);
            var children = master.HasExited ? throw new IOException("nginx does not start") : await File.ReadAllTextAsync($"/proc/{master.Id}/task/{master.Id}/children", stop);
            workers = [.. children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture)))];
        }
    }

    public Usage Usage() => Bench.Usage.Of([master, .. workers]);

    public void Dispose()
    {
        master.Kill(entireProcessTree: true);
        master.WaitForExit();
        master.Dispose();
        foreach (var worker in workers)
        {
            worker.WaitForExit();
            worker.Dispose();
        }
    }

    // At its best: sendfile and tcp_nopush make it slower with files of this size.
    private string Config(string home, Tree tree, IReadOnlyList<Download> downloads) => $$"""
        {{(Environment.IsPrivilegedProcess ? $"user {Environment.UserName};" : "")}}
        daemon off;
        worker_processes 1;
        pid {{home}}/pid;
        events { worker_connections 1024; }
        http {
            client_body_temp_path {{home}}/client;
            proxy_temp_path {{home}}/proxy;
            fastcgi_temp_path {{home}}/fastcgi;
            uwsgi_temp_path {{home}}/uwsgi;
            scgi_temp_path {{home}}/scgi;

            sendfile off;
            open_file_cache max=100 inactive=1h;
            open_file_cache_valid 1h;
            keepalive_requests 1000000000;
            server_tokens off;
            access_log off;
            default_type application/x-pem-file;
            root {{home}}/files;
            ssl_protocols TLSv1.2 TLSv1.3;

            map_hash_bucket_size 128;
            map $http_apikey $refused {
                default 1;
        {{string.Concat(downloads.Select(download => download.ApiKey).Distinct().Select(apiKey => $"        \"{apiKey}\" 0;\n"))}}
            }

            server {
                listen {{Http.Authority}};
        {{Locations(downloads)}}
            }
            server {
                listen {{LoggedHttp.Authority}};
                access_log {{home}}/access.log;
        {{Locations(downloads)}}
            }
            server {
                listen {{Rsa.Authority}} ssl http2;
                ssl_certificate {{tree.ChainFile(IssuedTree.Rsa)}};
                ssl_certificate_key {{tree.KeyFile(IssuedTree.Rsa)}};
        {{Locations(downloads)}}
            }
            server {
                listen {{P256.Authority}} ssl http2;
                ssl_certificate {{tree.ChainFile(IssuedTree.P256)}};
                ssl_certificate_key {{tree.KeyFile(IssuedTree.P256)}};
        {{Locations(downloads)}}
            }
        }

        """;

    private static string Locations(IReadOnlyList<Download> downloads) => $$"""
                location = {{Download.Health}} { return 204; }

        """ + string.Concat(downloads.Select(download => $$"""
                location = {{download.Path}} {
                    if ($refused) { return 401 '{"status_code":401,"message":"unauthorized"}'; }
        {{string.Concat(download.Headers
            .Where(header => !OwnHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .Select(header => $"            add_header {header.Key} '{header.Value.Replace("'", "\\'", StringComparison.Ordinal)}' always;\n"))}}
                }

        """));

    private static Uri At(string scheme, int port) => new($"{scheme}://127.0.0.1:{port}");

    // nginx can't say which one it got.
    private static int[] FreePorts()
    {
        var listeners = Enumerable.Range(0, 4).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}
