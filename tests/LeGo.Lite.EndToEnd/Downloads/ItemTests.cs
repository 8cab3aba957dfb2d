using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Downloads;

/// <summary>What each of the special items of data.sample shows.</summary>
public sealed class ItemTests(SampleServer sample) : IClassFixture<SampleServer>
{
    private const string End = "-0123456789abcdef";

    public static TheoryData<string> CertificateRoutes => ["certificates", "privatecertchains", "privatecerts", "certrootchains"];

    public static TheoryData<string> CombinedRoutes => ["privatecertchains", "privatecerts"];

    [Theory]
    [MemberData(nameof(CertificateRoutes))]
    public void A_certificate_whose_orders_have_expired_is_not_found(string route)
    {
        var apiKey = route.StartsWith("private", StringComparison.Ordinal) ? $"old-cert{End}.old-key{End}" : $"old-cert{End}";
        sample.Server.Download($"{route}/old.example.com", apiKey)
            .Expect(404, "error: not found (certificate has no valid order)");
    }

    [Fact]
    public void The_private_key_of_an_expired_certificate_is_served() =>
        Assert.Equal(
            Pem.BlocksOf(Path.Combine(Repository.Sample, "privatekeys/old.example.com/privkey.pem"))[0],
            sample.Server.Download("privatekeys/old.example.com", $"old-key{End}").Text);

