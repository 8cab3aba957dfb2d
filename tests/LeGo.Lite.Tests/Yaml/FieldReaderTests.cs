using System.Text;
using LeGo.Lite.Yaml;
using Xunit;

namespace LeGo.Lite.Tests.Yaml;

public sealed class FieldReaderTests
{
    private const string NotText = "write a text here, or remove it";
    private const string NotFlag = "write true or false";
    private const string NotChoice = "write one of: red, green";

    private readonly List<Problem> problems = [];

    private enum Colour
    {
        Red,
        Green,
    }

    [Theory]
    [InlineData("v: plain text", "plain text", true)]
    [InlineData("v: 'quoted'", "quoted", false)]
    [InlineData("v: true", "true", true)]
    [InlineData("v: 007", "007", true)]
    [InlineData("v: \"\"", "", false)]
    [InlineData("v: 'null'", "null", false)]
    [InlineData("v: |\n  block\n", "block\n", false)]
    public void Text_takes_any_scalar(string yaml, string expected, bool plain)
    {
        var text = Read(yaml).Text("v");

        Assert.Equal((expected, plain), (text?.Value, text!.Plain));
        Assert.Equal(new Position(1, 4), text.Mark.Position);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("v:", "1:3")]
    [InlineData("v: ~", "1:4")]
    [InlineData("v: null", "1:4")]
    [InlineData("v: Null", "1:4")]
    [InlineData("v: NULL", "1:4")]
    [InlineData("v: [a]", "1:4")]
    [InlineData("v: {a: b}", "1:4")]
    [InlineData("w: x\nv:\n  - a", "3:3")]
    public void Text_refuses_nothing_and_collections(string yaml, string place)
    {
        Assert.Null(Read(yaml).Text("v"));
        Assert.Equal([$"f:{place}: error: {NotText}"], Shown);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void Flag_takes_true_and_false(string value, bool expected)
    {
        Assert.Equal(expected, Read($"v: {value}").Flag("v"));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("no")]
    [InlineData("on")]
    [InlineData("True")]
    [InlineData("FALSE")]
    [InlineData("1")]
    [InlineData("'true'")]
    [InlineData("\"false\"")]
    [InlineData("~")]
    [InlineData("[true]")]
    [InlineData("{true: true}")]
    public void Flag_refuses_every_other_spelling(string value)
    {
        Assert.Null(Read($"v: {value}").Flag("v"));
        Assert.Equal([$"f:1:4: error: {NotFlag}"], Shown);
    }

    [Theory]
    [InlineData("red", nameof(Colour.Red))]
    [InlineData("'green'", nameof(Colour.Green))]
    public void Choice_takes_a_name(string value, string expected)
    {
        Assert.Equal(expected, ReadColour(value).ToString());
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("blue")]
    [InlineData("Red")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("red,green")]
    [InlineData("~")]
    [InlineData("[red]")]
    public void Choice_refuses_everything_else(string value)
    {
        Assert.Null(ReadColour(value));
        Assert.Equal([$"f:1:4: error: {NotChoice}"], Shown);
    }

    [Fact]
    public void TextList_takes_texts_in_order()
    {
        var reader = Read("v: [one, '', 3]\nempty: []");

        Assert.Equal(["one", "", "3"], reader.TextList("v")!.Value.Select(text => text.Value));
        Assert.Empty(reader.TextList("empty")!.Value);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("v: one", "1:4: error: write a list, as in [one, two]")]
    [InlineData("v: ~", "1:4: error: write a list, as in [one, two]")]
    [InlineData("v: {a: b}", "1:4: error: write a list, as in [one, two]")]
    [InlineData("v: [a, [b]]", "1:8: error: " + NotText)]
    [InlineData("v: [a: b]", "1:5: error: " + NotText)]
    [InlineData("v: [a, ~, b, null]", "1:8: error: " + NotText, "1:14: error: " + NotText)]
    public void TextList_refuses_everything_else(string yaml, params string[] expected)
    {
        Assert.Null(Read(yaml).TextList("v"));
        Assert.Equal(expected.Select(line => "f:" + line), Shown);
    }

    [Theory]
    [InlineData("v: text")]
    [InlineData("v: ~")]
    [InlineData("v: [a]")]
    public void Mapping_refuses_what_is_none(string yaml)
    {
        var reader = Read(yaml);

        Assert.Null(reader.Mapping("v"));
        Assert.True(reader.Failed);
        Assert.Equal(["f:1:4: error: write keys and values below this key"], Shown);
    }

    [Fact]
    public void Absent_is_null_without_a_problem()
    {
        var reader = Read("other: x");

        Assert.False(reader.Has("v"));
        Assert.Null(reader.Text("v"));
        Assert.Null(reader.Flag("v"));
        Assert.Null(reader.Timestamp("v"));
        Assert.Null(reader.Duration("v"));
        Assert.Null(reader.Choice("v", ("red", Colour.Red)));
        Assert.Null(reader.TextList("v"));
        Assert.Null(reader.Mapping("v"));
        Assert.False(reader.Failed);
        Assert.Empty(problems);
    }

    [Fact]
    public void Has_and_MarkOf_tell_what_is_there()
    {
        var reader = Read("# first\na:\n  b");

        Assert.True(reader.Has("a"));
        Assert.Equal(new Mark("f", new Position(3, 3)), reader.MarkOf("a"));
        Assert.Equal(new Mark("f", new Position(2, 1)), reader.MarkOf("z"));
        Assert.Equal(reader.Mark, reader.MarkOf("z"));
        reader.Finish();
        Assert.Empty(problems);
    }

    [Fact]
    public void Error_stands_at_the_value_or_else_at_the_mapping()
    {
        var reader = Read("# first\na: b");

        reader.Error("a", "one");
        reader.Error("z", "two");

        Assert.Equal(["f:2:4: error: one", "f:2:1: error: two"], Shown);
        Assert.True(reader.Failed);
    }

    [Theory]
    [InlineData("api_keys", "; did you mean api_key?")]
    [InlineData("apikey", "; did you mean api_key?")]
    [InlineData("API-Key", "; did you mean api_key?")]
    [InlineData("Api-Key-Fil", "; did you mean api_key_file?")]
    [InlineData("<<", ".")]
    [InlineData("api", ".")]
    [InlineData("x", ".")]
    [InlineData("''", ".")]
    public void Finish_suggests_a_key_that_is_near(string unknown, string suggestion)
    {
        var reader = Read($"api_key: a\n{unknown}: b");
        reader.Text("api_key");
        reader.Text("api_key_file");
        reader.Text("ab");

        reader.Finish();

        Assert.Equal([$"f:2:1: error: unknown key{suggestion} Known here: api_key, api_key_file, ab"], Shown);
        Assert.True(reader.Failed);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("'30'", 30)]
    [InlineData("007", 7)]
    [InlineData("2147483647", int.MaxValue)]
    public void Number_takes_digits(string value, int expected)
    {
        Assert.Equal(expected, Read($"v: {value}").Number("v"));
        Assert.Null(Read("w: 1").Number("v"));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("2147483648")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("0x1F")]
    [InlineData("1_000")]
    [InlineData("1,000")]
    [InlineData("' 1'")]
    [InlineData("\u0663")]
    [InlineData("''")]
    [InlineData("~")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{1: 1}")]
    public void Number_refuses_everything_else(string value)
    {
        Assert.Null(Read($"v: {value}").Number("v"));
        Assert.Equal(["f:1:4: error: write a whole number, 0 or more"], Shown);
    }

    [Fact]
    public void Finish_reports_every_unknown_key_also_of_nested_mappings()
    {
        var reader = Read("a: {x: 1, b: {y: 2}}\nz: 3");
        var a = reader.Mapping("a")!;
        var b = a.Mapping("b")!;

        reader.Finish();

        Assert.Equal(
            [
                "f:2:1: error: unknown key. Known here: a",
                "f:1:5: error: unknown key. Known here: b",
                "f:1:15: error: remove this unknown key",
            ],
            Shown);
        Assert.True(b.Failed && a.Failed && reader.Failed);
    }

    [Fact]
    public void An_error_in_a_nested_mapping_fails_the_outer_one_but_not_its_sibling()
    {
        var reader = Read("a: {x: maybe}\nb: {}");
        var a = reader.Mapping("a")!;
        var b = reader.Mapping("b")!;

        a.Flag("x");

        Assert.True(a.Failed && reader.Failed);
        Assert.False(b.Failed);
    }

    private IEnumerable<string> Shown => problems.Select(problem => problem.ToString());

    private Colour? ReadColour(string value) =>
        Read($"v: {value}").Choice("v", ("red", Colour.Red), ("green", Colour.Green));

    private FieldReader Read(string yaml)
    {
        var mapping = YamlReader.Read("f", Encoding.UTF8.GetBytes(yaml), problems);
        Assert.Empty(problems);
        return new FieldReader(mapping!, problems);
    }
}
