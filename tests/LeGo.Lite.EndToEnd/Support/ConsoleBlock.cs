using System.Text;
using System.Text.RegularExpressions;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>
/// A fenced block of Markdown marked <c>console</c>: lines that begin with <c>$ </c> are commands, one
/// that ends in a backslash goes on in the next line, the others are what the command before them
/// prints. There <c>…</c> alone on a line stands for any lines, and within a line for any text.
/// </summary>
/// <param name="Line">Of the fence, counted from 1.</param>
/// <param name="Steps">What to do and to see, in order.</param>
internal sealed partial record ConsoleBlock(int Line, IReadOnlyList<ConsoleStep> Steps)
{
    public static IReadOnlyList<ConsoleBlock> Read(string markdown)
    {
        var blocks = new List<ConsoleBlock>();
        var lines = markdown.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is not { Success: true } fence)
            {
                continue;
            }

            var start = i;
            var body = new List<string>();
            while (++i < lines.Length && lines[i].TrimEnd() != fence.Groups[1].Value)
            {
                body.Add(lines[i]);
            }

            if (fence.Groups[2].Value == "console")
            {
                blocks.Add(new(start + 1, ReadSteps(body)));
            }
        }

        return blocks;
    }

    private static List<ConsoleStep> ReadSteps(List<string> lines)
    {
        var steps = new List<ConsoleStep>();
        var output = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (!lines[i].StartsWith("$ ", StringComparison.Ordinal))
            {
                output.Add(lines[i]);
                continue;
            }

            var command = lines[i][2..];
            while (command.EndsWith('\\') && i + 1 < lines.Count)
            {
                command += "\n" + lines[++i];
            }

            output = [];
            steps.Add(new(command, output));
        }

        return steps;
    }

    [GeneratedRegex(@"^(```+)(\w*)\s*$")]
    private static partial Regex Fence();
}

/// <param name="Command">For bash.</param>
/// <param name="Expected">Its output's lines; none means that it prints nothing.</param>
internal sealed record ConsoleStep(string Command, IReadOnlyList<string> Expected)
{
    private const char Any = '…';

    public bool Matches(string output)
    {
        var pattern = new StringBuilder(@"\A");
        foreach (var line in Expected)
        {
            pattern.Append(line.Trim() == $"{Any}"
                ? "(?:[^\n]*\n)*?"
                : $"{string.Join("[^\n]*", line.Split(Any).Select(Regex.Escape))}\n");
        }

        var text = output.Length == 0 || output.EndsWith('\n') ? output : output + "\n";
        return Regex.IsMatch(text, pattern.Append(@"\z").ToString(), RegexOptions.CultureInvariant);
    }
}
