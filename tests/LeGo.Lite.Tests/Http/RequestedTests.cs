using System.Text;
using LeGo.Lite.Catalog;
using LeGo.Lite.Http;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>What isn't there goes the way of what is (SPEC 5).</summary>
public sealed class RequestedTests
{
    private static readonly CatalogSnapshot Snapshot = Sample.Scan(Sample.Now);

    // Item, API key of the combined routes, whether it comes in the URL, the reason.
    public static TheoryData<string, string, bool, string> Refusals => new()
    {
        { "nobody.example.com", "wrong-wrong-wrong-wrong-w.wrong-wrong-wrong-wrong-", false, "no item of this name" },
        { "nobody.example.com", "wrong-wrong-wrong-wrong-w.wrong-wrong-wrong-wrong-", true, "no item of this name" },
        { "web.example.com", "", false, "no API key" },
        { "web.example.com", "wrong-wrong-wrong-wrong-w.wrong-wrong-wrong-wrong-", false, "wrong API key" },
        { "web.example.com", "web-cert-0123456789abcdef.wrong-wrong-wrong-wrong-", false, "wrong API key" },
        { "locked.example.com", "locked-cert-0123456789abcdef.locked-key-0123456789abcdef", false, "API key disabled" },
        { "web.example.com", "web-cert-0123456789abcdef.web-key-0123456789abcdef", true, "API key via URL not allowed" },
    };

    [Theory]
    [InlineData("PrivateKey")]
    [InlineData("Certificate")]
    [InlineData("Both")]
    public void Nobodys_items_stand_for_an_unknown_name(string needs)
    {
        var requested = Find(Enum.Parse<RouteNeeds>(needs), "nobody.example.com");

        Assert.Null(requested.Name);
        Assert.Same(PrivateKeyItem.OfNobody, requested.PrivateKey);
        Assert.Same(CertificateItem.OfNobody, requested.Certificate);
        Assert.Same(OrderItem.OfNobody, requested.Order);
    }

    [Fact]
    public void Nobodys_private_key_stands_for_one_without_an_item()
    {
        var order = CertificateItem.OfNobody.NewestValidOrder.At(Sample.Now);

        Assert.Same(OrderItem.OfNobody, order);
        Assert.Same(PrivateKeyItem.OfNobody, order!.PrivateKey);
        Assert.Same(PrivateKeyItem.OfNobody, Find(RouteNeeds.Certificate, "web.example.com").PrivateKey);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refusal_allocates_nothing_whatever_its_reason(string name, string apiKey, bool viaUrl, string reason)
    {
        var bytes = Encoding.ASCII.GetBytes(apiKey);
        Assert.Equal(reason, Refuse());

        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = Refuse();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        string? Refuse() => Authorization.Refuse(Find(RouteNeeds.Both, name), RouteNeeds.Both, bytes, viaUrl);
    }

    private static Requested Find(RouteNeeds needs, string name) => Requested.Find(Snapshot, needs, name, Sample.Now);
}
