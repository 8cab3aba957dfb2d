using System.Text;
using CsCheck;
using LeGo.Lite.Yaml;
using Xunit;

namespace LeGo.Lite.Tests.Yaml;

/// <summary>What holds for any input.</summary>
public sealed class YamlPropertyTests
{
    private const string Secret = "Sw0rdfishQq7";
    private const int Rounds = 20_000;

    private static readonly string[] KnownKeys = ["a", "b", "api_key", "description", "list", "listen", "reload", "log"];

    private static readonly Gen<string> Text = Gen.Frequency(
            (3, Gen.Char['\0', '\x7f'].Select(c => $"{c}")),
            (1, Gen.Int[0, 0x10ffff].Where(Rune.IsValid).Select(value => new Rune(value).ToString())))
        .Array[0, 20]
        .Select(string.Concat);

    /// <summary>The secret in every position a file has, and files to break.</summary>
    private static readonly string[] Seeds =
    [
        $"api_key: {Secret}\n",
        $"{Secret}: x\n",
        $"{Secret}: x\n{Secret}: y\n",
        $"a: &{Secret} x\nb: *{Secret}\n",
        $"a: !{Secret} x\n",
        $"a: !{Secret}!t x\n",
        $"a: !<{Secret}> x\n",
        $"%{Secret} x\n---\na: b\n",
        $"%TAG !{Secret}! tag:{Secret}\n---\na: !{Secret}!x b\n",
        $"%YAML {Secret}\n---\na: b\n",
        $"# {Secret}\na: b # {Secret}\n",
        $"a: \"{Secret}\\{Secret}\"\n",
        $"a: '{Secret}\nb: {Secret}",
        $"a: [{Secret}, {{{Secret}: {Secret}}}]\n",
        $"? [{Secret}]\n: {Secret}\n",
        $"a: |\n  {Secret}\n\t{Secret}\n",
        $"a: >{Secret}\n  x\n",
        $"--- {Secret}\n... {Secret}\n",
        $"a: {Secret}: {Secret}\n",
        $"@{Secret}",
        $"a:\n  b: {Secret}\n c: d\n",
        "# é 🔑\r\ndescription: \"\\u00e9 \\ud83d\\udd11 🔑\"\r\nlist: [a, 'b', \"c\"]\r\nt: 2026-11-01T08:00:00Z\r\n",
        "listen: [http://127.0.0.1:4050]\nreload:\n  debounce: 250ms\n  rescan: 30s\nlog: {level: debug}\n",
    ];

    private static readonly string[] Pieces =
    [
        "[", "]", "{", "}", ",", ":", ": ", "- ", "? ", "&a ", "*a ", "!", "! ", "!!str ", "!<", "%", "\"", "'", "|\n", ">\n", "#", " #",
        "---\n", "...\n", "\n", "\r", "\r\n", "\t", "  ", "\\", "\\u", "\\ud83d\\u", "\\U", "\\x", "<<: ", "~", "a: ", "\0", "\uFEFF", "🔑",
        Secret, Secret + ": ",
    ];

    [Fact]
    public void A_node_does_not_print_its_value()
    {
        var mapping = YamlReader.Read("f", "api_key: planted-secret\n"u8, [])!;

        Assert.DoesNotContain("planted", $"{mapping.Entries[0]} {mapping.Entries[0].Value}", StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_read_gives_a_tree_or_one_problem_inside_the_file_without_its_text()
    {
        var random = new Random(20261101); // the same inputs in every run
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = round % 10 == 0 ? RandomBytes(random) : Mutated(random);
            Check(bytes);
        }
    }

    [Fact]
    public void No_problem_tells_a_secret_wherever_it_stands()
    {
        foreach (var seed in Seeds)
        {
            Check(Encoding.UTF8.GetBytes(seed));
        }
    }

    [Fact]
    public void Double_quoted_texts_come_back_as_they_were() =>
        Gen.Dictionary(Text, Text)[0, 8].Sample(
            texts =>
            {
                var yaml = string.Concat(texts.Select(pair => $"{Quote(pair.Key)}: {Quote(pair.Value)}\n"));
                var problems = new List<Problem>();
                var mapping = YamlReader.Read("f", Encoding.UTF8.GetBytes(yaml), problems);

                Assert.Empty(problems);
                var reader = new FieldReader(mapping!, problems);
                foreach (var (key, value) in texts)
                {
                    Assert.Equal(value, reader.Text(key)?.Value);
                }

                reader.Finish();
                Assert.Empty(problems);
            },
            iter: 2_000,
            threads: 1);

    private static void Check(byte[] bytes)
    {
        var problems = new List<Problem>();
        var mapping = YamlReader.Read("f", bytes, problems);
        Assert.Equal(mapping is null ? 1 : 0, problems.Count);

        if (mapping is not null)
        {
            // All there is to report about values: keys asked for as every type, and not at all.
            var reader = new FieldReader(mapping, problems);
            reader.Finish();
            foreach (var key in KnownKeys)
            {
                reader.Text(key);
                reader.Flag(key);
                reader.Timestamp(key);
                reader.Duration(key);
                reader.Choice(key, ("one", 1));
                reader.TextList(key);
                reader.Mapping(key)?.Finish();
            }

            reader.Finish();
        }

        var lines = Encoding.UTF8.GetString(bytes).ReplaceLineEndings("\n").Split('\n');
        foreach (var problem in problems)
        {
            Assert.InRange(problem.Position.Line, 1, lines.Length);
            Assert.InRange(problem.Position.Column, 1, lines[problem.Position.Line - 1].Length + 1);
            AssertTellsNothing(problem.ToString());
        }
    }

    private static void AssertTellsNothing(string text)
    {
        for (var i = 0; i + 6 <= Secret.Length; i++)
        {
            Assert.DoesNotContain(Secret.Substring(i, 6), text, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(64)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>One of the files with one to four places removed, doubled, moved in from another file, or overwritten.</summary>
    private static byte[] Mutated(Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]).ToList();
        for (var change = random.Next(1, 5); change > 0; change--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = random.Next(Math.Min(8, bytes.Count - at) + 1);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]));
                    break;
                case 4 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Escapes only what has to be escaped, so that the rest is read as it stands.</summary>
    private static string Quote(string text) => $"\"{string.Concat(text.Select(c => c switch
    {
        '"' or '\\' => $"\\{c}",
        < ' ' or (>= '\x7f' and < '\xa0') or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff' => $"\\u{(int)c:x4}",
        _ => $"{c}",
    }))}\"";
}
