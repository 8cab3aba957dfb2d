using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

/// <summary>One broken item is one problem, never another item's.</summary>
public sealed class IsolationTests : IDisposable
{
    private static readonly (string Path, Action<TempTree, string> Break)[] Ways =
    [
        ("privatekeys/{0}/key.yaml", (tree, path) => tree.Write(path, "")),
        ("privatekeys/{0}/key.yaml", (tree, path) => tree.Write(path, new string('[', 20_000))),
        ("privatekeys/{0}/key.yaml", (tree, path) => tree.Write(path, [0xff, 0xfe, 0])),
        ("privatekeys/{0}/key.yaml", (tree, path) => tree.Write(path, new byte[70_000])),
        ("privatekeys/{0}/key.yaml", (tree, path) => tree.Write(path, $"api_key_file: {new string('x', 300)}\n")),
        ("privatekeys/{0}/key.yaml", (tree, path) => tree.Write(path, "api_key_file: .\n")),
        ("privatekeys/{0}/key.yaml", (tree, path) => tree.Fifo(path)),
        ("privatekeys/{0}/key.yaml", (tree, path) => tree.Link(path, "/etc/passwd")),
        ("privatekeys/{0}", (_, _) => { }),
        ("privatekeys/{0}/privkey.pem", (tree, path) => tree.Write(path, Material.One.KeyPem[..100])),
        ("privatekeys/{0}/privkey.pem", (tree, path) => tree.Write(path, Material.One.KeyPem + Material.Two.KeyPem)),
        ("privatekeys/{0}/privkey.pem", (tree, path) => tree.Write(path, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")),
        ("privatekeys/{0}/privkey.pem", (tree, path) => tree.Write(path, new byte[300_000])),
        ("privatekeys/{0}/privkey.pem", (tree, path) => tree.Make(path)),
        ("privatekeys/{0}/privkey.pem", (tree, path) => tree.Link(path, "privkey.pem")),
        ("certificates/{0}/certificate.yaml", (tree, path) => tree.Write(path, "api_key: a.b\n")),
        ("certificates/{0}/certificate.yaml", (tree, path) => tree.Write(path, "\0")),
        ("certificates/{0}/certificate.yaml", (tree, path) => tree.Socket(path)),
        ("certificates/{0}/orders/2026/order.yaml", (tree, path) => tree.Write(path, "status: [valid]\n")),
        ("certificates/{0}/orders/2026/fullchain.pem", (tree, path) => tree.Write(path, Material.One.Chain()[..300])),
        ("certificates/{0}/orders/2026/fullchain.pem", (tree, path) => tree.Write(path, Material.One.KeyPem)),
        ("certificates/{0}/orders/2026/fullchain.pem", (tree, path) => tree.Write(path, Material.Two.Chain())),
        ("certificates/{0}/orders/2026/fullchain.pem", (tree, path) => tree.Fifo(path)),
        ("certificates/{0}/orders/2026/privkey.pem", (tree, path) => tree.Write(path, Material.Two.KeyPem)),
        ("certificates/{0}/orders", (tree, path) => tree.Link(path, "/")),
    ];

    private readonly TempTree tree = new();

    public void Dispose() => tree.Dispose();

    [Fact]
    public void Two_hundred_broken_items_of_all_kinds_leave_the_good_one_served()
    {
        tree.Good("good");
        var expected = new List<string>();
        var chain = Material.One.Chain();
        for (var i = 0; i < 200; i++)
        {
            var (path, breakIt) = Ways[i % Ways.Length];
            var name = $"broken-{i}";
            tree.Key(name, TempTree.KeyYaml, Material.One.KeyPem).Certificate(name).Order(name, "2026", chain);
            path = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, name);
            if (path.EndsWith(name, StringComparison.Ordinal))
            {
                File.Delete(tree[$"{path}/key.yaml"]);
            }
            else if (Directory.Exists(tree[path]))
            {
                Directory.Delete(tree[path], recursive: true);
            }
            else
            {
                File.Delete(tree[path]);
            }

            breakIt(tree, path);

            // A wrong key is a problem of the chain that it does not fit.
            expected.Add(tree[path.Replace("orders/2026/privkey", "orders/2026/fullchain", StringComparison.Ordinal)]);
        }

        var snapshot = tree.Scan();

        var errors = snapshot.Problems.Where(problem => problem.Severity == Severity.Error).ToList();
        Assert.Equal(expected.Order(StringComparer.Ordinal), errors.Select(problem => problem.File).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Material.One.KeyPem, TempTree.Body(snapshot.PrivateKey("good")!.Download.At(TempTree.Now)));
        Assert.NotNull(snapshot.Certificate("good")!.NewestValidOrder.At(TempTree.Now)!.PrivateCertificateChain);
        Assert.Empty(snapshot.Unsettled);
    }
}
