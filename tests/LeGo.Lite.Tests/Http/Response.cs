using System.Globalization;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>A complete response as it came over the wire, one character a byte.</summary>
internal sealed record Response(string Request, string StatusLine, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    public int Status => int.Parse(StatusLine.Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>The one value of a header; null if it is not there.</summary>
    public string? this[string name] =>
        Headers.SingleOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>All that a client sees of it.</summary>
    public string Received => $"{StatusLine}\n{string.Concat(Headers.Select(header => $"{header.Name}: {header.Value}\n"))}\n{Body}";

    /// <summary>For a snapshot: request, empty line, response.</summary>
    public override string ToString() => $"{Request}\n\n{Received}";

    public static Response Read(string request, string received)
    {
        var end = received.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"no complete response to {request.Split('\n')[0]}: {received}");

        var lines = received[..end].Split("\r\n");
        var headers = lines[1..].Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair[0] == "Date" ? Scrub(pair[1]) : pair[1])).ToList();
        var response = new Response(request, lines[0], headers, received[(end + 4)..]);
        Assert.DoesNotContain('\r', string.Concat(lines) + response.Body);
        if (request.StartsWith("HEAD ", StringComparison.Ordinal) || response.Status is 204 or 304)
        {
            Assert.Equal("", response.Body);
        }
        else
        {
            Assert.Equal(response["Content-Length"], response.Body.Length.ToString(CultureInfo.InvariantCulture));
        }

        return response;
    }

    private static string Scrub(string date)
    {
        _ = DateTimeOffset.ParseExact(date, "R", CultureInfo.InvariantCulture);
        return "{scrubbed}";
    }
}
