using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using LeGo.Lite.Catalog;
using LeGo.Lite.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>
/// Hostile requests against the handler itself, the same at every run: what a plain model of SPEC 5
/// doesn't allow is not served, and no certificate route gives away a byte of a private key.
/// </summary>
public sealed class RequestFuzzTests
{
    private const int Window = 24;

    private static readonly ImmutableArray<string> BasePaths = ["/legocerthub", "/certwarden"];

    private static readonly string[] Names = [.. Sample.Items.Select(item => item.Name), "nobody.example.com", "", ".", ".."];

    private static readonly string[] ApiKeys =
        [.. Sample.Items.SelectMany(item => (item.KeyApiKeys ?? []).Concat(item.CertificateApiKeys ?? [])), "", "wrong", "."];

    private static readonly string[] Conditions =
        ["*", "\"a\"", "W/\"a\"", "garbage", "\"", ",,", "Sun, 01 Mar 2026 08:00:10 GMT", "Sun, 01 Mar 2099 08:00:10 GMT", "\u00ff", ""];

    private static readonly string[] Splinters =
        ["/", "//", "%", "%2F", "%00", "%2e", ".", "..", "?", "#", "*", "\u017f", "\u212a", "%C5%BF", "%FF", "\ud800", " ", "~", "://", "http://h", "api", "health"];

    private static readonly HashSet<string> Secrets = [.. PrivateKeyFiles().SelectMany(Windows).Except(CertificateFiles().SelectMany(Windows))];

    [Fact]
    public async Task A_hostile_request_gets_what_the_model_allows_and_nothing_else()
    {
        using var log = new RecordingLog();
        var handler = Handler(log);
        var random = new Random(5120);
        var statuses = new Dictionary<int, int>();
        var bodies = new HashSet<string>();
        var downloads = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var request = Mutate(random, Valid(random));
            var (status, body) = await HandleAsync(handler, request);

            var (expected, route) = Model(request);
            Assert.True(expected.Contains(status), $"{status} for {request}; the model says {string.Join(" or ", expected)}");
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            downloads += route is null ? 0 : 1;
            var mayHoldKey = status == 200 && route is not ("certificates" or "certrootchains");
            if (!mayHoldKey && bodies.Add(body))
            {
                Assert.False(HoldsSecret(body), $"a part of a private key for {request}");
            }
        }

