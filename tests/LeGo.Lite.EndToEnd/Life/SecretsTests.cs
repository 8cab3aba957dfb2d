using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>Nothing that is written anywhere holds an API key or a part of a private key.</summary>
public sealed class SecretsTests
{
    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public void No_request_brings_a_secret_into_the_log(string format)
    {
        using var server = LegoLite.Serve(Repository.Sample, ("LEGO_LITE_LOG__LEVEL", "trace"), ("LEGO_LITE_LOG__FORMAT", format));
        var answers = new StringBuilder();

        foreach (var apiKey in Sample.ApiKeys)
        {
            foreach (var request in Requests(apiKey))
            {
                answers.Append(Encoding.Latin1.GetString(RawHttp.Send(server.Address, request)));
            }
        }

        foreach (var sample in Sample.All)
        {
            foreach (var (download, apiKey, _, _) in sample.Downloads)
            {
                Assert.Equal(200, server.Download(download, apiKey).Status);
            }
        }

        Assert.Equal(0, server.Stop());
        Assert.True(server.LogLines.Length > 200, "The requests are not in the log.");
        Secrets.AssertNone(server.Log);
        Assert.DoesNotContain(Sample.ApiKeys, apiKey => answers.ToString().Contains(apiKey, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_secret_in_the_wrong_place_of_a_tree_stays_out_of_its_problem()
    {
        const string ApiKey = "web-key-0123456789abcdef";
        var privateKey = File.ReadAllText(Path.Combine(Repository.Sample, "privatekeys/web.example.com/privkey.pem"));
        var indented = string.Concat(privateKey.TrimEnd().Split('\n').Select(line => $"  {line}\n"));
        string[] metadata =
        [
            $"{ApiKey}\n", $"- {ApiKey}\n", $"{ApiKey}: true\n", $"api_key: x\n{ApiKey}: y\n", $"api_key: [{ApiKey}]\n", $"api_key: {{{ApiKey}: x}}\n",
            $"api_key: &{ApiKey} x\n", $"api_key: *{ApiKey}\n", $"api_key: !{ApiKey} x\n", $"api_key: \"{ApiKey}\n", $"api_key: '{ApiKey}' x\n", $"%{ApiKey}\n",
            $"api_key: \"\\q{ApiKey}\"\n", $"api_key: {ApiKey}: x\n", $"api_key: @{ApiKey}\n", $"api_key: {ApiKey}\n api_key: {ApiKey}\n",
            $"api_key: {ApiKey}\napi_key: {ApiKey}\n", $"api_key: {ApiKey}\n---\napi_key: {ApiKey}\n", $"api_key: {ApiKey} {ApiKey}\n",
            $"api_key_sha256: {ApiKey}\n", $"api_key_file: {ApiKey}\n", $"api_key_file: /etc/{ApiKey}/\0\n", $"api_key: {ApiKey}\napi_key_sha256: {ApiKey}\n",
            $"api_key_via_url: {ApiKey}\n", $"api_key_disabled: {ApiKey}\n", $"updated_at: {ApiKey}\n", $"description: [{ApiKey}]\n", $"private_key: {ApiKey}\n",
            $"private_key: '{ApiKey} '\n", $"status: {ApiKey}\n", $"api_key: {ApiKey}\u00e9\n", $"api_key: {ApiKey}\u2028\n",
            privateKey, $"api_key: |\n{indented}", $"{privateKey}: x\n", $"api_key: \"{privateKey}\"\n", $"api_key: {privateKey}", $"key: [{indented}",
        ];
        string[] chains =
        [
            privateKey, ApiKey, $"-----BEGIN {ApiKey}-----\nAAAA\n-----END {ApiKey}-----\n", $"-----BEGIN CERTIFICATE-----\n{ApiKey}\n-----END CERTIFICATE-----\n",
            privateKey.Replace("PRIVATE KEY", "CERTIFICATE", StringComparison.Ordinal), privateKey[..(privateKey.Length / 2)], $"{privateKey[..500]}!{privateKey[500..]}",
            privateKey.Replace("\n-----END", "=\n-----END", StringComparison.Ordinal), $"-----BEGIN CERTIFICATE-----\n{privateKey}",
        ];

        using var temp = new TempDirectory();
        foreach (var (text, i) in metadata.Select((text, i) => (text, i)))
        {
            temp.Write($"tree/privatekeys/item-{i}/key.yaml", text);
            temp.Write($"tree/certificates/item-{i}/certificate.yaml", text);
            temp.Write($"tree/certificates/order-{i}/certificate.yaml", "api_key: 0123456789abcdef0123\n");
            temp.Write($"tree/certificates/order-{i}/orders/1/order.yaml", text);
        }

        foreach (var (text, i) in chains.Select((text, i) => (text, i)))
        {
            temp.Write($"tree/privatekeys/pem-{i}/key.yaml", "api_key: 0123456789abcdef0123\n");
            temp.Write($"tree/privatekeys/pem-{i}/privkey.pem", text);
            temp.Write($"tree/certificates/pem-{i}/certificate.yaml", "api_key: 0123456789abcdef0123\n");
            temp.Write($"tree/certificates/pem-{i}/orders/1/fullchain.pem", text);
        }

        foreach (var command in new[] { LegoLite.Command("check"), LegoLite.Command("check", "--json"), LegoLite.Command("list"), LegoLite.Command("list", "--json") })
        {
            var result = (command with { Arguments = [.. command.Arguments, "--data", temp["tree"]] }).Run();
            Assert.Equal(1, result.Status);
            Secrets.AssertNone(result.Text + result.Errors);
        }

        using var server = LegoLite.Serve(temp["tree"], ("LEGO_LITE_LOG__LEVEL", "trace"));
        Assert.Equal(0, server.Stop());
        Assert.True(server.LogLines.Length > metadata.Length, "The problems are not in the log.");
        Secrets.AssertNone(server.Log);
    }

    [Fact]
    public void A_secret_in_the_wrong_place_of_a_config_stays_out_of_its_problem()
    {
        const string ApiKey = "web-key-0123456789abcdef";
        using var temp = new TempDirectory();
        foreach (var text in new[]
        {
            ApiKey, $"{ApiKey}: x\n", $"listen: [{ApiKey}]\n", $"listen: ['http://user:{ApiKey}@127.0.0.1']\n", $"base_paths: [{ApiKey}]\n",
            $"log: {{level: {ApiKey}}}\n", $"reload: {{rescan: {ApiKey}}}\n", $"allow_plaintext: {ApiKey}\n", $"tls: {{{ApiKey}: x}}\n",
        })
        {
            temp.Write("lego-lite.yaml", text);
            foreach (var command in new[] { "check", "serve" })
            {
                var result = (LegoLite.Command(command) with { Directory = temp.Path }).Run();
                Assert.Equal(1, result.Status);
                Secrets.AssertNone(result.Text + result.Errors);
            }
        }
    }

    /// <summary>Every way to send it that is not a good download.</summary>
    private static IEnumerable<string> Requests(string apiKey)
    {
        const string Download = "/legocerthub/api/v1/download";
        var encoded = Secrets.PercentEncoded(apiKey);
        string[] targets =
        [
            $"{Download}/certificates/web.example.com/{apiKey}",
            $"{Download}/certificates/web.example.com/{encoded}",
            $"{Download}/privatecerts/printer.example.com/{apiKey}.{apiKey}/cert.pem",
            $"{Download}/privatecerts/printer.example.com/{encoded}%2e{encoded}",
            $"/legocerthub/api/v1/%64ownload/privatekeys/web.example.com/{apiKey}",
            $"/legocerthub/api/v1/%64ownload/privatekeys/web.example.com/{encoded}",
            $"{Download}/certificates/{apiKey}",
            $"{Download}/certificates/{encoded}",
            $"{Download}/{apiKey}/web.example.com",
            $"/{apiKey}",
            $"//{encoded}//",
            $"{Download}/certificates/web.example.com?apiKey={apiKey}",
            $"{Download}/certificates/web.example.com/x?{encoded}#{apiKey}",
            $"http://{apiKey}.example.com{Download}/certificates/web.example.com/{apiKey}",
            $"http://x/{encoded}",
            $"{Download}/certificates/web.example.com/{apiKey}%",
            $"{Download}/certificates/web.example.com/%zz{apiKey}",
            $"{Download}/certificates/web.example.com/%00{apiKey}",
            $"{Download}/certificates/web.example.com/%ff{apiKey}%c3",
            $"{Download}/certificates/web.example.com/../../{apiKey}",
            $"{Download}/certificates/web.example.com/{apiKey}{new string('x', 9000)}",
            $"*{apiKey}",
            apiKey,
        ];
        foreach (var target in targets)
        {
            yield return $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        }

        var request = $"{Download}/certificates/web.example.com HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
        yield return $"GET {request}apiKey: {apiKey}.\r\n\r\n";
        yield return $"GET {request}apiKey: .{apiKey}\r\n\r\n";
        yield return $"GET {request}X-API-Key: {encoded}\r\n\r\n";
        yield return $"GET {request}apiKey: {apiKey}{new string('x', 5000)}\r\n\r\n";
        yield return $"GET {request}apiKey: {apiKey}{new string('x', 50_000)}\r\n\r\n";
        yield return $"GET {request}apiKey: {apiKey}\r\napiKey: {apiKey}\r\n\r\n";
        yield return $"GET {request}apiKey: {apiKey}\u0001\r\n\r\n";
        yield return $"GET {request}{apiKey}: x\r\n\r\n";
        yield return $"GET {request}{apiKey}\r\n\r\n";
        yield return $"GET {request}Authorization: Bearer {apiKey}\r\nReferer: http://x/{apiKey}\r\nCookie: {apiKey}\r\nIf-None-Match: {apiKey}\r\n\r\n";
        yield return $"GET {request.Replace("Host: x", $"Host: {apiKey}/", StringComparison.Ordinal)}\r\n\r\n";
        yield return $"GET {request}Content-Length: {apiKey}\r\n\r\n";
        yield return $"GET {request}Transfer-Encoding: {apiKey}\r\n\r\n";
        yield return $"POST {request}Transfer-Encoding: chunked\r\n\r\n{apiKey}\r\n";
        yield return $"POST {Download}/certificates/web.example.com/{apiKey} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        yield return $"{apiKey} /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        yield return $"GET {Download}/certificates/web.example.com/{apiKey} HTTP/{apiKey}\r\n\r\n";
        yield return $"GET {Download}/certificates/web.example.com/{apiKey}\0 HTTP/1.1\r\nHost: x\r\n\r\n";
        yield return $"GET {Download}/certificates/web.example.com/ {apiKey} HTTP/1.1\r\nHost: x\r\n\r\n";
        yield return $"{apiKey}\r\n\r\n";
    }
}
