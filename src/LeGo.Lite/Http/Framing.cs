namespace LeGo.Lite.Http;

/// <summary>
/// Where a request ends. A download has nothing to send: content whose length a proxy in front of this server may read
/// in another way could hide a second request (RFC 9112, section 11.2).
/// </summary>
internal static class Framing
{
    /// <summary>For this process: to a proxy that goes on reading after LF alone, two lines would be one (RFC 9112, section 2.2).</summary>
    public static void EndLinesWithCrLf() => AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

    /// <summary>What to answer instead; null: go on. No request is read after one that has content.</summary>
    public static Error? Refuse(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var isRefused = request.Headers.TransferEncoding.Count > 0;

        // HTTP/2 has frames and no such header (RFC 9113, section 8.2.2).
        if ((isRefused || request.ContentLength > 0) && !HttpProtocol.IsHttp2(request.Protocol))
        {
            response.Headers.Connection = "close";
        }

        return isRefused ? Error.BadRequest : null;
    }
}
