using System.Globalization;
using System.Text;
using LeGo.Lite.Catalog;
using LeGo.Lite.Files;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

/// <summary>
/// Vectors/metadata: each is the <c>key.yaml</c>, <c>certificate.yaml</c> or <c>order.yaml</c> that its name begins
/// with. Expected are the problems of this file, then <c>served</c> with what was read, or <c>not served</c>.
/// <c>@TREE@</c> stands for the data directory.
/// </summary>
public sealed class MetadataVectorTests
{
    private static readonly string[] ApiKeys =
    [
        TempTree.ApiKey, "new-key-0123456789abcdef", "mounted-key-0123456789abcdef", "short", "with.dot-0123456789abcdef", "!~visible-0123456789abcdef", "",
    ];

    public static TheoryData<string> VectorNames => [.. VectorFile.Names("metadata")];

    [Theory]
    [MemberData(nameof(VectorNames))]
    public void Gives_what_its_vector_says(string name)
    {
        var vector = Vector.Load("metadata", name);
        using var tree = Tree();
        var path = name.Split('-')[0] switch
        {
            "key" => "privatekeys/web/key.yaml",
            "certificate" => "certificates/web/certificate.yaml",
            _ => "certificates/web/orders/1/order.yaml",
        };
        tree.Write(path, Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(vector.Body).Replace("@TREE@", tree.Data, StringComparison.Ordinal)));

        var records = new TreeReader().Read(TreeWalk.Walk(tree.Data, DataTree.Layout, []));

        var text = new StringBuilder();
        foreach (var problem in records.Problems)
        {
            Assert.Equal(tree[path], problem.File);
            text.Append(problem.ToString().AsSpan(problem.File.Length + 1)).Append('\n');
        }

        Show(name, records, text);
        Assert.Equal(vector.Expected, text.ToString());
    }

    [Fact]
    public void No_problem_quotes_an_API_key()
    {
        const string Secret = "Secr3tS3cr3t";
        using var tree = Tree();
        foreach (var name in VectorFile.Names("metadata").Where(name => name.StartsWith("key-", StringComparison.Ordinal)))
        {
            var body = Encoding.Latin1.GetString(Vector.Load("metadata", name).Body);
            foreach (var apiKey in ApiKeys.Where(key => key.Length > 0))
            {
                body = body.Replace(apiKey, Secret, StringComparison.Ordinal);
            }

            tree.Write("privatekeys/web/key.yaml", Encoding.Latin1.GetBytes(body));
            Assert.All(tree.Problems(), problem => Assert.DoesNotContain(Secret, problem, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>All that a vector may refer to.</summary>
    private static TempTree Tree()
    {
        var tree = new TempTree().Key("web", TempTree.KeyYaml, Material.One.KeyPem).Key("Other", TempTree.KeyYaml, Material.One.KeyPem)
            .Certificate("web", TempTree.CertificateYaml + "private_key: web\n").Order("web", "1", Material.One.Chain());
        foreach (var directory in (string[])["privatekeys/web", "certificates/web"])
        {
            tree.Write($"{directory}/secret.txt", "mounted-key-0123456789abcdef")
                .Write($"{directory}/secret-lf.txt", "mounted-key-0123456789abcdef\n")
                .Write($"{directory}/secret-crlf.txt", "mounted-key-0123456789abcdef\r\n\r\n")
                .Write($"{directory}/secret-lines.txt", "mounted-key-0123456789abcdef\nanother\n")
                .Write($"{directory}/secret-space.txt", "mounted-key-0123456789abcdef \n")
                .Write($"{directory}/secret-bom.txt", "\uFEFFmounted-key-0123456789abcdef")
                .Write($"{directory}/secret-nul.txt", "mounted-key\0-0123456789abcdef")
                .Write($"{directory}/secret-short.txt", "short")
                .Write($"{directory}/secret-dot.txt", "with.dot-0123456789abcdef")
                .Write($"{directory}/empty.txt", "")
                .Write($"{directory}/newline.txt", "\n")
                .Write($"{directory}/large.txt", new string('x', 4097))
                .Make($"{directory}/directory")
                .Fifo($"{directory}/fifo")
                .Link($"{directory}/link.txt", "secret-lf.txt")
                .Link($"{directory}/.dangling.txt", "nowhere")
                .Link($"{directory}/.loop.txt", ".loop.txt");
        }

        return tree.Write("mounted.txt", "mounted-key-0123456789abcdef");
    }

    private static void Show(string name, TreeRecords records, StringBuilder text)
    {
        var key = records.PrivateKeys.SingleOrDefault(key => key.Name == "web");
        var certificate = records.Certificates.SingleOrDefault();
        var order = certificate?.Orders.SingleOrDefault();
        object? served = name.Split('-')[0] switch
        {
            "key" => key,
            "certificate" => certificate,
            _ => order,
        };
        if (served is null)
        {
            text.Append("not served\n");
            return;
        }

        text.Append("served\n");
        switch (served)
        {
            case PrivateKeyRecord:
                ShowCredentials(key!.Config.Credentials);
                Line("disabled", key.Config.Disabled ? "yes" : null);
                Line("updated", Time(key.Config.UpdatedAt));
                break;
            case CertificateRecord:
                ShowCredentials(certificate!.Credentials);
                Line("key", certificate.PrivateKeyName);
                break;
            default:
                Line("created", order!.CreatedAt == order.Chain.NotBefore ? "notBefore" : Time(order.CreatedAt));
                Line("updated", order.UpdatedAt == order.Chain.NotBefore ? "notBefore" : Time(order.UpdatedAt));
                Line("key", order.PrivateKeyName);
                break;
        }

        void ShowCredentials(Credentials credentials)
        {
            foreach (var apiKey in ApiKeys.Where(apiKey => credentials.Accept(ApiKeyDigest.Of(Encoding.UTF8.GetBytes(apiKey)))))
            {
                Line("accepts", apiKey);
            }

            Line("via url", credentials.ViaUrl ? "yes" : null);
        }

        void Line(string what, string? value) => text.Append(value is null ? "" : $"  {what}: {value}\n");

        static string? Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
    }
}
