using System.Text;
using LeGo.Lite.Tests.Support;
using LeGo.Lite.Yaml;
using Xunit;

namespace LeGo.Lite.Tests.Yaml;

public sealed class YamlReaderTests
{
    public static TheoryData<string> VectorNames => [.. VectorFile.Names("yaml")];

    [Theory]
    [MemberData(nameof(VectorNames))]
    public void Reads_as_its_vector_says(string name)
    {
        var vector = Vector.Load("yaml", name);
        var problems = new List<Problem>();

        var mapping = YamlReader.Read("f", vector.Body, problems);

        Assert.Equal(vector.Expected, Show(mapping, problems));
    }

    [Fact]
    public void A_file_of_exactly_the_greatest_size_is_read()
    {
        var problems = new List<Problem>();
        var bytes = Encoding.ASCII.GetBytes("a: b #".PadRight(YamlReader.MaxBytes, 'x'));

        Assert.NotNull(YamlReader.Read("f", bytes, problems));
        Assert.Empty(problems);
        Assert.Null(YamlReader.Read("f", [.. bytes, (byte)'x'], problems));
    }

    [Fact]
    public void Every_mark_names_the_file()
    {
        var mapping = YamlReader.Read("dir/f.yaml", "a: [b]"u8, [])!;

        var list = Assert.IsType<YamlSequence>(mapping["a"]);
        Assert.All(
            [mapping.Mark, mapping.Entries[0].Mark, list.Mark, list.Items[0].Mark],
            mark => Assert.Equal("dir/f.yaml", mark.File));
    }

    private static string Show(YamlMapping? mapping, List<Problem> problems)
    {
        var text = new StringBuilder();
        foreach (var problem in problems)
        {
            text.Append(problem.ToString().AsSpan("f:".Length)).Append('\n');
        }

        if (mapping is not null)
        {
            text.Append("ok\n");
            Show(mapping, "  ", text);
        }

        return text.ToString();
    }

    private static void Show(YamlNode node, string indent, StringBuilder text)
    {
        text.Append(indent).Append(At(node.Mark));
        switch (node)
        {
            case YamlScalar scalar:
                text.Append(scalar.Plain ? " plain " : " text ").Append(Escape(scalar.Value)).Append('\n');
                break;
            case YamlSequence sequence:
                text.Append(" sequence\n");
                foreach (var item in sequence.Items)
                {
                    Show(item, indent + "  ", text);
                }

                break;
            case YamlMapping mapping:
                text.Append(" mapping\n");
                foreach (var entry in mapping.Entries)
                {
                    text.Append(indent).Append("  ").Append(At(entry.Mark)).Append(" key ").Append(Escape(entry.Key)).Append('\n');
                    Show(entry.Value, indent + "    ", text);
                }

                break;
        }
    }

    private static string At(Mark mark) => $"{mark.Position.Line}:{mark.Position.Column}";

    /// <summary>In double quotes, all but printable ASCII as \uNNNN.</summary>
    private static string Escape(string value) =>
        $"\"{string.Concat(value.Select(c => c is >= ' ' and <= '~' ? $"{c}" : $"\\u{(int)c:x4}"))}\"";
}
