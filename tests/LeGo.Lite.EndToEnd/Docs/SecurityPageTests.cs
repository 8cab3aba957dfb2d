using System.Text.RegularExpressions;
using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Docs;

/// <summary>docs/security.md names a test for each promise; a promise whose test is gone is none.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Each_promise_names_tests_that_are_there()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups["name"].Value}"))
            .ToHashSet();
        var promises = File.ReadAllLines(Path.Combine(Repository.Root, "docs/security.md"))
            .SkipWhile(line => line != "| promise | test |").Skip(2).TakeWhile(line => line.StartsWith('|')).ToList();

        Assert.True(promises.Count > 20, "docs/security.md has no table of promises.");
        Assert.All(promises, promise =>
        {
            var named = Name().Matches(promise).Select(match => match.Value).ToList();
            Assert.True(named.Count > 0, $"There is no test for: {promise}");
            Assert.All(named, test => Assert.Contains(test, tests));
        });
    }

    [GeneratedRegex(@"\bpublic (static )?(async Task|void) (?<name>\w+)\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Method();

    [GeneratedRegex(@"\w+Tests\.\w+")]
    private static partial Regex Name();
}
