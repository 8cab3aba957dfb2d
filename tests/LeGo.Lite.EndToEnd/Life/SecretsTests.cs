using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>Nothing that is written anywhere holds an API key or a part of a private key.</summary>
public sealed class SecretsTests
{
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
}
