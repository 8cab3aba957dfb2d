using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeGo.Lite.Http;

/// <summary>An error as the client sees it, the same bytes each time (SPEC 5).</summary>
internal sealed partial class ErrorReply
{
    public static readonly ErrorReply BadRequest = new(StatusCodes.Status400BadRequest, "error: bad request (send no Transfer-Encoding)");
    public static readonly ErrorReply Unauthorized = new(StatusCodes.Status401Unauthorized, "unauthorized");
    public static readonly ErrorReply NotFound = new(StatusCodes.Status404NotFound, "error: not found");
    public static readonly ErrorReply NoValidOrder = new(StatusCodes.Status404NotFound, "error: not found (certificate has no valid order)");
    public static readonly ErrorReply NoPrivateKey = new(StatusCodes.Status404NotFound, "error: not found (order has no private key)");
    public static readonly ErrorReply NoChain = new(StatusCodes.Status404NotFound, "error: not found (order has no chain)");
    public static readonly ErrorReply NoPem = new(StatusCodes.Status404NotFound, "error: not found (private key has no pem)");
    public static readonly ErrorReply MethodNotAllowed = new(StatusCodes.Status405MethodNotAllowed, "error: method not allowed");
    public static readonly ErrorReply PreconditionFailed = new(StatusCodes.Status412PreconditionFailed, "error: precondition failed");
    public static readonly ErrorReply TooManyAttempts = new(StatusCodes.Status429TooManyRequests, "error: too many failed attempts");
    public static readonly ErrorReply Internal = new(StatusCodes.Status500InternalServerError, "error: internal error");

    private readonly byte[] body;

    private ErrorReply(int status, string message)
    {
        (Status, Message) = (status, message);
        body = JsonSerializer.SerializeToUtf8Bytes(new Body(status, message), BodyContext.Default.Body);
    }

    public int Status { get; }

    public string Message { get; }

    public async Task WriteToAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (Status == StatusCodes.Status405MethodNotAllowed)
        {
            response.Headers.Allow = "GET, HEAD";
        }

        if (context.Request.Method != "HEAD")
        {
            await response.BodyWriter.WriteAsync(body);
        }
    }

    private sealed record Body(
        [property: JsonPropertyName("status_code")] int StatusCode,
        [property: JsonPropertyName("message")] string Message);

    [JsonSerializable(typeof(Body))]
    private sealed partial class BodyContext : JsonSerializerContext;
}
