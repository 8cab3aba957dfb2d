using System.Text;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>
/// Trees that hold a good item, web.example.com, and beside it something broken. Each knows every line
/// that <c>check</c> has to print about it.
/// </summary>
/// <param name="Break">Breaks the items in a tree; bad.example.com is a whole one before.</param>
/// <param name="Problems">All of them, without the tree's path.</param>
internal sealed record HostileTree(Action<string> Break, params string[] Problems)
{
    private const string Key = "privatekeys/bad.example.com/privkey.pem";
    private const string KeyYaml = "privatekeys/bad.example.com/key.yaml";
    private const string CertificateYaml = "certificates/bad.example.com/certificate.yaml";
    private const string Order = "certificates/bad.example.com/orders/2026-01-01";
    private const string OrderYaml = $"{Order}/order.yaml";
    private const string Chain = $"{Order}/fullchain.pem";

    public static readonly Dictionary<string, HostileTree> All = new()
    {
        ["half a chain"] = new(
            tree => Cut(tree, Chain, lines: 10),
            $"{Chain}:1:1: error: this block never ends, the file may be half written: write it again, to its END line"),
        ["half a chain, in the second block"] = new(
            tree => Cut(tree, Chain, LinesOfLeaf + 5),
            $"{Chain}:{LinesOfLeaf + 1}:1: error: this block never ends, the file may be half written: write it again, to its END line"),
        ["half a private key"] = new(
            tree => Cut(tree, Key, lines: 12),
            $"{Key}:1:1: error: this block never ends, the file may be half written: write it again, to its END line"),
        ["a private key in a chain file"] = new(
            tree => File.AppendAllText(Path.Combine(tree, Chain), File.ReadAllText(Path.Combine(tree, Key))),
            $"{Chain}:{LinesOfChain + 1}:1: error: nothing of this file is served, it holds a private key: move the key into privkey.pem or tls.key"),
        ["a mismatched pair"] = new(
            tree => File.Copy(Path.Combine(tree, "privatekeys/web.example.com/privkey.pem"), Path.Combine(tree, Key), overwrite: true),
            $"{Chain}:1:1: error: the private key is not the one this certificate was issued for, so this order is not served; put the right key beside it, or name it with private_key"),
        ["an encrypted private key, PKCS#8"] = new(
            tree => Encrypt(tree),
            $"{Key}:1:1: error: an encrypted key can't be served: decrypt it, for example with openssl pkey -in ENCRYPTED.pem -out privkey.pem"),
        ["an encrypted private key, RFC 1421"] = new(
            tree => Encrypt(tree, "-traditional"),
            $"{Key}:2:1: error: an encrypted key can't be served: decrypt it, for example with openssl pkey -in ENCRYPTED.pem -out privkey.pem"),
        ["20,000 brackets"] = new(
            tree => Write(tree, KeyYaml, new string('[', 20_000)),
            $"{KeyYaml}:1:1: error: write keys and values, as in key: value"),
        ["20,000 brackets in a value"] = new(
            tree => Write(tree, CertificateYaml, "description: x\napi_key: " + new string('[', 20_000)),
            $"{CertificateYaml}:2:17: error: nest less: 8 levels are allowed"),
        ["invalid UTF-8 in YAML"] = new(
            tree => Write(tree, KeyYaml, [.. "description: x\napi_key: caf"u8, 0xe9, .. "-0123456789abcdef\n"u8]),
            $"{KeyYaml}:2:13: error: save the file as UTF-8: these bytes are not"),
        ["invalid UTF-8 in PEM"] = new(
            tree => Replace(tree, Chain, line: 3, [0xff, 0xfe, .. "QUJD"u8]),
            $"{Chain}:3:1: error: this is not base64: write the block again as it was issued"),
        ["a NUL in YAML"] = new(
            tree => Write(tree, CertificateYaml, "api_key: bad-cert-\00123456789abcdef\n"),
            $"{CertificateYaml}:1:19: error: remove this control character, or write it as an escape in double quotes"),
        ["a NUL in PEM"] = new(
            tree => Replace(tree, Key, line: 4, [.. "QUJD"u8, 0]),
            $"{Key}:4:5: error: this is a NUL byte: save the file as plain text (ASCII or UTF-8)"),
        ["a link loop"] = new(
            tree => Link(tree, Key, "privkey.pem"),
            $"{Key}:1:1: error: this link leads back to itself; remove it"),
        ["a link to its own directory"] = new(
            tree => Link(tree, $"{Order}/again", "../2026-01-01")),
        ["orders that lead to themselves"] = new(
            tree => Link(tree, "certificates/bad.example.com/orders/loop", "loop"),
            "certificates/bad.example.com/orders/loop:1:1: error: this link leads back to itself; remove it"),
        ["a link that leads nowhere"] = new(
            tree => Link(tree, Chain, "gone.pem"),
            $"{Chain}:1:1: error: this link leads nowhere; make what it points to, or remove it"),
        ["a file link out of the tree"] = new(
            tree => Link(tree, Key, "/etc/passwd"),
            $"{Key}:1:1: error: this link leads out of the tree and is not followed; name the directory it ends in under data_links of the config to permit it"),
        ["a directory link out of the tree"] = new(
            tree => Link(tree, "certificates/bad.example.com/orders/out", "/etc"),
            "certificates/bad.example.com/orders/out:1:1: error: this link leads out of the tree and is not followed; name the directory it ends in under data_links of the config to permit it"),
        ["FIFOs"] = new(
            tree =>
            {
                Fifo(tree, Key);
                Fifo(tree, CertificateYaml);
            },
            $"{Key}:1:1: error: this is not a regular file, so it is never opened; put a plain file here",
            $"{CertificateYaml}:1:1: error: this is not a regular file, so it is never opened; put a plain file here"),
        ["a FIFO for a chain and an order's metadata"] = new(
            tree =>
            {
                Fifo(tree, Chain);
                Fifo(tree, OrderYaml);
            },
            $"{Chain}:1:1: error: this is not a regular file, so it is never opened; put a plain file here",
            $"{OrderYaml}:1:1: error: this is not a regular file, so it is never opened; put a plain file here"),
        ["a FIFO as the file of an API key"] = new(
            tree =>
            {
                Write(tree, KeyYaml, "api_key_file: fifo\n");
                Fifo(tree, "privatekeys/bad.example.com/fifo");
            },
            $"{KeyYaml}:1:15: error: can't read the file named here: it is not a regular file"),
        ["a directory in the place of a file"] = new(
            tree =>
            {
                File.Delete(Path.Combine(tree, Key));
                Directory.CreateDirectory(Path.Combine(tree, Key));
            },
            $"{Key}:1:1: error: this is not a regular file, so it is never opened; put a plain file here"),
        ["files that are too large"] = new(
            tree =>
            {
                Write(tree, KeyYaml, "api_key: 0123456789abcdef0123\n" + new string('#', 64 * 1024));
                Write(tree, Chain, new string('\n', (256 * 1024) + 1));
            },
            $"{KeyYaml}:1:1: error: can't read this file: it is larger than 64 KiB",
            $"{Chain}:1:1: error: can't read this file: it is larger than 256 KiB"),
        ["names that differ in case"] = new(
            tree => TempDirectory.Copy(Path.Combine(tree, "certificates/bad.example.com"), Path.Combine(tree, "certificates/BAD.example.com")),
            "certificates/BAD.example.com:1:1: error: another item's name differs from this one only in case, so neither is served; rename one",
            "certificates/bad.example.com:1:1: error: another item's name differs from this one only in case, so neither is served; rename one"),
        ["an API key with a dot on a certificate"] = new(
            tree => Write(tree, CertificateYaml, "api_key: bad.cert.0123456789abcdef\n"),
            $"{CertificateYaml}:1:10: error: a certificate's API key can't hold a dot: the dot parts it from the private key's, so it could never match"),
        ["an empty API key"] = new(
            tree => Write(tree, KeyYaml, "api_key: ''\n"),
            $"{KeyYaml}:1:10: error: this API key is empty; lego-lite new-key makes one"),
        ["200 broken items"] = new(
            tree =>
            {
                for (var i = 100; i < 300; i++)
                {
                    Write(tree, $"certificates/broken-{i}/certificate.yaml", "api_key: [\n");
                }
            },
            [.. Enumerable.Range(100, 200).Select(i => $"certificates/broken-{i}/certificate.yaml:2:1: error: mend the YAML here: look at indentation, quotes, brackets and colons")]),
    };

