using System.Text;
using CsCheck;
using LeGo.Lite.Http;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>Against a model: cut off the query, split at the slashes, drop what is empty, decode.</summary>
public sealed class RequestPathTests
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        "/", "/", "/", "//", "a", "api", "v1", ".", "..", "%2F", "%2f", "%61", "%41%70", "%", "%%", "%4", "%zz", "%25", "%00", "%C3%A9", "%FF",
        "é", "\u017f", "\ud83d\ude00", "\ud800", "?", "#", "x=y", "://", "http://", "http://host", "*", " ", "-._~");

    private static readonly Gen<string> Target = Gen.OneOf(
        Piece.Array[0, 12].Select(string.Concat),
        Piece.Array[0, 12].Select(pieces => "/" + string.Concat(pieces)),
        Gen.String[0, 30]);

    [Fact]
    public void Takes_a_target_apart_as_the_model_does() => Target.Sample(
        target => Assert.Equal(Model(target), Segments(target)), iter: 20_000, print: Escape);

    [Fact]
    public void Takes_a_segment_that_says_what_is_expected_and_no_other() => Gen.Select(Target, Gen.OneOf("api", "a", "v1", "Api", ".", "x=y")).Sample(
        (target, expected) =>
        {
            var path = new RequestPath(target);
            var taken = path.Take(expected);

            var model = Model(target);
            Assert.Equal(model is [var first, ..] && first == expected, taken);
            Assert.Equal(taken ? model[1..] : model, Segments(ref path));
        },
        iter: 20_000,
        print: input => Escape(input.Item1));

    [Fact]
    public void Is_empty_when_not_even_a_slash_is_left() => Target.Sample(
        target =>
        {
            var path = new RequestPath(target);
            _ = Segments(ref path);

            Assert.True(path.IsEmpty);
            Assert.Equal(Path(target).Length == 0, new RequestPath(target).IsEmpty);
        },
        iter: 5_000,
        print: Escape);

    [Theory]
    [InlineData("/a//b/", "a", "b")]
    [InlineData("//a", "a")]
    [InlineData("/", "")]
    [InlineData("/%2F%41%zz%4", "/A%zz%4")]
    [InlineData("/a?b/c", "a")]
    [InlineData("/a#b/c", "a")]
    [InlineData("http://host/a", "a")]
    [InlineData("http://host?x/a", "")]
    [InlineData("/http://host/a", "http:", "host", "a")]
    [InlineData("*", "*")]
    public void Examples(string target, params string[] segments) =>
        Assert.Equal(segments.Where(segment => segment.Length > 0), Segments(target));

    // Latin-1 is one character a byte: what is compared are the bytes.
    private static List<string> Segments(string target)
    {
        var path = new RequestPath(target);
        return Segments(ref path);
    }

    private static List<string> Segments(ref RequestPath path)
    {
        var segments = new List<string>();
        while (path.Next() is { IsEmpty: false } segment)
        {
            var bytes = new byte[3 * segment.Length];
            segments.Add(Encoding.Latin1.GetString(bytes, 0, RequestPath.Decode(segment, bytes)));
        }

        return segments;
    }

    private static List<string> Model(string target) =>
        [.. Path(target).Split('/').Where(segment => segment.Length > 0).Select(Decode)];

    private static string Path(string target)
    {
        if (!target.StartsWith('/') && target.Split("://", 2) is [{ Length: > 0 }, var rest])
        {
            // No authority holds a slash, a query or a fragment; an empty path is a slash.
            var host = rest.Split('/', '?', '#')[0];
            target = rest[host.Length..];
            target = target.StartsWith('/') ? target : "/" + target;
        }

        return target.Split('?', '#')[0];
    }

    private static string Decode(string segment)
    {
        var bytes = new List<byte>();
        var text = Encoding.UTF8.GetBytes(segment);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit((char)text[i + 1]) && char.IsAsciiHexDigit((char)text[i + 2]))
            {
                bytes.Add(Convert.ToByte($"{(char)text[i + 1]}{(char)text[i + 2]}", 16));
                i += 2;
            }
            else
            {
                bytes.Add(text[i]);
            }
        }

        return Encoding.Latin1.GetString([.. bytes]);
    }

    private static string Escape(string target) => string.Concat(target.Select(c => c is >= ' ' and < '\x7f' ? $"{c}" : $"\\u{(int)c:x4}"));
}
