using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Docs;

/// <summary>What README.md says one can type works, and prints what it says.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Every_console_block_works()
    {
        var readme = Path.Combine(Repository.Root, "README.md");
        Assert.True(File.Exists(readme), "There is no README.md.");
        var blocks = ConsoleBlock.Read(File.ReadAllText(readme));
        Assert.True(blocks.Any(block => block.Steps.Count > 0), "README.md has no ```console block with a command in it.");

        using var session = new ConsoleSession();
        foreach (var block in blocks)
        {
            session.Run(block);
        }
    }

    [Fact]
    public void What_does_not_work_is_found()
    {
        using var session = new ConsoleSession();

        session.Run(Block("$ cd data.sample", "$ x=y; ls -d privatekeys; echo $x", "privatekeys", "y"));
        session.Run(Block("$ make run", "…", "$ git clone https://example.com/lego-lite", "$ cd lego-lite", "$ sudo reboot", "$ make", "$ lego-lite check"));
        session.Run(Block("$ curl -s http://127.0.0.1:4050/certwarden/api/v1/download/certificates/x", "{…\"unauthorized\"}"));
        Fails("prints", "$ echo a", "b");
        Fails("prints", "$ artifacts/lego-lite check", "nonsense");
        Fails("no such command", "$ no-such-command", "…");
        Fails("no no-such-target", "$ make no-such-target");
        Fails("not every command", "$ exit 0", "$ echo a", "a");

        void Fails(string message, params string[] lines) =>
            Assert.Contains(message, Assert.ThrowsAny<Exception>(() => session.Run(Block(lines))).Message, StringComparison.Ordinal);
    }

    private static ConsoleBlock Block(params string[] lines) =>
        Assert.Single(ConsoleBlock.Read($"```console\n{string.Join('\n', lines)}\n```\n"));
}
