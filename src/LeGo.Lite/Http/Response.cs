using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using LeGo.Lite.Catalog;
using Microsoft.AspNetCore.WebUtilities;

namespace LeGo.Lite.Http;

/// <summary>
/// What is sent: a value that is the same each time but for the date. <see cref="DownloadEndpoint"/> gives it to the web
/// server, <see cref="DirectConnections"/> writes it by itself, with a head that is encoded once.
/// </summary>
internal sealed class Response
{
    private static readonly Field NoStore = new("Cache-Control", "no-store");

    private static readonly ImmutableArray<Field> Security =
    [
        new("X-Content-Type-Options", "nosniff"),
        new("Referrer-Policy", "no-referrer"),
        new("X-Frame-Options", "deny"),
        new("Content-Security-Policy", "default-src 'none'"),
    ];

    // Of what has been downloaded by header; they go with it. For the legacy form, which is rare, they are made each time.
    private static readonly ConditionalWeakTable<Representation, ForDownload> Made = [];

    private readonly Representation? download;
    private readonly byte[] error;
    private Head? head;

    private Response(int status, string? contentType, ImmutableArray<Field> fields, Representation? download = null, byte[]? error = null) =>
        (Status, ContentType, Fields, this.download, this.error) = (status, contentType, fields, download, error ?? []);

    private sealed record ForDownload(Response Ok, Response NotModified);

    private sealed record Head(byte[] Bytes, int DateAt);

    /// <summary>Of <c>/health</c>.</summary>
    public static Response Healthy { get; } = new(StatusCodes.Status204NoContent, null, Security);

    public int Status { get; }

    /// <summary>Null: there is no content, and nothing is said of its length.</summary>
    public string? ContentType { get; }

    /// <summary>Of the content, in bytes.</summary>
    public int Length => download?.Length ?? error.Length;

    /// <summary>All but <c>Content-Length</c>, <c>Content-Type</c> and <c>Date</c>, in the order in which they follow these.</summary>
    public ImmutableArray<Field> Fields { get; }

    public static Response Ok(Representation download, bool viaUrl, DateTimeOffset now) => Of(download, viaUrl, now).Ok;

    /// <summary>The fields of a 200 but those of its content (RFC 9110, section 15.4.5).</summary>
    public static Response NotModified(Representation download, bool viaUrl, DateTimeOffset now) => Of(download, viaUrl, now).NotModified;

    /// <param name="status">4xx or 5xx.</param>
    /// <param name="json">The content.</param>
    /// <param name="fields">Those that this error alone has.</param>
    public static Response Error(int status, byte[] json, ReadOnlySpan<Field> fields) =>
        new(status, "application/json", [NoStore, .. fields, .. Security], error: json);

    /// <summary>The whole response as HTTP/1.1 has it (RFC 9112, section 2.1), the header in the order of Kestrel.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="now">For the date.</param>
    public void Write(IBufferWriter<byte> writer, DateTimeOffset now)
    {
        head ??= MakeHead();

        // Room for all of it, so that the head is not moved.
        var span = writer.GetSpan(head.Bytes.Length + Length);
        head.Bytes.CopyTo(span);
        HttpDate.Format(now, span[head.DateAt..]);
        writer.Advance(head.Bytes.Length);
        WriteContent(writer);
    }

    public void WriteContent(IBufferWriter<byte> writer)
    {
        if (download is null)
        {
            writer.Write(error);
        }
        else
        {
            download.WriteTo(writer);
        }
    }

    private static ForDownload Of(Representation download, bool viaUrl, DateTimeOffset now) =>
        viaUrl || download.LastModified > now ? Make(download, viaUrl, now) : Made.GetValue(download, static download => Make(download, false, download.LastModified));

    private static ForDownload Make(Representation download, bool viaUrl, DateTimeOffset now)
    {
        // Not later than the response itself (RFC 9110, section 8.8.2.1).
        var lastModified = download.LastModified <= now ? download.LastModified : now;
        ImmutableArray<Field> vary = viaUrl ? [] : [new("Vary", "Apikey, X-Api-Key")];
        ImmutableArray<Field> fields = [NoStore, new("ETag", download.EntityTag), new("Last-Modified", HttpDate.Format(lastModified)), .. vary, .. Security];
        return new(
            new(StatusCodes.Status200OK, "application/x-pem-file", [.. fields, new("Content-Disposition", download.ContentDisposition)], download),
            new(StatusCodes.Status304NotModified, null, fields));
    }

    private Head MakeHead()
    {
        var text = new StringBuilder($"HTTP/1.1 {Status} {ReasonPhrases.GetReasonPhrase(Status)}\r\n");
        if (ContentType is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Length}\r\nContent-Type: {ContentType}\r\n");
        }

        var dateAt = text.Append("Date: ").Length;
        text.Append(' ', HttpDate.Length).Append("\r\n");
        foreach (var (name, value) in Fields)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return new(Encoding.ASCII.GetBytes(text.Append("\r\n").ToString()), dateAt);
    }
}

/// <summary>A field of a header (RFC 9110, section 5).</summary>
internal readonly record struct Field(string Name, string Value);
