using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace LeGo.Lite.Http;

/// <summary>Answers what the web server has read.</summary>
internal sealed class DownloadEndpoint(Downloads downloads, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var reply = Answer(context);
        await WriteAsync(reply.Response, context);
        downloads.Log(reply, context.Connection.RemoteIpAddress, started);
    }

    private Reply Answer(HttpContext context)
    {
        if (Framing.Refuse(context) is { } refused)
        {
            // Not logged: only downloads are (SPEC 5).
            return new(null, null, "", refused.Response);
        }

        var request = context.Request;
        return downloads.Answer(new()
        {
            Target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            IsRead = request.Method is "GET" or "HEAD",
            ApiKey = Encoding.UTF8.GetBytes(ApiKey(request.Headers)),
            Conditions = request.Headers,
            Client = context.Connection.RemoteIpAddress,
        });
    }

    // Both are looked up in any case: that an API key is missing takes no longer (SPEC 5).
    private static string ApiKey(IHeaderDictionary headers)
    {
        var (apiKey, other) = (headers["apiKey"].ToString(), headers["X-API-Key"].ToString());
        return apiKey.Length > 0 ? apiKey : other;
    }

    private static async Task WriteAsync(Response response, HttpContext context)
    {
        context.Response.StatusCode = response.Status;
        var headers = context.Response.Headers;
        if (response.ContentType is not null)
        {
            (headers.ContentType, headers.ContentLength) = (response.ContentType, response.Length);
        }

        foreach (var (name, value) in response.Fields)
        {
            headers[name] = value;
        }

        if (context.Request.Method != "HEAD" && response.ContentType is not null)
        {
            var body = context.Response.BodyWriter;
            response.WriteContent(body);
            _ = await body.FlushAsync();
        }
    }
}
