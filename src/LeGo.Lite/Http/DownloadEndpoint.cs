using System.Buffers;
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
internal sealed class DownloadEndpoint(
    LiveCatalog catalog, ImmutableArray<string> basePaths, FailedLogins failedLogins, TimeProvider time, ILogger log)
{
    // Characters of a path segment that are decoded without an allocation.
    private const int MaxStackSegment = 256;

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
                ClientAddress.Format(context.Connection.RemoteIpAddress),
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
        if (Framing.Refuse(context) is { } refused)
        {
            return NotADownload(refused);
        }

        var (request, response) = (context.Request, context.Response);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = new RequestPath(target);
        if (!TakeBasePath(ref path))
        {
            return NotADownload(ErrorReply.NotFound);
        }

        // Methods are case-sensitive (RFC 9110, section 9.1).
        var isRead = request.Method is "GET" or "HEAD";
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

        var client = context.Connection.RemoteIpAddress;
        if (failedLogins.Wait(client) is { } wait)
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return new(route, null, "too many failed attempts") { Error = ErrorReply.TooManyAttempts };
        }

        // Whatever follows the name, be it a slash alone, makes it the legacy form.
        var viaUrl = !path.IsEmpty;
        var now = time.GetUtcNow();
        var requested = Find(route, name, now);
        if (Refuse(requested, route, viaUrl ? path.Next() : ApiKeyHeader(request.Headers), viaUrl) is { } refusal)
        {
            failedLogins.Add(client);
            return new(route, requested.Name, refusal) { Error = ErrorReply.Unauthorized };
        }

        if (route.Select(requested, now) is not { } download)
        {
            var missing = requested.Order is null ? ErrorReply.NoValidOrder : route.Missing;
            return new(route, requested.Name, missing.Message) { Error = missing };
        }

        var precondition = Preconditions.Evaluate(request.Headers, download, now);
        if (precondition == Precondition.Failed)
        {
            return new(route, requested.Name, "precondition failed") { Error = ErrorReply.PreconditionFailed };
        }

        SetHeaders(response.Headers, download, viaUrl, now);
        if (precondition == Precondition.NotModified)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return new(route, requested.Name, "not modified");
        }

        return new(route, requested.Name, "served") { Download = download };
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

    // Both are looked up in any case: that an API key is missing takes no longer (SPEC 5).
    private static string ApiKeyHeader(IHeaderDictionary headers)
    {
        var (apiKey, other) = (headers["apiKey"].ToString(), headers["X-API-Key"].ToString());
        return apiKey.Length > 0 ? apiKey : other;
    }

    private Requested Find(Route route, ReadOnlySpan<char> name, DateTimeOffset now)
    {
        Span<byte> bytes = name.Length <= MaxStackSegment ? stackalloc byte[3 * name.Length] : new byte[3 * name.Length];
        bytes = bytes[..RequestPath.Decode(name, bytes)];
        Span<char> decoded = bytes.Length <= 3 * MaxStackSegment ? stackalloc char[bytes.Length] : new char[bytes.Length];

        // Only ASCII can name an item: no other character may be folded into it.
        return Requested.Find(
            catalog.Current, route.Needs, Ascii.ToUtf16(bytes, decoded, out _) == OperationStatus.Done ? decoded : [], now);
    }

    private static string? Refuse(in Requested requested, Route route, ReadOnlySpan<char> apiKey, bool viaUrl)
    {
        Span<byte> bytes = apiKey.Length <= MaxStackSegment ? stackalloc byte[3 * apiKey.Length] : new byte[3 * apiKey.Length];
        var length = viaUrl ? RequestPath.Decode(apiKey, bytes) : Encoding.UTF8.GetBytes(apiKey, bytes);
        return Authorization.Refuse(requested, route.Needs, bytes[..length], viaUrl);
    }

    /// <summary>The headers of a 200 that a 304 has too (RFC 9110, section 15.4.5).</summary>
    private static void SetHeaders(IHeaderDictionary headers, Representation download, bool viaUrl, DateTimeOffset now)
    {
        headers.ETag = download.EntityTag;
        headers.LastModified = HttpDate.Format(download.LastModified <= now ? download.LastModified : now);
        headers.CacheControl = "no-store";
        if (!viaUrl)
        {
            headers.Vary = "Apikey, X-Api-Key";
        }
    }

    private static async Task WriteAsync(Representation download, HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "application/x-pem-file";
        response.ContentLength = download.Length;
        response.Headers.ContentDisposition = download.ContentDisposition;
        if (context.Request.Method != "HEAD")
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
