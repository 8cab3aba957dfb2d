using System.Globalization;
using System.Text;
using LeGo.Lite.Yaml;
using Xunit;

namespace LeGo.Lite.Tests.Yaml;

public sealed class FieldReaderTimeTests
{
    private const string NotTime = "write a time as 2026-11-01T08:00:00Z";
    private const string NotDuration = "write a time span as 250ms, 30s, 5m or 1h";

    private readonly List<Problem> problems = [];

    [Theory]
    [InlineData("2026-11-01T08:00:00Z", "2026-11-01T08:00:00.0000000")]
    [InlineData("'2026-11-01T08:00:00Z'", "2026-11-01T08:00:00.0000000")]
    [InlineData("2026-11-01T08:00:00+02:30", "2026-11-01T05:30:00.0000000")]
    [InlineData("2026-11-01T08:00:00-23:59", "2026-11-02T07:59:00.0000000")]
    [InlineData("2026-11-01T08:00:00-00:00", "2026-11-01T08:00:00.0000000")]
    [InlineData("2026-11-01T08:00:00.5Z", "2026-11-01T08:00:00.5000000")]
    [InlineData("2026-11-01T08:00:00.1234567899999+00:00", "2026-11-01T08:00:00.1234567")]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.0000000")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999")]
    public void Timestamp_takes_rfc_3339_and_gives_utc(string value, string expected)
    {
        var time = Read($"v: {value}").Timestamp("v");

        Assert.Empty(problems);
        Assert.Equal(TimeSpan.Zero, time!.Value.Offset);
        Assert.Equal(expected, time.Value.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("2026-11-01")]
    [InlineData("2026-11-01T08:00:00")]
    [InlineData("2026-11-01T08:00Z")]
    [InlineData("2026-11-01 08:00:00Z")]
    [InlineData("2026-11-01t08:00:00Z")]
    [InlineData("2026-11-01T08:00:00z")]
    [InlineData("2026-11-01T08:00:00 Z")]
    [InlineData("2026-11-01T08:00:00Z0")]
    [InlineData("2026-11-01T08:00:00.Z")]
    [InlineData("2026-11-01T08:00:00.5")]
    [InlineData("2026-11-01T08:00:00,5Z")]
    [InlineData("2026-11-01T08:00:00+0100")]
    [InlineData("2026-11-01T08:00:00+1:00")]
    [InlineData("2026-11-01T08:00:00+24:00")]
    [InlineData("2026-11-01T08:00:00+01:60")]
    [InlineData("2026-11-01T24:00:00Z")]
    [InlineData("2026-11-01T08:00:60Z")]
    [InlineData("2026-02-29T08:00:00Z")]
    [InlineData("2026-13-01T08:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("٢026-11-01T08:00:00Z")]
    [InlineData("1793000000")]
    [InlineData("'2026-11-01T08:00:00Z '")]
    [InlineData("\"2026-11-01T08:00:00Z\\n\"")]
    [InlineData("''")]
    [InlineData("~")]
    [InlineData("[2026-11-01T08:00:00Z]")]
    public void Timestamp_refuses_every_other_form(string value)
    {
        Assert.Null(Read($"v: {value}").Timestamp("v"));
        Assert.Equal([$"f:1:4: error: {NotTime}"], Shown);
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("30s", 30_000)]
    [InlineData("'5m'", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("256204778h", 922_337_200_800_000)]
    public void Duration_takes_a_number_and_a_unit(string value, long milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read($"v: {value}").Duration("v"));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData("1.5s")]
    [InlineData("30 s")]
    [InlineData("30S")]
    [InlineData("1d")]
    [InlineData("1h30m")]
    [InlineData("00:00:30")]
    [InlineData("256204779h")]
    [InlineData("9223372036854775807ms")]
    [InlineData("9223372036854775808ms")]
    [InlineData("99999999999999999999999999s")]
    [InlineData("''")]
    [InlineData("~")]
    [InlineData("[1s]")]
    public void Duration_refuses_every_other_form(string value)
    {
        Assert.Null(Read($"v: {value}").Duration("v"));
        Assert.Equal([$"f:1:4: error: {NotDuration}"], Shown);
    }

    private IEnumerable<string> Shown => problems.Select(problem => problem.ToString());

    private FieldReader Read(string yaml)
    {
        var mapping = YamlReader.Read("f", Encoding.UTF8.GetBytes(yaml), problems);
        Assert.Empty(problems);
        return new FieldReader(mapping!, problems);
    }
}
