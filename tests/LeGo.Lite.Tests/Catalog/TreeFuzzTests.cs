using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LeGo.Lite.Catalog;
using LeGo.Lite.Tests.Support;
using Xunit;

namespace LeGo.Lite.Tests.Catalog;

/// <summary>The sample tree, damaged at random, the same at every run: what fails here fails again.</summary>
public sealed class TreeFuzzTests
{
    private const int Rounds = 120;

    private static readonly string[] Files =
        [.. Directory.EnumerateFiles(TempTree.Sample, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(TempTree.Sample, path))
            .Where(path => path.StartsWith("privatekeys/", StringComparison.Ordinal) || path.StartsWith("certificates/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    private static readonly string[] ApiKeys =
        [.. Files.Where(path => path.EndsWith(".yaml", StringComparison.Ordinal) || path.EndsWith(".txt", StringComparison.Ordinal))
            .SelectMany(path => File.ReadAllText(Path.Combine(TempTree.Sample, path)).Split([' ', '\n']))
            .Where(word => word.EndsWith("-0123456789abcdef", StringComparison.Ordinal))];

    private static readonly HashSet<UInt128> Secrets = SecretWindows();

    private readonly Random random = new(2026);
    private readonly HashSet<string> checkedPairs = [];

    [Fact]
    public void A_damaged_tree_is_served_in_part_and_never_wrongly()
    {
        Assert.InRange(ApiKeys.Length, 25, 40);
        var (served, broken, failed) = (0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            using var tree = new TempTree();
            Copy(tree);
            for (var i = random.Next(1, 8); i > 0; i--)
            {
                Damage(tree, Files[random.Next(Files.Length)]);
            }

            CatalogSnapshot snapshot;
            try
            {
                snapshot = tree.Scan();
            }
            catch (IOException)
            {
                failed++;
                continue;
            }

            broken += snapshot.Problems.Any(problem => problem.Severity == Severity.Error) ? 1 : 0;
            Assert.All(snapshot.Problems, problem => CheckProblem(problem, tree));
            served += snapshot.Certificates.Count(CheckCertificate);
        }

        // It damages much, but not everything.
        Assert.Equal(0, failed);
        Assert.InRange(broken, Rounds / 2, Rounds - 1);
        Assert.InRange(served, 8 * Rounds, (12 * Rounds) - 1);
    }

    private static void CheckProblem(Problem problem, TempTree tree)
    {
        Assert.True(problem.File == tree.Data || problem.File.StartsWith(tree.Data + "/", StringComparison.Ordinal), problem.File);
        Assert.InRange(problem.Position.Line, 1, 10_000);
        Assert.InRange(problem.Position.Column, 1, 70_000);
        Assert.All(ApiKeys, apiKey => Assert.DoesNotContain(apiKey, problem.ToString(), StringComparison.Ordinal));
    }

    /// <summary>True if it is served.</summary>
    private bool CheckCertificate(CertificateItem item)
    {
        if (item.NewestValidOrder.At(TempTree.Now) is not { } order)
        {
            return false;
        }

        foreach (var representation in new[] { order.Certificate, order.Issuers }.OfType<Representation>())
        {
            var text = TempTree.Body(representation);
            Assert.StartsWith("-----BEGIN CERTIFICATE-----\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE", text, StringComparison.Ordinal);
            if (checkedPairs.Add(representation.EntityTag))
            {
                foreach (var block in text.Split("-----END CERTIFICATE-----\n", StringSplitOptions.RemoveEmptyEntries))
                {
                    Assert.DoesNotContain(Windows(Convert.FromBase64String(block["-----BEGIN CERTIFICATE-----\n".Length..])), Secrets.Contains);
                }
            }
        }

        if (order.PrivateCertificate is { } pair && checkedPairs.Add(pair.EntityTag))
        {
            CheckPair(TempTree.Body(pair));
            CheckPair(TempTree.Body(order.PrivateCertificateChain));
        }

        return true;
    }

    private static void CheckPair(string text)
    {
        var cut = text.IndexOf("\n\n", StringComparison.Ordinal);
        using var leaf = X509Certificate2.CreateFromPem(text.AsSpan(cut + 2));
        using var rsa = leaf.GetRSAPublicKey();
        using var ec = leaf.GetECDsaPublicKey();
        using AsymmetricAlgorithm key = rsa is null ? ECDsa.Create() : RSA.Create();
        key.ImportFromPem(text.AsSpan(0, cut + 1));
        Assert.Equal((rsa ?? (AsymmetricAlgorithm)ec!).ExportSubjectPublicKeyInfo(), key.ExportSubjectPublicKeyInfo());
    }

    private static void Copy(TempTree tree)
    {
        foreach (var path in Files)
        {
            tree.Write(path, File.ReadAllBytes(Path.Combine(TempTree.Sample, path)));
        }
    }

    private void Damage(TempTree tree, string path)
    {
        var place = tree[path];
        if (!File.Exists(place) || File.GetAttributes(place).HasFlag(FileAttributes.ReparsePoint) || new FileInfo(place).Length == 0)
        {
            return;
        }

        var bytes = File.ReadAllBytes(place);
        var alike = Files.Where(file => Path.GetExtension(file) == Path.GetExtension(path)).ToList();
        var other = alike[random.Next(alike.Count)];
        switch (random.Next(10))
        {
            case 0:
                File.WriteAllBytes(place, bytes[..random.Next(bytes.Length)]);
                break;
            case 1:
                for (var i = random.Next(1, 4); i > 0; i--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                File.WriteAllBytes(place, bytes);
                break;
            case 2:
                File.Delete(place);
                break;
            case 3:
                File.WriteAllBytes(place, File.ReadAllBytes(Path.Combine(TempTree.Sample, other)));
                break;
            case 4:
                // Half of one file over the other: a write that is under way.
                var over = File.ReadAllBytes(Path.Combine(TempTree.Sample, other));
                var cut = random.Next(Math.Min(bytes.Length, over.Length));
                File.WriteAllBytes(place, [.. over[..cut], .. bytes[cut..]]);
                break;
            case 5:
                File.AppendAllBytes(place, File.ReadAllBytes(Path.Combine(TempTree.Sample, other)));
                break;
            case 6:
                File.Delete(place);
                _ = random.Next(3) switch
                {
                    0 => tree.Fifo(path),
                    1 => tree.Make(path),
                    _ => tree.Socket(path),
                };
                break;
            case 7:
                File.Delete(place);
                tree.Link(path, random.Next(4) switch
                {
                    0 => "/etc/passwd",
                    1 => Path.GetFileName(path),
                    2 => "nowhere",
                    _ => tree[other],
                });
                break;
            case 8:
                // The item once more, in capitals.
                var item = path.Split('/');
                item[1] = item[1].ToUpperInvariant();
                tree.Write(string.Join('/', item), bytes);
                break;
            default:
                File.Move(place, tree[path[..(path.LastIndexOf('/') + 1)] + (random.Next(2) == 0 ? "tls.key" : "fullchain.pem")], overwrite: true);
                break;
        }
    }

    /// <summary>Every 16 bytes in a row of a private key that are in no certificate: what the two share is public.</summary>
    private static HashSet<UInt128> SecretWindows()
    {
        var secrets = new HashSet<UInt128>();
        var shared = new HashSet<UInt128>();
        foreach (var path in Files.Select(path => Path.Combine(TempTree.Sample, path)))
        {
            var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
            while (PemEncoding.TryFind(text, out var fields))
            {
                var windows = Windows(Convert.FromBase64String(text[fields.Base64Data]));
                (text[fields.Label] == "CERTIFICATE" ? shared : secrets).UnionWith(windows);
                text = text[fields.Location.End..];
            }
        }

        secrets.ExceptWith(shared);
        Assert.InRange(secrets.Count, 1000, 1_000_000);
        return secrets;
    }

    private static IEnumerable<UInt128> Windows(byte[] der)
    {
        for (var i = 0; i + 16 <= der.Length; i++)
        {
            yield return BinaryPrimitives.ReadUInt128BigEndian(der.AsSpan(i, 16));
        }
    }
}
