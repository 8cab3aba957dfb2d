using System.Diagnostics.Metrics;
using System.Text;
using LeGo.Lite.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>
/// Whether a request is answered at its connection or by the web server shows in nothing but the time. A field that is not
/// known, <c>X: y</c>, makes the difference.
/// </summary>
public sealed class DirectEqualityTests(SampleServer server) : IClassFixture<SampleServer>
{
    private static readonly string[] ApiKeys = [.. Sample.Items.SelectMany(item => (item.KeyApiKeys ?? []).Concat(item.CertificateApiKeys ?? [])), "", "wrong", "a.b.c"];

    private static readonly string[] Conditions =
    [
        "If-None-Match: *", "If-None-Match: \"a\"", "If-Match: \"a\"", "If-Match: *", "If-Modified-Since: Sun, 01 Mar 2099 08:00:10 GMT",
        "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", "If-Modified-Since: garbage",
    ];

    [Fact]
    public async Task Every_plain_request_gets_what_the_web_server_would_answer()
    {
        var random = new Random(2718);
        var statuses = new SortedDictionary<int, int>();
        for (var i = 0; i < 1_500; i++)
        {
            var request = Make(random);
            Assert.True(DirectRequest.TryRead(Encoding.ASCII.GetBytes($"{request.Replace("\n", "\r\n", StringComparison.Ordinal)}\r\n\r\n"), out _), request);

            var direct = await ReceiveAsync(request);
            var other = await ReceiveAsync($"{request}\nX: y");

            Assert.Equal(other.Received, direct.Received);
            statuses[direct.Status] = statuses.GetValueOrDefault(direct.Status) + 1;
        }

        Assert.Equal([200, 204, 304, 401, 404, 412], statuses.Keys);
        Assert.All(statuses.Values, count => Assert.True(count >= 20));
    }

    [Fact]
    public async Task A_plain_request_does_not_reach_the_web_server()
    {
        var reached = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "http.server.request.duration" && instrument.Meter.Scope == server.Services.GetRequiredService<IMeterFactory>())
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref reached));
        listener.Start();
        const string Plain = "GET /legocerthub/api/health HTTP/1.1\nHost: h";

        _ = await server.ReceiveAsync($"{Plain}\n\n{Plain}\n\n{Plain}\nX: y\n\n{Last}");

        // The one with X, and the last; the others came before.
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref reached) >= 2, TimeSpan.FromMinutes(1)));
        Assert.Equal(2, reached);
    }

    [Fact]
    public async Task Who_has_to_wait_is_told_the_same()
    {
        await using var strict = await SampleServer.StartAsync(configure: config => config with { FailedLoginsPerMinute = 1 });
        const string Request = $"GET {Sample.Base}/privatekeys/web.example.com HTTP/1.1\nHost: h";
        _ = await strict.ReceiveAsync($"{Request}\n\n{Last}");

        var direct = Response.Read(Request, First(await strict.ReceiveAsync($"{Request}\n\n{Last}")));
        var other = Response.Read(Request, First(await strict.ReceiveAsync($"{Request}\nX: y\n\n{Last}")));

        Assert.Equal(429, direct.Status);
        Assert.Equal(other.Received, direct.Received);
    }

    [Fact]
    public async Task Both_count_as_failed_logins_and_both_are_logged()
    {
        await using var strict = await SampleServer.StartAsync(configure: config => config with { FailedLoginsPerMinute = 4 });
        const string Request = $"GET {Sample.Base}/privatekeys/web.example.com HTTP/1.1\nHost: h\napiKey: wrong";

        for (var i = 0; i < 3; i++)
        {
            _ = await strict.ReceiveAsync($"{Request}\n\n{Request}\nX: y\n\n{Last}");
        }

        Assert.Equal(
            [401, 401, 401, 401, 429, 429],
            strict.Log.Downloads.Select(line => (int)line.Fields["Status"]!));
        Assert.All(strict.Log.Downloads, line => Assert.Equal("127.0.0.1", line.Fields["Client"]));
    }

    private const string Last = "GET /legocerthub/api/health HTTP/1.1\nHost: h\nConnection: close";

    private async Task<Response> ReceiveAsync(string request) => Response.Read(request, First(await server.ReceiveAsync($"{request}\n\n{Last}")));

    /// <summary>All but the response to <see cref="Last"/>.</summary>
    private static string First(string received) => received[..received.LastIndexOf("HTTP/1.1 204 ", StringComparison.Ordinal)];

    private static string Make(Random random)
    {
        var item = Any(random, Sample.Items);
        var route = Any(random, Sample.Routes);
        var apiKey = random.Next(4) == 0 || item.CertificateApiKeys is null || Sample.Item(item.PrivateKey).KeyApiKeys is null
            ? Any(random, ApiKeys)
            : item.ApiKey(route);
        var name = random.Next(5) switch { 0 => item.Name.ToUpperInvariant(), 1 => "nobody", _ => item.Name };
        var target = random.Next(20) switch
        {
            0 => "/legocerthub/api/health",
            1 => "/",
            2 => $"{Sample.Base}/elsewhere/{name}",
            3 => $"{Sample.Base}/{route}",
            4 => $"//certwarden//api/v1/download/{route}/{name}",
            < 9 => $"{Sample.Base}/{route}/{name}/{apiKey}/file.pem",
            _ => $"{Sample.Base}/{route}/{name}",
        };
        string[] fields =
        [
            random.Next(2) == 0 ? $"apiKey: {apiKey}" : $"x-api-key:{apiKey}",
            .. random.Next(4) == 0 ? [Any(random, Conditions)] : Array.Empty<string>(),
            .. random.Next(3) == 0 ? ["User-Agent: curl/7.88.1", "Accept: */*"] : Array.Empty<string>(),
            .. random.Next(6) == 0 ? ["Connection: keep-alive"] : Array.Empty<string>(),
        ];
        random.Shuffle(fields);
        var host = random.Next(2) == 0 ? "Host: localhost:4050" : "Host: h";
        return string.Join("\n", [$"GET {target} HTTP/1.1", .. fields[..1], host, .. fields[1..]]);
    }

    private static T Any<T>(Random random, T[] values) => values[random.Next(values.Length)];
}