    private static int LinesOfLeaf => Pem.Blocks(File.ReadAllText(SampleChain))[0].Count(c => c == '\n');

    private static int LinesOfChain => File.ReadAllText(SampleChain).Count(c => c == '\n');

    private static string SampleChain => Sample.Named("printer").ChainFile;

    public static string Make(TempDirectory temp, Action<string> breakIt)
    {
        var tree = temp.AddSample("tree", "web.example.com", "printer.example.com");
        foreach (var section in new[] { "privatekeys", "certificates" })
        {
            Directory.Move(Path.Combine(tree, section, "printer.example.com"), Path.Combine(tree, section, "bad.example.com"));
        }

        breakIt(tree);
        return tree;
    }

    private static void Write(string tree, string name, string text) => Write(tree, name, Encoding.UTF8.GetBytes(text));

    private static void Write(string tree, string name, byte[] bytes)
    {
        var file = Path.Combine(tree, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }

    private static void Cut(string tree, string name, int lines)
    {
        var file = Path.Combine(tree, name);
        File.WriteAllLines(file, File.ReadAllLines(file)[..lines]);
    }

    private static void Replace(string tree, string name, int line, byte[] with)
    {
        var lines = File.ReadAllLines(Path.Combine(tree, name)).Select(Encoding.ASCII.GetBytes).ToList();
        lines[line - 1] = with;
        Write(tree, name, [.. lines.SelectMany(bytes => bytes.Append((byte)'\n'))]);
    }

    private static void Encrypt(string tree, params string[] options)
    {
        var file = Path.Combine(tree, Key);
        new Command("openssl", ["pkey", "-in", file, "-out", $"{file}.new", "-aes256", "-passout", "pass:secret", .. options]).RunWell();
        File.Move($"{file}.new", file, overwrite: true);
    }

    private static void Link(string tree, string name, string target)
    {
        File.Delete(Path.Combine(tree, name));
        File.CreateSymbolicLink(Path.Combine(tree, name), target);
    }

    private static void Fifo(string tree, string name)
    {
        File.Delete(Path.Combine(tree, name));
        new Command("mkfifo", Path.Combine(tree, name)).RunWell();
    }
}
