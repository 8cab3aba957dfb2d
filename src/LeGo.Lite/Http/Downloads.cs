using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using LeGo.Lite.Catalog;

namespace LeGo.Lite.Http;

/// <summary>
/// Every request: find the route, look the item up, authorise, choose the response (SPEC 5). Nothing here touches the disk, and
/// nothing knows how the request was read or how the response is written.
/// </summary>
internal sealed class Downloads(
    LiveCatalog catalog, ImmutableArray<string> basePaths, FailedLogins failedLogins, TimeProvider time, ILogger log)
{
    // Characters of a path segment that are decoded without an allocation.
    private const int MaxStackSegment = 256;

    private readonly Response tooManyAttempts = Error.TooManyAttempts(failedLogins.Window).Response;

    private readonly ImmutableArray<string[]> basePaths =
        [.. basePaths.Select(path => path.Split('/', StringSplitOptions.RemoveEmptyEntries))];

    /// <param name="request">As the client sent it.</param>
    /// <param name="client">Who it was.</param>
    public Reply Answer(in DirectRequest request, IPAddress? client)
    {
        Span<char> target = stackalloc char[request.Target.Length];
        _ = Ascii.ToUtf16(request.Target, target, out _);
        return Answer(new() { Target = target, IsRead = true, ApiKey = request.ApiKey, Conditions = request.Conditions, Client = client });
    }

    /// <param name="request">As the client sent it.</param>
    public Reply Answer(in Request request)
    {
        Route? route = null;
        try
        {
            return Answer(request, ref route);
        }
#pragma warning disable CA1031 // A bug: nothing of it to the client, all of it in the log. No exception here is made from a secret.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.InternalError(failure);
            return new(route, null, "internal error", Error.Internal.Response);
        }
    }

    /// <summary>Every attempt is one line (SPEC 5).</summary>
    /// <param name="reply">What became of it.</param>
    /// <param name="client">Who it was.</param>
    /// <param name="started">When, by timestamp.</param>
    public void Log(in Reply reply, IPAddress? client, long started)
    {
        if (reply.Route is { } attempted && log.IsEnabled(LogLevel.Information))
        {
            log.Download(
                ClientAddress.Format(client),
                attempted.Segment,
                reply.Name ?? "-",
                reply.Response.Status,
                reply.Outcome,
                time.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    /// <param name="request">As the client sent it.</param>
    /// <param name="route">Set as soon as it is known.</param>
    private Reply Answer(in Request request, ref Route? route)
    {
        var path = new RequestPath(request.Target);
        if (!TakeBasePath(ref path))
        {
            return NotADownload(Error.NotFound.Response);
        }

        if (IsHealth(path))
        {
            return NotADownload(request.IsRead ? Response.Healthy : Error.MethodNotAllowed.Response);
        }

        route = TakeRoute(ref path);
        var name = path.Next();
        if (route is null || name.IsEmpty)
        {
            return NotADownload(Error.NotFound.Response);
        }

        if (!request.IsRead)
        {
            return new(route, null, "method not allowed", Error.MethodNotAllowed.Response);
        }

        if (failedLogins.MustWait(request.Client))
        {
            return new(route, null, "too many failed attempts", tooManyAttempts);
        }

        // Whatever follows the name, be it a slash alone, makes it the legacy form.
        var viaUrl = !path.IsEmpty;
        var now = time.GetUtcNow();
        var requested = Find(route, name, now);
        var refusal = viaUrl
            ? Refuse(requested, route, path.Next())
            : Authorization.Refuse(requested, route.Needs, request.ApiKey, viaUrl);
        if (refusal is not null)
        {
            failedLogins.Add(request.Client);
            return new(route, requested.Name, refusal, Error.Unauthorized.Response);
        }

        if (route.Select(requested, now) is not { } download)
        {
            var missing = requested.Order is null ? Error.NoValidOrder : route.Missing;
            return new(route, requested.Name, missing.Message, missing.Response);
        }

        return Preconditions.Evaluate(request.Conditions, download, now) switch
        {
            Precondition.Failed => new(route, requested.Name, "precondition failed", Error.PreconditionFailed.Response),
            Precondition.NotModified => new(route, requested.Name, "not modified", Response.NotModified(download, viaUrl, now)),
            _ => new(route, requested.Name, "served", Response.Ok(download, viaUrl, now)),
        };
    }

    private static Reply NotADownload(Response response) => new(null, null, "", response);

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
            var segment = path.Next();
            foreach (var route in Route.All)
            {
                if (RequestPath.Says(segment, route.Segment))
                {
                    return route;
                }
            }
        }

        return null;
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

    private static string? Refuse(in Requested requested, Route route, ReadOnlySpan<char> segment)
    {
        Span<byte> bytes = segment.Length <= MaxStackSegment ? stackalloc byte[3 * segment.Length] : new byte[3 * segment.Length];
        return Authorization.Refuse(requested, route.Needs, bytes[..RequestPath.Decode(segment, bytes)], viaUrl: true);
    }
}

/// <summary>What to send, and what to log of it.</summary>
/// <param name="Route">Null: it was no attempt at a download.</param>
/// <param name="Name">Of the item, if it exists.</param>
/// <param name="Outcome">With its true reason; for the log only.</param>
/// <param name="Response">For the client.</param>
internal readonly record struct Reply(Route? Route, string? Name, string Outcome, Response Response);