        // Mutations that break everything, or nothing, would show nothing.
        Assert.Equal([200, 204, 304, 401, 404, 405, 412], statuses.Keys.Order());
        Assert.InRange(statuses[200], 2_000, 10_000);
        Assert.InRange(statuses[401], 2_000, 14_000);
        Assert.DoesNotContain(log.Entries, entry => entry.Exception is not null);
        Assert.All(log.Entries, entry => Assert.DoesNotContain("0123456789", entry.Everything, StringComparison.Ordinal));
        Assert.Equal(downloads, log.Downloads.Count);
        Assert.Equal(downloads, log.Entries.Count);
    }

    [Fact]
    public void The_search_for_secrets_finds_one()
    {
        var key = Sample.Text("privatekeys/web.example.com/privkey.pem");
        var base64 = string.Concat(key.Split('\n').Where(line => !line.StartsWith('-')));

        Assert.True(Secrets.Count > 2_000);
        Assert.Contains(Windows(Sample.Text("certificates/web.example.com/orders/2026-03-01/fullchain.pem") + base64[^400..^300]), Secrets.Contains);
        Assert.DoesNotContain(Windows(Sample.Text("certificates/web.example.com/orders/2026-03-01/fullchain.pem")), Secrets.Contains);
    }

    private static bool HoldsSecret(string body) =>
        body.Contains("PRIVATE", StringComparison.Ordinal) || Windows(body).Any(Secrets.Contains);

    private static Func<HttpContext, Task> Handler(RecordingLog log)
    {
        var time = new FakeTimeProvider(Sample.Now);
        var source = new CatalogSource(Sample.Folder, []);
        var catalog = new LiveCatalog(source.Data, source.Scan, source.Scan(Sample.Now), default, time, log.CreateLogger("LeGo.Lite"));

        // A checkout that others can read is a warning.
        log.Clear();
        var downloads = new Downloads(catalog, BasePaths, new(0, TimeSpan.Zero), time, log.CreateLogger("LeGo.Lite"));
        return new DownloadEndpoint(downloads, time).HandleAsync;
    }

    private static async Task<(int Status, string Body)> HandleAsync(Func<HttpContext, Task> handler, Request request)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        context.Request.Method = request.Method;
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = request.Target;
        foreach (var (name, value) in request.Headers)
        {
            context.Request.Headers.Append(name, value);
        }

        await handler(context);
        await context.Response.CompleteAsync();
        return (context.Response.StatusCode, Encoding.Latin1.GetString(body.ToArray()));
    }

    private static Request Valid(Random random)
    {
        var item = Any(random, Sample.Items);
        var route = Any(random, Sample.Routes);
        var certificateKeys = item.CertificateApiKeys ?? ApiKeys;
        var keyKeys = Sample.Items.SingleOrDefault(other => other.Name == item.PrivateKey)?.KeyApiKeys ?? ApiKeys;
        var apiKey = random.Next(5) == 0 ? Any(random, ApiKeys) : route switch
        {
            "privatekeys" => Any(random, keyKeys),
            "certificates" or "certrootchains" => Any(random, certificateKeys),
            _ => $"{Any(random, certificateKeys)}.{Any(random, keyKeys)}",
        };
        var target = $"{Any(random, [.. BasePaths])}/api/v1/download/{route}/{(random.Next(10) == 0 ? Any(random, Names) : item.Name)}";
        return random.Next(40) == 0 ? new("GET", $"{Any(random, [.. BasePaths])}/api/health", [])
            : random.Next(3) == 0 ? new("GET", $"{target}/{apiKey}", [])
            : new("GET", target, [(random.Next(2) == 0 ? "apiKey" : "x-api-key", apiKey)]);
    }

    private static Request Mutate(Random random, Request request)
    {
        for (var rounds = random.Next(4); rounds > 0; rounds--)
        {
            var target = request.Target;
            var at = random.Next(target.Length + 1);
            var end = random.Next(at, target.Length + 1);
            request = random.Next(15) switch
            {
                0 => request with { Target = target.Insert(at, Any(random, Splinters)) },
                1 => request with { Target = target.Remove(at, Math.Min(end - at, random.Next(3))) },
                2 or 3 => request with { Target = target[..at] + Encode(target[at..end]) + target[end..] },
                4 => request with { Target = target[..at] + target[at..end].ToUpperInvariant() + target[end..] },
                5 => request with { Target = target.Replace("/", "//", StringComparison.Ordinal) },
                6 => request with { Target = target + Any(random, ["/", "?", "/x.pem", "?apiKey=x", "%", "#"]) },
                7 => request with { Target = $"{target}/{Any(random, ApiKeys)}" },
                8 => request with { Target = target.Insert(at, ((char)random.Next(1, 0x250)).ToString()) },
                9 => request with { Target = random.Next(2) == 0 ? "http://localhost" + target : target + target },
                10 => request with { Headers = [.. request.Headers, (random.Next(2) == 0 ? "apiKey" : "X-API-KEY", Any(random, ApiKeys))] },
                11 => request with { Headers = [.. request.Headers.Select(header => (header.Name, header.Value + Any(random, ["", ".", "0", "\u00e9", Any(random, ApiKeys)])))] },
                12 => request with { Headers = [.. request.Headers, ("X-API-KEY", ""), ("apiKey", "")] },
                13 => request with { Headers = [.. request.Headers, (Any(random, ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"]), Any(random, Conditions))] },
                _ => request with { Method = Any(random, ["GET", "HEAD", "HEAD", "POST", "get", "DELETE"]) },
            };
        }

        return request;
    }

    /// <summary>The statuses that may be, and the route if this is an attempt at a download.</summary>
    private static (int[] Statuses, string? Route) Model(Request request)
    {
        var path = request.Target.StartsWith("http://localhost/", StringComparison.Ordinal) ? request.Target["http://localhost".Length..] : request.Target;
        if (path.Length == 0 || (path[0] != '/' && path.Contains("://", StringComparison.Ordinal)))
        {
            // Nothing a web server would hand on.
            return ([200, 204, 304, 401, 404, 405, 412], Attempt(request));
        }

        path = path.Split('?', '#')[0];
        var segments = path.Split('/').Where(segment => segment.Length > 0).ToArray();
        var decoded = segments.Select(Decode).ToArray();
        if (decoded is not ["legocerthub" or "certwarden", "api", ..])
        {
            return ([404], null);
        }

        var isRead = request.Method is "GET" or "HEAD";
        if (decoded is [_, _, "health"])
        {
            return (isRead ? [204] : [405], null);
        }

        if (decoded is not [_, _, "v1", "download", var route, var name, .. var rest] || !Sample.Routes.Contains(route))
        {
            return ([404], null);
        }

        if (!isRead)
        {
            return ([405], route);
        }

        var viaUrl = rest.Length > 0 || path.EndsWith('/');
        var apiKey = viaUrl ? rest.FirstOrDefault("") : Header(request, "apiKey") is { Length: > 0 } value ? value : Header(request, "X-API-Key");
        return (IsAuthorised(route, name, apiKey, viaUrl) ? Reply(request, route, name) : [401], route);
    }

    private static bool IsAuthorised(string route, string name, string apiKey, bool viaUrl)
    {
        var item = Sample.Items.SingleOrDefault(item => IsSameName(item.Name, name));
        var key = item is null ? null : Sample.Items.Single(other => other.Name == item.PrivateKey);
        return route switch
        {
            "privatekeys" => item?.KeyApiKeys is { } keys && keys.Contains(apiKey) && !item.Disabled && (!viaUrl || item.ViaUrl),
            "certificates" or "certrootchains" => item?.CertificateApiKeys is { } keys && keys.Contains(apiKey) && (!viaUrl || item.ViaUrl),
            _ => item?.CertificateApiKeys is { } certificateKeys
                && apiKey.Split('.') is [var certificateHalf, var keyHalf]
                && certificateKeys.Contains(certificateHalf)
                && key!.KeyApiKeys!.Contains(keyHalf)
                && !key.Disabled
                && (!viaUrl || (item.ViaUrl && key.ViaUrl)),
        };
    }

    private static int[] Reply(Request request, string route, string name)
    {
        var isMissing = (route, name.ToUpperInvariant().Split('.')[0]) switch
        {
            ("privatekeys", "OFFLINE") or ("privatecerts" or "privatecertchains", "OFFLINE") => true,
            ("privatekeys", "OLD") => false,
            (_, "OLD") => true,
            ("certrootchains", "LEAF-ONLY") => true,
            _ => false,
        };
        return isMissing ? [404]
            : request.Headers.Any(header => header.Name.StartsWith("If-", StringComparison.Ordinal)) ? [200, 304, 412]
            : [200];
    }

    // ASCII only: what another alphabet folds to ASCII is another name.
    private static bool IsSameName(string a, string b) =>
        a.Length == b.Length && a.Zip(b).All(pair => pair.First == pair.Second || (char.IsAsciiLetter(pair.Second) && char.ToLowerInvariant(pair.Second) == pair.First));

    private static string? Attempt(Request request)
    {
        var path = new RequestPath(request.Target);
        return (path.Take("legocerthub") || path.Take("certwarden")) && path.Take("api") && path.Take("v1") && path.Take("download")
            && Decode(path.Next().ToString()) is var route && Sample.Routes.Contains(route) && !path.Next().IsEmpty ? route : null;
    }

    private static string Header(Request request, string name) => string.Join(
        ',', request.Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && header.Value.Length > 0).Select(header => header.Value));

    private static string Encode(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => string.Create(CultureInfo.InvariantCulture, $"%{b:x2}")));

    // One character a byte.
    private static string Decode(string segment)
    {
        var bytes = new List<byte>();
        var text = Encoding.UTF8.GetBytes(segment);
        for (var i = 0; i < text.Length; i++)
        {
            var isTriplet = text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit((char)text[i + 1]) && char.IsAsciiHexDigit((char)text[i + 2]);
            bytes.Add(isTriplet ? Convert.ToByte($"{(char)text[i + 1]}{(char)text[i + 2]}", 16) : text[i]);
            i += isTriplet ? 2 : 0;
        }

        return Encoding.Latin1.GetString([.. bytes]);
    }

    private static IEnumerable<string> PrivateKeyFiles() =>
        Directory.EnumerateFiles(Sample.Folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is "privkey.pem" or "tls.key").Select(File.ReadAllText);

    private static IEnumerable<string> CertificateFiles() =>
        Directory.EnumerateFiles(Sample.Folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is "fullchain.pem" or "tls.crt").Select(File.ReadAllText);

    // A public key is part of the private one: what also stands in a certificate is no secret.
    private static IEnumerable<string> Windows(string pem)
    {
        foreach (var line in pem.Split('\n').Where(line => !line.StartsWith('-')))
        {
            for (var i = 0; i + Window <= line.Length; i++)
            {
                yield return line.Substring(i, Window);
            }
        }
    }

    private static T Any<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];

    private sealed record Request(string Method, string Target, (string Name, string Value)[] Headers)
    {
        public override string ToString() => $"{Method} {Target} {string.Join(" | ", Headers.Select(header => $"{header.Name}: {header.Value}"))}";
    }
}