    [Theory]
    [InlineData("2026-01-01")]
    [InlineData("2026-05-01")]
    public void An_older_and_a_revoked_order_never_show(string order)
    {
        var orders = Path.Combine(Repository.Sample, "certificates/web.example.com/orders");
        var hidden = Pem.BlocksOf(Path.Combine(orders, order, "fullchain.pem"))[0];
        var bodies = Sample.Named("web").Downloads.Select(download => sample.Server.Download(download.Download, download.ApiKey)).ToList();

        Assert.Equal(5, bodies.Count);
        Assert.All(bodies, body => Assert.Equal(200, body.Status));
        Assert.All(bodies, body => Assert.DoesNotContain(hidden, body.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Last_modified_is_the_orders_the_keys_or_the_later_of_both()
    {
        const string Key = "Thu, 01 Jan 2026 08:00:00 GMT";
        const string Order = "Sun, 01 Mar 2026 08:00:10 GMT";

        Assert.Equal(
            [Key, Order, Order, Order, Order],
            Sample.Named("web").Downloads.Select(download => sample.Server.Download(download.Download, download.ApiKey)["Last-Modified"]!));
    }

    [Fact]
    public void Last_modified_of_a_key_without_updated_at_is_its_files_time()
    {
        using var temp = new TempDirectory();
        var tree = temp.AddSample("tree", "web.example.com");
        temp.Write("tree/privatekeys/web.example.com/key.yaml", $"api_key: web-key{End}\n");
        File.SetLastWriteTimeUtc(Path.Combine(tree, "privatekeys/web.example.com/privkey.pem"), new(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc));

        using var server = LegoLite.Serve(tree);

        Assert.Equal("Tue, 03 Feb 2026 04:05:06 GMT", server.Download("privatekeys/web.example.com", $"web-key{End}")["Last-Modified"]);
    }

    [Theory]
    [InlineData("old", "old")]
    [InlineData("old", "new")]
    [InlineData("new", "old")]
    [InlineData("new", "new")]
    public void While_keys_rotate_old_and_new_mix_freely(string certificate, string key)
    {
        foreach (var (download, _, body, _) in Sample.Named("rotating").Downloads)
        {
            var apiKey = download.Split('/')[0] switch
            {
                "privatekeys" => $"rotating-key-{key}{End}",
                "certificates" or "certrootchains" => $"rotating-cert-{certificate}{End}",
                _ => $"rotating-cert-{certificate}{End}.rotating-key-{key}{End}",
            };
            Assert.Equal(body, sample.Server.Download(download, apiKey).Text);
        }
    }

    [Fact]
    public void Of_an_item_with_a_hash_the_hash_is_no_api_key()
    {
        var hash = File.ReadLines(Path.Combine(Repository.Sample, "certificates/hashed.example.com/certificate.yaml"))
            .Single(line => line.StartsWith("api_key_sha256: ", StringComparison.Ordinal))["api_key_sha256: ".Length..];

        Assert.Equal(hash, OpenSsl.Sha256($"hashed-cert{End}"));
        sample.Server.Download("certificates/hashed.example.com", hash).Expect(401, "unauthorized");
    }

    [Fact]
    public void A_locked_private_key_is_closed_alone_and_together()
    {
        Assert.Equal(200, sample.Server.Download("certificates/locked.example.com", $"locked-cert{End}").Status);
        Assert.Equal(200, sample.Server.Download("certrootchains/locked.example.com", $"locked-cert{End}").Status);
        sample.Server.Download("privatekeys/locked.example.com", $"locked-key{End}").Expect(401, "unauthorized");
        sample.Server.Download("privatecerts/locked.example.com", $"locked-cert{End}.locked-key{End}").Expect(401, "unauthorized");
        sample.Server.Download("privatecertchains/locked.example.com", $"locked-cert{End}.locked-key{End}").Expect(401, "unauthorized");
    }

    [Fact]
    public void A_private_key_that_is_elsewhere_is_not_found_but_its_certificate_is()
    {
        Assert.Equal(200, sample.Server.Download("certificates/offline.example.com", $"offline-cert{End}").Status);
        Assert.Equal(200, sample.Server.Download("certrootchains/offline.example.com", $"offline-cert{End}").Status);
        sample.Server.Download("privatekeys/offline.example.com", $"offline-key{End}").Expect(404, "error: not found (private key has no pem)");
        sample.Server.Download("privatecerts/offline.example.com", $"offline-cert{End}.offline-key{End}")
            .Expect(404, "error: not found (order has no private key)");
        sample.Server.Download("privatecertchains/offline.example.com", $"offline-cert{End}.offline-key{End}")
            .Expect(404, "error: not found (order has no private key)");
    }

    [Fact]
    public void A_chain_of_the_leaf_alone_has_no_rest()
    {
        const string ApiKey = $"leaf-only-cert{End}";
        var chain = sample.Server.Download("certificates/leaf-only.example.com", ApiKey).Text;

        Assert.Single(Pem.Blocks(chain));
        sample.Server.Download("certrootchains/leaf-only.example.com", ApiKey).Expect(404, "error: not found (order has no chain)");
        var withKey = sample.Server.Download("privatecertchains/leaf-only.example.com", $"{ApiKey}.shared-key{End}").Text;
        Assert.Equal($"{Sample.Named("shared").Key}\n{chain}", withKey);
        Assert.Equal(withKey, sample.Server.Download("privatecerts/leaf-only.example.com", $"{ApiKey}.shared-key{End}").Text);
    }

    [Theory]
    [MemberData(nameof(CombinedRoutes))]
    public void A_combined_api_key_has_one_dot_and_two_right_halves(string route)
    {
        const string Key = $"web-key{End}";
        const string Certificate = $"web-cert{End}";

        foreach (var wrong in new[]
        {
            Certificate, Key, $"{Key}.{Certificate}", $"{Certificate}.", $".{Key}", $"{Certificate}..{Key}",
            $"{Certificate}.{Key}.", $".{Certificate}.{Key}", $"{Certificate}.{Key}.{Key}", $"{Certificate}.mail-key{End}",
        })
        {
            sample.Server.Download($"{route}/web.example.com", wrong).Expect(401, "unauthorized");
        }
    }

    [Theory]
    [InlineData("certificates")]
    [InlineData("certrootchains")]
    public void A_single_api_key_with_a_dot_is_refused(string route)
    {
        sample.Server.Download($"{route}/web.example.com", $"web-cert{End}.web-key{End}").Expect(401, "unauthorized");
        sample.Server.Download($"{route}/web.example.com", $"web-cert{End}.").Expect(401, "unauthorized");
    }
}
