using System.Globalization;
using System.Text.Json;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.CommandLine;

public sealed class ListTests
{
    private const string Table = """
        CERTIFICATE ORDER KEY NOT-AFTER
        acme.example.com 2026-03-01 acme.example.com 2056-03-01T00:00:00Z
        hashed.example.com 2026-01-01 hashed.example.com 2056-01-01T00:00:00Z
        k8s.example.com 2026-01-01 k8s.example.com 2056-01-01T00:00:00Z
        leaf-only.example.com 2026-01-01 shared-key 2056-01-01T00:00:00Z
        locked.example.com 2026-01-01 locked.example.com 2056-01-01T00:00:00Z
        mail.example.com 2026-01-01 mail.example.com 2056-01-01T00:00:00Z
        mounted.example.com 2026-01-01 mounted.example.com 2056-01-01T00:00:00Z
        offline.example.com 2026-01-01 - 2056-01-01T00:00:00Z
        old.example.com - old.example.com -
        printer.example.com 2026-01-01 printer.example.com 2056-01-01T00:00:00Z
        rotating.example.com 2026-01-01 rotating.example.com 2056-01-01T00:00:00Z
        shared.example.com 2026-01-01 shared-key 2056-01-01T00:00:00Z
        web.example.com 2026-03-01 web.example.com 2056-03-01T00:00:00Z
        """;

    [Fact]
    public void Is_read_by_splitting_at_white_space()
    {
        var result = LegoLite.Command("list", "--data", Repository.Sample).Run();
        var rows = result.Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();

        Assert.Equal(Table.Split('\n'), rows.Select(row => string.Join(' ', row[..4])));
        Assert.All(rows, row => Assert.Equal(5, row.Length));
        Assert.Equal("DAYS-LEFT", rows[0][4]);
        foreach (var row in rows[1..])
        {
            AssertDaysLeft(row[3] == "-" ? null : row[3], row[4] == "-" ? null : row[4]);
        }

        Assert.Empty(result.Errors);
        Assert.Equal(0, result.Status);
    }

    [Fact]
    public void Lines_up_for_the_eye()
    {
        var lines = LegoLite.Command("list", "--data", Repository.Sample).Run().Lines;
        var header = lines[0];

        Assert.All(lines, line => Assert.Equal(header.Length, line.Length));
        foreach (var column in new[] { "ORDER", "KEY", "NOT-AFTER" })
        {
            var start = header.IndexOf($" {column} ", StringComparison.Ordinal) + 1;
            Assert.All(lines, line => Assert.True(line[start - 1] == ' ' && line[start] != ' ', line));
        }

        Assert.All(lines, line => Assert.NotEqual(' ', line[^1]));
    }

    [Fact]
    public void As_JSON_says_the_same()
    {
        using var document = JsonDocument.Parse(LegoLite.Command("list", "--json", "--data", Repository.Sample).RunWell().Output);
        var items = document.RootElement.EnumerateArray().ToList();

        Assert.Equal(
            Table.Split('\n')[1..],
            items.Select(item => string.Join(' ', new[] { "certificate", "order", "key", "not_after" }.Select(field => item.GetProperty(field).GetString() ?? "-"))));
        Assert.All(items, item => AssertDaysLeft(
            item.GetProperty("not_after").GetString(),
            item.GetProperty("days_left") is { ValueKind: JsonValueKind.Number } days ? days.GetRawText() : null));
    }

    [Fact]
    public void Of_a_tree_with_problems_lists_the_rest_and_fails()
    {
        using var temp = new TempDirectory();
        var tree = HostileTree.Make(temp, HostileTree.All["200 broken items"].Break);

        var result = LegoLite.Command("list", "--data", tree).Run();

        Assert.Equal(["CERTIFICATE", "bad.example.com", "web.example.com"], result.Lines.Select(line => line.Split(' ')[0]));
        Assert.Equal("lego-lite: 200 problems in the tree; see lego-lite check\n", result.Errors);
        Assert.Equal(1, result.Status);
    }

    [Fact]
    public void Of_an_orders_name_with_a_space_stays_one_cell()
    {
        using var temp = new TempDirectory();
        var tree = temp.AddSample("tree", "mail.example.com");
        var orders = Path.Combine(tree, "certificates/mail.example.com/orders");
        Directory.Move(Path.Combine(orders, "2026-01-01"), Path.Combine(orders, "new\tyear \u001b[31m2026"));

        var result = LegoLite.Command("list", "--data", tree).RunWell();

        Assert.Equal(5, result.Lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain('\u001b', result.Text);
    }

    [Fact]
    public void Of_a_directory_that_is_not_there_is_one_line()
    {
        var result = LegoLite.Command("list", "--data", "/nowhere").Run();

        Assert.Equal("lego-lite: /nowhere: there is no such directory\n", result.Errors);
        Assert.Empty(result.Output);
        Assert.Equal(1, result.Status);
    }

    /// <summary>The whole days from now, with a day to spare for the clock to go on.</summary>
    private static void AssertDaysLeft(string? notAfter, string? daysLeft)
    {
        if (notAfter is null)
        {
            Assert.Null(daysLeft);
            return;
        }

        var expected = (long)Math.Floor((DateTimeOffset.Parse(notAfter, CultureInfo.InvariantCulture) - DateTimeOffset.UtcNow).TotalDays);
        Assert.InRange(long.Parse(daysLeft!, CultureInfo.InvariantCulture), expected, expected + 1);
    }
}
