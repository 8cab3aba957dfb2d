using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeGo.Lite.Http;

/// <summary>An error as the client sees it (SPEC 5).</summary>
/// <param name="Message">Nothing of what the client sent.</param>
/// <param name="Response">The same bytes each time.</param>
internal sealed partial record Error(string Message, Response Response)
{
    public static readonly Error BadRequest = Make(StatusCodes.Status400BadRequest, "error: bad request (send no Transfer-Encoding)");
    public static readonly Error Unauthorized = Make(StatusCodes.Status401Unauthorized, "unauthorized");
    public static readonly Error NotFound = Make(StatusCodes.Status404NotFound, "error: not found");
    public static readonly Error NoValidOrder = Make(StatusCodes.Status404NotFound, "error: not found (certificate has no valid order)");
    public static readonly Error NoPrivateKey = Make(StatusCodes.Status404NotFound, "error: not found (order has no private key)");
    public static readonly Error NoChain = Make(StatusCodes.Status404NotFound, "error: not found (order has no chain)");
    public static readonly Error NoPem = Make(StatusCodes.Status404NotFound, "error: not found (private key has no pem)");
    public static readonly Error MethodNotAllowed = Make(StatusCodes.Status405MethodNotAllowed, "error: method not allowed", new Field("Allow", "GET, HEAD"));
    public static readonly Error PreconditionFailed = Make(StatusCodes.Status412PreconditionFailed, "error: precondition failed");
    public static readonly Error Internal = Make(StatusCodes.Status500InternalServerError, "error: internal error");

    /// <param name="wait">How long.</param>
    public static Error TooManyAttempts(TimeSpan wait) => Make(
        StatusCodes.Status429TooManyRequests,
        "error: too many failed attempts",
        new Field("Retry-After", Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)));

    private static Error Make(int status, string message, params ReadOnlySpan<Field> fields) =>
        new(message, Response.Error(status, JsonSerializer.SerializeToUtf8Bytes(new Body(status, message), BodyContext.Default.Body), fields));

    private sealed record Body(
        [property: JsonPropertyName("status_code")] int StatusCode,
        [property: JsonPropertyName("message")] string Message);

    [JsonSerializable(typeof(Body))]
    private sealed partial class BodyContext : JsonSerializerContext;
}
