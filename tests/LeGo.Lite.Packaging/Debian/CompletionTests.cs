using System.Text;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Debian;

/// <summary>Each shell is asked what it would complete; that is what the binary can be told, and no more.</summary>
public sealed class CompletionTests
{
    private static readonly string Completions = Path.Combine(Repository.Root, "packaging", "completions");

    public static TheoryData<string> Shells => ["bash", "zsh", "fish"];

    [Theory]
    [MemberData(nameof(Shells))]
    public void Commands(string shell) =>
        Assert.Equal(Usage.Commands.Order(StringComparer.Ordinal), Complete(shell, "lego-lite ").Where(word => !word.StartsWith('-')));

    [Theory]
    [MemberData(nameof(Shells))]
    public void Options_without_a_command(string shell) =>
        Assert.Equal(Names(Usage.Options()), Complete(shell, "lego-lite --"));

    [Theory]
    [MemberData(nameof(Shells))]
    public void Options_of_each_command(string shell) => Assert.All(
        Usage.Commands,
        command => Assert.Equal(Names(Usage.Options(command)), Complete(shell, $"lego-lite {command} --")));

    [Theory]
    [MemberData(nameof(Shells))]
    public void Files_and_directories(string shell)
    {
        using var temp = new TempDirectory();
        temp.Write("it.yaml", "");
        temp.Write("items/file", "");

        Assert.All(["lego-lite", "lego-lite serve", "lego-lite check", "lego-lite list"], command =>
        {
            Assert.Equal([temp["it.yaml"], temp["items"]], Complete(shell, $"{command} --config {temp["it"]}"));
            Assert.Equal([temp["items"]], Complete(shell, $"{command} --data {temp["it"]}"));
        });
    }

    private static IEnumerable<string> Names(IEnumerable<string> options) =>
        options.Select(option => option.Split(' ')[0]).Order(StringComparer.Ordinal);

    /// <summary>What the shell offers for the last word of a line.</summary>
    private static IEnumerable<string> Complete(string shell, string line) => Ask(shell, line).Select(word => word.TrimEnd('/')).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Ask(string shell, string line)
    {
        if (shell == "fish")
        {
            // Before a tab: what it would insert; after it, what that is.
            return new Command("fish", "--no-config", "-c", $"source {Completions}/fish/lego-lite.fish; complete --do-complete '{line}'")
                .RunWell().Lines.Select(offered => offered.Split('\t')[0]);
        }

        // In an interactive shell, Meta-* puts all that is offered in the place of the last word. Control-A and Enter write it
        // to a file: what the terminal shows besides is the shell's own affair.
        using var temp = new TempDirectory();
        var offered = temp["offered"];
        var (program, setup) = shell == "bash"
            ? ("bash --norc --noprofile -i", $"source {Completions}/bash/lego-lite")
            : ("zsh -f -i", $$"""
                fpath=({{Completions}}/zsh $fpath); autoload -Uz compinit; compinit -u -D
                zle -C all complete-word _generic; bindkey '\e*' all; zstyle ':completion:all:*' completer _all_matches _complete; zstyle ':completion:all:*' insert yes
                """);
        var typed = $"{setup}\n{line}\u001b*\u0001printf '%s\\n' >{offered} \nexit\n";
        new Command("script", "-qec", program, "/dev/null") { Input = Encoding.UTF8.GetBytes(typed), Environment = [("TERM", "dumb")] }.RunWell();
        return File.ReadAllLines(offered).Skip(line.Split(' ').Length - 1);
    }
}
