using System.Globalization;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>What a download is at its own moment, with no file touched and nothing read again (SPEC 4, 5).</summary>
public sealed class TimeTests
{
    private const string WebOrders = "certificates/web.example.com/orders";
    private const string AcmeOrders = "certificates/acme.example.com/orders";

    [Fact]
    public async Task An_order_begins_with_its_leaf()
    {
        var march = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        await using var server = await SampleServer.StartAsync(new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(Sample.Text($"{WebOrders}/2026-01-01/fullchain.pem"), (await GetAsync(server, "certificates", "web.example.com")).Body);
        Assert.Equal(Sample.Text($"{AcmeOrders}/2026-01-01/privkey.pem"), (await GetAsync(server, "privatekeys", "acme.example.com")).Body);

        server.Time.SetUtcNow(march.AddTicks(-1));
        Assert.Equal(Sample.Text($"{WebOrders}/2026-01-01/fullchain.pem"), (await GetAsync(server, "certificates", "web.example.com")).Body);

        server.Time.SetUtcNow(march);
        Assert.Equal(Sample.Text($"{WebOrders}/2026-03-01/fullchain.pem"), (await GetAsync(server, "certificates", "web.example.com")).Body);
        Assert.Equal(Sample.Text($"{AcmeOrders}/2026-03-01/privkey.pem"), (await GetAsync(server, "privatekeys", "acme.example.com")).Body);
        Assert.Equal(
            $"{Sample.Text($"{AcmeOrders}/2026-03-01/privkey.pem")}\n{Sample.Text($"{AcmeOrders}/2026-03-01/fullchain.pem")}",
            (await GetAsync(server, "privatecertchains", "acme.example.com")).Body);
    }

    [Fact]
    public async Task An_order_ends_with_its_leaf()
    {
        var end = new DateTimeOffset(2020, 4, 1, 0, 0, 0, TimeSpan.Zero);
        await using var server = await SampleServer.StartAsync(end.AddTicks(-1));
        Assert.Equal(200, (await GetAsync(server, "certificates", "old.example.com")).Status);

        server.Time.SetUtcNow(end);

        Assert.Equal(404, (await GetAsync(server, "certificates", "old.example.com")).Status);
        Assert.Equal(404, (await GetAsync(server, "privatecerts", "old.example.com")).Status);
        Assert.Equal(200, (await GetAsync(server, "privatekeys", "old.example.com")).Status);
    }

    [Fact]
    public async Task The_older_order_comes_back_when_the_newer_one_ends_first()
    {
        // The newer by its metadata is the one whose leaf ends first.
        await using var server = await SampleServer.StartAsync(
            new(2055, 12, 31, 23, 59, 59, TimeSpan.Zero),
            data => File.WriteAllText(Path.Combine(data, WebOrders, "2026-01-01/order.yaml"), "created_at: 2026-06-01T08:00:00Z\n"));
        Assert.Equal(Sample.Text($"{WebOrders}/2026-01-01/fullchain.pem"), (await GetAsync(server, "certificates", "web.example.com")).Body);

        server.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Sample.Text($"{WebOrders}/2026-03-01/fullchain.pem"), (await GetAsync(server, "certificates", "web.example.com")).Body);
    }

    [Theory]
    [InlineData("privatekeys", "web.example.com", "Thu, 01 Jan 2026 08:00:00 GMT")]
    [InlineData("certificates", "web.example.com", "Sun, 01 Mar 2026 08:00:10 GMT")]
    [InlineData("certrootchains", "web.example.com", "Sun, 01 Mar 2026 08:00:10 GMT")]
    [InlineData("privatecerts", "web.example.com", "Sun, 01 Mar 2026 08:00:10 GMT")]
    [InlineData("certificates", "mail.example.com", "Thu, 01 Jan 2026 00:00:00 GMT")]
    [InlineData("privatecerts", "mail.example.com", "Thu, 01 Jan 2026 08:00:00 GMT")]
    [InlineData("privatecertchains", "mail.example.com", "Thu, 01 Jan 2026 08:00:00 GMT")]
    [InlineData("privatekeys", "acme.example.com", "Mon, 04 May 2026 03:02:01 GMT")]
    [InlineData("privatecerts", "acme.example.com", "Mon, 04 May 2026 03:02:01 GMT")]
    public async Task Last_modified_of_both_is_the_later(string route, string name, string lastModified)
    {
        await using var server = await SampleServer.StartAsync();

        Assert.Equal(lastModified, (await GetAsync(server, route, name))["Last-Modified"]);
    }

    [Fact]
    public async Task Last_modified_is_never_later_than_now()
    {
        // The file was written in May.
        var now = new DateTimeOffset(2026, 2, 1, 10, 20, 30, 456, TimeSpan.Zero);
        await using var server = await SampleServer.StartAsync(now);

        var response = await GetAsync(server, "privatekeys", "acme.example.com");
        Assert.Equal("Sun, 01 Feb 2026 10:20:30 GMT", response["Last-Modified"]);
        Assert.Equal(304, (await GetAsync(server, "privatekeys", "acme.example.com", $"If-Modified-Since: {response["Last-Modified"]}")).Status);
        Assert.Equal(200, (await GetAsync(server, "privatekeys", "acme.example.com", $"If-Unmodified-Since: {response["Last-Modified"]}")).Status);

        server.Time.SetUtcNow(Sample.FileTime.AddHours(1));
        Assert.Equal(
            Sample.FileTime.ToString("R", CultureInfo.InvariantCulture),
            (await GetAsync(server, "privatekeys", "acme.example.com"))["Last-Modified"]);
    }

    [Theory]
    [InlineData("privatekeys")]
    [InlineData("certificates")]
    [InlineData("privatecertchains")]
    [InlineData("privatecerts")]
    [InlineData("certrootchains")]
    public async Task The_same_download_gives_the_same_bytes_until_the_data_changes(string route)
    {
        await using var server = await SampleServer.StartAsync();
        await using var other = await SampleServer.StartAsync();
        var first = await GetAsync(server, route, "rotating.example.com");
        server.Time.Advance(TimeSpan.FromDays(400));

        Assert.Equal(200, first.Status);
        Assert.Equal(first.Received, (await GetAsync(server, route, "rotating.example.com")).Received);
        Assert.Equal(first.Received, (await GetAsync(other, route, "rotating.example.com")).Received);
    }

    private static Task<Response> GetAsync(SampleServer server, string route, string name, params string[] headers) =>
        server.GetAsync($"{Sample.Base}/{route}/{name}", [$"apiKey: {Sample.Item(name).ApiKey(route)}", .. headers]);
}
