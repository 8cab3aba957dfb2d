using System.Security.Cryptography;
using System.Text;
using LeGo.Lite.Catalog;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

public sealed class CredentialsTests
{
    [Fact]
    public void Accepts_the_old_and_the_new_API_key_and_no_other()
    {
        var credentials = new Credentials(Of("old"), Of("new"), viaUrl: true);

        Assert.True(credentials.Accept(Of("old")));
        Assert.True(credentials.Accept(Of("new")));
        Assert.All(["", "Old", "ol", "oldnew", "old.new", " old"], other => Assert.False(credentials.Accept(Of(other))));
        Assert.True(credentials.ViaUrl);
    }

    [Fact]
    public void Without_a_new_API_key_only_the_old_one_is_accepted()
    {
        var credentials = new Credentials(Of("old"), null, viaUrl: false);

        Assert.True(credentials.Accept(Of("old")));
        Assert.False(credentials.Accept(Of("")));
        Assert.False(credentials.Accept(default));
        Assert.False(credentials.ViaUrl);
    }

    [Fact]
    public void Nobodys_accept_nothing()
    {
        Assert.All(["", "old", "nobody"], key => Assert.False(Credentials.OfNobody.Accept(Of(key))));
        Assert.False(Credentials.OfNobody.Accept(default));
        Assert.False(Credentials.OfNobody.Accept(ApiKeyDigest.Random()));
        Assert.False(ApiKeyDigest.Random().FixedTimeEquals(ApiKeyDigest.Random()));
    }

    [Fact]
    public void A_digest_is_the_SHA256()
    {
        var hex = Convert.ToHexString(SHA256.HashData("key"u8));

        Assert.True(ApiKeyDigest.Parse(hex)!.Value.FixedTimeEquals(Of("key")));
        Assert.True(ApiKeyDigest.Parse(hex.ToUpperInvariant())!.Value.FixedTimeEquals(Of("key")));
        Assert.False(ApiKeyDigest.Parse(hex)!.Value.FixedTimeEquals(Of("kez")));
    }

    [Fact]
    public void A_difference_in_any_bit_is_seen()
    {
        var hex = Convert.ToHexString(SHA256.HashData("key"u8));
        for (var i = 0; i < hex.Length; i++)
        {
            var other = hex.ToCharArray();
            other[i] = other[i] == '0' ? '1' : '0';
            Assert.False(ApiKeyDigest.Parse(other)!.Value.FixedTimeEquals(Of("key")));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("g000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000 ")]
    [InlineData("0x00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("００00000000000000000000000000000000000000000000000000000000000000")]
    public void Anything_but_64_hexadecimal_digits_is_no_digest(string text) => Assert.Null(ApiKeyDigest.Parse(text));

    private static ApiKeyDigest Of(string apiKey) => ApiKeyDigest.Of(Encoding.UTF8.GetBytes(apiKey));
}
