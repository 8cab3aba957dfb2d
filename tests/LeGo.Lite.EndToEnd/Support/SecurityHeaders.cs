using Xunit;

namespace LeGo.Lite.EndToEnd.Support;

internal static class SecurityHeaders
{
    /// <summary>What every response carries, and the one header that none does.</summary>
    public static void AssertOn(Response response)
    {
        Assert.Equal("nosniff", response["X-Content-Type-Options"]);
        Assert.Equal("no-referrer", response["Referrer-Policy"]);
        Assert.Equal("deny", response["X-Frame-Options"]);
        Assert.Equal("default-src 'none'", response["Content-Security-Policy"]);
        Assert.Null(response["Server"]);
    }
}
