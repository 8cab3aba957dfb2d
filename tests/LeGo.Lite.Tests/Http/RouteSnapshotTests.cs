using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Http;

/// <summary>The complete response of every route in both forms (SPEC 5).</summary>
public sealed class RouteSnapshotTests(SampleServer server) : IClassFixture<SampleServer>
{
    public static TheoryData<string> Routes => [.. Sample.Routes];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Header_form(string route) => Snapshot.Verify(
        (await GetAsync(route, "web.example.com")).ToString(), route);

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Legacy_form(string route) => Snapshot.Verify(
        (await server.GetAsync($"{Sample.Base}/{route}/printer.example.com/{Sample.Item("printer.example.com").ApiKey(route)}")).ToString(),
        route);

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Head(string route) => Snapshot.Verify(
        (await server.SendAsync("HEAD", $"{Sample.Base}/{route}/mail.example.com", $"apiKey: {Sample.Item("mail.example.com").ApiKey(route)}")).ToString(),
        route);

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Head_of_the_legacy_form(string route) => Snapshot.Verify(
        (await server.SendAsync("HEAD", $"{Sample.Base}/{route}/printer.example.com/{Sample.Item("printer.example.com").ApiKey(route)}/any.pem")).ToString(),
        route);

    [Theory]
    [InlineData("privatekeys", "mail.example.com")]
    [InlineData("certrootchains", "mail.example.com")]
    [InlineData("privatecerts", "mail.example.com")]
    [InlineData("privatekeys", "old.example.com")]
    [InlineData("privatekeys", "acme.example.com")]
    [InlineData("privatecertchains", "acme.example.com")]
    [InlineData("privatecertchains", "k8s.example.com")]
    [InlineData("certificates", "hashed.example.com")]
    [InlineData("certificates", "mounted.example.com")]
    [InlineData("privatekeys", "shared-key")]
    [InlineData("privatecerts", "shared.example.com")]
    [InlineData("privatecertchains", "leaf-only.example.com")]
    [InlineData("certificates", "locked.example.com")]
    [InlineData("certificates", "offline.example.com")]
    public async Task Item(string route, string name) => Snapshot.Verify(
        (await GetAsync(route, name)).ToString(), $"{route}_{name}");

    [Theory]
    [InlineData("old", "old")]
    [InlineData("old", "new")]
    [InlineData("new", "old")]
    [InlineData("new", "new")]
    public async Task Old_and_new_API_keys_mix(string certificate, string key) => Snapshot.Verify(
        (await server.GetAsync(
            $"{Sample.Base}/privatecerts/rotating.example.com",
            $"apiKey: rotating-cert-{certificate}-0123456789abcdef.rotating-key-{key}-0123456789abcdef")).ToString(),
        $"{certificate}.{key}");

    [Theory]
    [InlineData("legocerthub")]
    [InlineData("certwarden")]
    public async Task Base_path(string path) => Snapshot.Verify(
        (await server.GetAsync($"/{path}/api/v1/download/certificates/k8s.example.com", "X-API-Key: k8s-cert-0123456789abcdef")).ToString(),
        path);

    [Theory]
    [InlineData("GET", "legocerthub")]
    [InlineData("HEAD", "legocerthub")]
    [InlineData("GET", "certwarden")]
    public async Task Health(string method, string path) => Snapshot.Verify(
        (await server.SendAsync(method, $"/{path}/api/health")).ToString(), $"{method}_{path}");

    private Task<Response> GetAsync(string route, string name) =>
        server.GetAsync($"{Sample.Base}/{route}/{name}", $"apiKey: {Sample.Item(name).ApiKey(route)}");
}
