using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Docs;

public sealed class ConsoleBlockTests
{
    private const string Markdown = """
        # Title

        ```console
        $ echo one
        one
        $ true
        $ printf '%s\n' a \
            b
        a

        …
        ```

        ```sh
        $ rm -rf not a console block
        ```

        ```
        ```console is text here
        $ neither
        ```
        ````console
        $ cat sample.md
        ```console
        ````
        """;

    [Fact]
    public void Commands_and_what_they_print_are_read_from_console_blocks_only()
    {
        var blocks = ConsoleBlock.Read(Markdown);

        Assert.Equal([3, 22], blocks.Select(block => block.Line));
        Assert.Equal(["echo one", "true", "printf '%s\\n' a \\\n    b"], blocks[0].Steps.Select(step => step.Command));
        Assert.Equal([["one"], [], ["a", "", "…"]], blocks[0].Steps.Select(step => step.Expected));
        Assert.Equal("cat sample.md", blocks[1].Steps.Single().Command);
        Assert.Equal(["```console"], blocks[1].Steps.Single().Expected);
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "x\n", false)]
    [InlineData("a", "a\n", true)]
    [InlineData("a", "a", true)]
    [InlineData("a", "a\nb\n", false)]
    [InlineData("a", "b\n", false)]
    [InlineData("a.c", "abc\n", false)]
    [InlineData("a\n…", "a\n", true)]
    [InlineData("a\n…\nz", "a\nb\nc\nz\n", true)]
    [InlineData("a\n…\nz", "a\nz\n", true)]
    [InlineData("a\n…\nz", "a\nb\n", false)]
    [InlineData("…", "anything\nat all\n", true)]
    [InlineData("api_key: …", "api_key: x y\n", true)]
    [InlineData("api_key: …", "api_key: x\ny\n", false)]
    [InlineData("a … b … c", "a 1 b 2 c\n", true)]
    [InlineData("a … b", "a 1 c\n", false)]
    public void The_dots_match_lines_or_text(string expected, string output, bool matches)
    {
        var step = new ConsoleStep("x", expected.Length == 0 ? [] : expected.Split('\n'));

        Assert.Equal(matches, step.Matches(output));
    }
}
