using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using LeGo.Lite.Catalog;
using Microsoft.AspNetCore.Http.Features;

namespace LeGo.Lite.Http;

/// <summary>
/// Every request: find the route, look the item up, authorise, respond (SPEC 5). Nothing here
/// touches the disk; what is sent was made with the snapshot.
/// </summary>
internal sealed class DownloadEndpoint(LiveCatalog catalog, ImmutableArray<string> basePaths, TimeProvider time, ILogger log)
{
    private readonly ImmutableArray<string[]> basePaths =
        [.. basePaths.Select(path => path.Split('/', StringSplitOptions.RemoveEmptyEntries))];

    public async Task HandleAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        SetSecurityHeaders(context.Response.Headers);

        Reply reply;
        Route? route = null;
        try
        {
            reply = Answer(context, ref route);
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            // A bug: nothing of it to the client, all of it in the log. No exception here is made from a secret.
            log.InternalError(failure);
            reply = new(route, null, "internal error") { Error = ErrorReply.Internal };
        }

        await (reply switch
        {
            { Error: { } error } => error.WriteToAsync(context),
            { Download: { } download } => WriteAsync(download, context),
            _ => Task.CompletedTask,
        });

        if (reply.Route is { } attempted && log.IsEnabled(LogLevel.Information))
        {
            log.Download(
                context.Connection.RemoteIpAddress?.ToString() ?? "-",
                attempted.Segment,
                reply.Name ?? "-",
                context.Response.StatusCode,
                reply.Outcome,
                time.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    /// <summary>What to send, and what to log of it. Neither error nor download: the status and headers are all.</summary>
    private readonly record struct Reply(Route? Route, string? Name, string Outcome)
    {
        public ErrorReply? Error { get; init; }

        public Representation? Download { get; init; }
    }

    /// <param name="context">The request, and where the headers of the response go.</param>
    /// <param name="route">Set as soon as it is known, so that an attempt that fails here can be logged.</param>
    private Reply Answer(HttpContext context, ref Route? route)
    {
        var (request, response) = (context.Request, context.Response);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = new RequestPath(target);
        if (!TakeBasePath(ref path))
        {
            return NotADownload(ErrorReply.NotFound);
        }

        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (IsHealth(path))
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return NotADownload(isRead ? null : ErrorReply.MethodNotAllowed);
        }

        route = TakeRoute(ref path);
        var name = path.Next();
        if (route is null || name.IsEmpty)
        {
            return NotADownload(ErrorReply.NotFound);
        }

        if (!isRead)
        {
            return new(route, null, "method not allowed") { Error = ErrorReply.MethodNotAllowed };
        }

        // Whatever follows the name, be it a slash alone, makes it the legacy form.
        var viaUrl = !path.IsEmpty;
        var now = time.GetUtcNow();
        var authorization = Authorize(route, name, viaUrl ? path.Next() : ApiKeyHeader(request.Headers), viaUrl, now);
        if (authorization.Refusal is { } refusal)
        {
            return new(route, authorization.Name, refusal) { Error = ErrorReply.Unauthorized };
        }

        var download = Find(route, authorization, now, out var missing);
        if (download is null)
        {
            return new(route, authorization.Name, missing.Message) { Error = missing };
        }

        var lastModified = SetHeaders(response, download, viaUrl, now);
        switch (Preconditions.Evaluate(request.Headers, download, lastModified))
        {
            case Precondition.Failed:
                RemoveValidators(response.Headers);
                return new(route, authorization.Name, "precondition failed") { Error = ErrorReply.PreconditionFailed };

            case Precondition.NotModified:
                response.StatusCode = StatusCodes.Status304NotModified;
                return new(route, authorization.Name, "not modified");

            default:
                return new(route, authorization.Name, "served") { Download = download };
        }
    }

    // Not logged: only downloads are (SPEC 5).
    private static Reply NotADownload(ErrorReply? error) => new(null, null, "") { Error = error };

    private bool TakeBasePath(ref RequestPath path)
    {
        foreach (var segments in basePaths)
        {
            var rest = path;
            if (Take(ref rest, segments) && rest.Take("api"))
            {
                path = rest;
                return true;
            }
        }

        return false;
    }

    private static bool Take(ref RequestPath path, string[] segments)
    {
        foreach (var segment in segments)
        {
            if (!path.Take(segment))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsHealth(RequestPath path) => path.Take("health") && path.Next().IsEmpty;

    private static Route? TakeRoute(ref RequestPath path)
    {
        if (path.Take("v1") && path.Take("download"))
        {
            foreach (var route in Route.All)
            {
                if (path.Take(route.Segment))
                {
                    return route;
                }
            }
        }

        return null;
    }

    private static string ApiKeyHeader(IHeaderDictionary headers) =>
        headers["apiKey"].ToString() is { Length: > 0 } apiKey ? apiKey : headers["X-API-Key"].ToString();

    private Authorization Authorize(Route route, ReadOnlySpan<char> name, ReadOnlySpan<char> apiKey, bool viaUrl, DateTimeOffset now)
    {
        // Only ASCII can name an item, and the look-up's case folding is for ASCII only.
        Span<byte> nameBytes = name.Length <= 256 ? stackalloc byte[3 * name.Length] : new byte[3 * name.Length];
        nameBytes = nameBytes[..RequestPath.Decode(name, nameBytes)];
        Span<char> itemName = nameBytes.Length <= 256 ? stackalloc char[nameBytes.Length] : new char[nameBytes.Length];
        if (Ascii.ToUtf16(nameBytes, itemName, out _) != System.Buffers.OperationStatus.Done)
        {
            itemName = [];
        }

        Span<byte> apiKeyBytes = apiKey.Length <= 256 ? stackalloc byte[3 * apiKey.Length] : new byte[3 * apiKey.Length];
        apiKeyBytes = apiKeyBytes[..(viaUrl ? RequestPath.Decode(apiKey, apiKeyBytes) : Encoding.UTF8.GetBytes(apiKey, apiKeyBytes))];
        return Authorization.Decide(catalog.Current, route.Needs, itemName, apiKeyBytes, viaUrl, now);
    }

    private static Representation? Find(Route route, in Authorization authorization, DateTimeOffset now, out ErrorReply missing)
    {
        missing = route.Missing;
        if (route.Needs == RouteNeeds.PrivateKey)
        {
            return authorization.PrivateKey!.Download.At(now);
        }

        if (authorization.Order is not { } order)
        {
            missing = ErrorReply.NoValidOrder;
            return null;
        }

        return route.Select(order);
    }

    /// <summary>The headers of a 200, which a 304 has too. Returns Last-Modified: never later than now (RFC 9110, section 8.8.2.1).</summary>
    private static DateTimeOffset SetHeaders(HttpResponse response, Representation download, bool viaUrl, DateTimeOffset now)
    {
        var headers = response.Headers;
        headers.ETag = download.EntityTag;
        headers.CacheControl = "no-store";
        if (!viaUrl)
        {
            headers.Vary = "Apikey, X-Api-Key";
        }

        var isPast = download.LastModified <= now;
        headers.LastModified = isPast ? download.LastModifiedText : now.ToString("R", CultureInfo.InvariantCulture);
        return isPast ? download.LastModified : new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }

    private static void RemoveValidators(IHeaderDictionary headers)
    {
        headers.ETag = default;
        headers.LastModified = default;
        headers.Vary = default;
    }

    private static async Task WriteAsync(Representation download, HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "application/x-pem-file";
        response.ContentLength = download.Length;
        response.Headers.ContentDisposition = download.ContentDisposition;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            download.WriteTo(response.BodyWriter);
            _ = await response.BodyWriter.FlushAsync();
        }
    }

    private static void SetSecurityHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XFrameOptions = "deny";
        headers.ContentSecurityPolicy = "default-src 'none'";
    }
}
