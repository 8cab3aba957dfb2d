using System.Text.RegularExpressions;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.Debian;

/// <summary>lego-lite(1) says what the binary can be told, and no more.</summary>
public sealed partial class ManPageTests
{
    [Fact]
    public void Its_synopsis_is_that_of_the_binary()
    {
        var synopsis = ManPage.Section("SYNOPSIS").Where(line => line.Length > 0).SelectMany(Told);

        Assert.Equal(Usage.Commands.Prepend("").SelectMany(OfBinary).Order(StringComparer.Ordinal), synopsis.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_command_and_option_is_explained_and_no_other()
    {
        var explained = ManPage.Section("DESCRIPTION").Select(line => Term().Match(line)).Where(match => match.Success).Select(match => match.Groups["term"].Value);

        Assert.Equal(
            Usage.Commands.Select(command => string.Join(' ', [command, .. Usage.Arguments(command)]))
                .Concat(Usage.Commands.SelectMany(command => Usage.Options(command)).Concat(Usage.Options()).Distinct())
                .Order(StringComparer.Ordinal),
            explained.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("mandoc", "-Tlint", "-Wwarning")]
    [InlineData("man", "--warnings=w", "-l")]
    public void Nothing_is_wrong_with_how_it_is_written(string program, params string[] arguments)
    {
        var result = new Command(program, [.. arguments, ManPage.File]) { Environment = [("MANWIDTH", "80"), ("LC_ALL", "C.UTF-8")] }.RunWell();

        Assert.Empty(result.Errors);
        if (program == "mandoc")
        {
            Assert.Empty(result.Text);
        }
    }

    /// <summary>What a line of the synopsis says, option by option; one that has a choice says several.</summary>
    private static IEnumerable<string> Told(string line)
    {
        var words = Synopsis().Match(line);
        string[] commands = words.Groups["any"].Success ? ["", .. Usage.Commands]
            : words.Groups["optional"].Success ? ["", words.Groups["optional"].Value]
            : [words.Groups["command"].Value];
        var told = Option().Matches(words.Groups["rest"].Value).Select(match => match.Value).ToArray();
        return commands.SelectMany(command => told.Select(option => $"{command} {option}"));
    }

    private static IEnumerable<string> OfBinary(string command) =>
        (command.Length == 0 ? Usage.Options() : [.. Usage.Arguments(command), .. Usage.Options(command)]).Select(option => $"{command} {option}");

    [GeneratedRegex(@"^ +lego-lite ?(?<any>\[command\])?(\[(?<optional>[a-z-]+)\])?(?<command>[a-z][a-z-]*)?(?<rest>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Synopsis();

    [GeneratedRegex(@"--[a-z-]+( [A-Z]+)?|(?<= )[A-Z]+")]
    private static partial Regex Option();

    // A term of a list, with or without its explanation behind it.
    [GeneratedRegex(@"^     (-h, )?(?<term>(--)?[a-z-]+( [A-Z]+)?)(  .*)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Term();
}
