using System.Globalization;
using System.Text;
using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

internal static class Curl
{
    /// <summary>Without the user's ~/.curlrc and proxies.</summary>
    private static readonly string[] Plain = ["-q", "-sS", "--noproxy", "*", "--max-time", "60", "-g"];

    public static Response Get(string url, params IEnumerable<string> options) => Response.Parse(Run([.. options, "-i", url]).Output);

    /// <summary>For what curl does with a response itself.</summary>
    public static Result Run(params IEnumerable<string> arguments) => RunIn(Path.GetTempPath(), arguments);

    public static Result RunIn(string directory, params IEnumerable<string> arguments) =>
        (Command(arguments) with { Directory = directory }).RunWell();

    /// <summary>For what may fail.</summary>
    public static Command Command(params IEnumerable<string> arguments) => new("curl", [.. Plain, .. arguments]);
}

/// <summary>A response as it came over the wire.</summary>
/// <param name="Status">Such as 200.</param>
/// <param name="Headers">Such as <c>ETag: "…"</c>, in their order.</param>
/// <param name="Body">All bytes after the headers.</param>
internal sealed record Response(int Status, IReadOnlyList<string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The value of a header; null if it is not there; fails if it is there twice.</summary>
    public string? this[string name] =>
        Headers.SingleOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    /// <summary>Everything but the date: what two responses that are the same have in common.</summary>
    public string Comparable =>
        $"{Status}\n{string.Join('\n', Headers.Where(line => !line.StartsWith("Date:", StringComparison.OrdinalIgnoreCase)))}\n\n{Text}";

    public static Response Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end >= 0, $"This is no response: {Encoding.UTF8.GetString(bytes)}");
        var head = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        return new(int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture), head[1..], bytes[(end + 4)..]);
    }

    public Response Expect(int status, string message)
    {
        Assert.Equal($$"""{"status_code":{{status}},"message":"{{message}}"}""", Text);
        Assert.Equal(status, Status);
        return this;
    }
}
