using LeGo.Lite.Catalog;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace LeGo.Lite.Http;

internal enum Precondition
{
    Met,

    /// <summary>304: the client has it already.</summary>
    NotModified,

    /// <summary>412: the client wants something else.</summary>
    Failed,
}

/// <summary>Conditional requests (RFC 9110, section 13), in the order of its section 13.2.2.</summary>
internal static class Preconditions
{
    /// <param name="headers">Of the request, a GET or HEAD; null: it has none of the four.</param>
    /// <param name="representation">What would be sent.</param>
    /// <param name="now">Its Last-Modified is never later (RFC 9110, section 8.8.2.1).</param>
    public static Precondition Evaluate(IHeaderDictionary? headers, Representation representation, DateTimeOffset now)
    {
        if (headers is null)
        {
            return Precondition.Met;
        }

        var lastModified = representation.LastModified <= now ? representation.LastModified : HttpDate.Truncate(now);
        if (headers.IfMatch is { Count: > 0 } ifMatch)
        {
            if (!Matches(ifMatch, representation.EntityTag, strong: true))
            {
                return Precondition.Failed;
            }
        }
        else if (Date(headers.IfUnmodifiedSince) is { } unmodifiedSince && lastModified > unmodifiedSince)
        {
            return Precondition.Failed;
        }

        if (headers.IfNoneMatch is { Count: > 0 } ifNoneMatch)
        {
            return Matches(ifNoneMatch, representation.EntityTag, strong: false) ? Precondition.NotModified : Precondition.Met;
        }

        return Date(headers.IfModifiedSince) is { } modifiedSince && lastModified <= modifiedSince
            ? Precondition.NotModified
            : Precondition.Met;
    }

    private static bool Matches(StringValues field, string entityTag, bool strong)
    {
        // What nearly every client sends: the one tag it was given.
        if (field.Count == 1 && field[0] == entityTag)
        {
            return true;
        }

        var ours = new EntityTagHeaderValue(entityTag);
        return EntityTagHeaderValue.TryParseList(field, out var theirs)
            && theirs.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(ours, useStrongComparison: strong));
    }

    // A field that is no HTTP-date, or more than one, is ignored (RFC 9110, sections 13.1.3 and 13.1.4).
    private static DateTimeOffset? Date(StringValues field) =>
        field.Count == 1 && HeaderUtilities.TryParseDate(field[0], out var date) ? date : null;
}
