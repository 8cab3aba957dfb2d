using Xunit;

namespace LeGo.Lite.Tests;

public sealed class ProblemTests
{
    [Fact]
    public void Prints_as_path_line_column_severity_text()
    {
        Assert.Equal("data/x/key.yaml:3:7: error: say why", Problem.Error("data/x/key.yaml", new(3, 7), "say why").ToString());
        Assert.Equal("a b:1:1: warning: hm", Problem.Warning("a b", Position.Start, "hm").ToString());
    }

    [Fact]
    public void A_path_cannot_write_control_characters_to_a_terminal()
    {
        Assert.Equal(
            "x\\u001b[2J\\u000ay\\u009b:1:1: error: t",
            Problem.Error("x\u001b[2J\ny\u009b", Position.Start, "t").ToString());
    }

    [Fact]
    public void A_path_cannot_turn_hide_or_break_a_line() =>
        Assert.Equal("a\\u202eb\\u2028c\\u200bé", Problem.Printable("a\u202eb\u2028c\u200bé"));
}
