using Xunit;

namespace LeGo.Lite.Tests;

public sealed class OpenSslTests
{
    [Theory]
    [InlineData(0x3000_0130, "3.0.19")]
    [InlineData(0x3060_0000, "3.6.0")]
    [InlineData(0x4000_0ff0, "4.0.255")]
    [InlineData(0x1010_117f, "1.1.1w")]
    [InlineData(0x1010_100f, "1.1.1")]
    public void A_version_is_written_as_openssl_does(long number, string text) => Assert.Equal(text, OpenSsl.VersionText(number));
}
