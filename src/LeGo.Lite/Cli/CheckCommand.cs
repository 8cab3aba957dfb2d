using System.Text.Json;
using LeGo.Lite.Catalog;
using LeGo.Lite.Config;

namespace LeGo.Lite.Cli;

/// <summary><c>lego-lite check</c>: every problem in config and tree; silent when there is none.</summary>
internal static class CheckCommand
{
    public static int Run(ConfigFlags flags, IEnumerable<KeyValuePair<string, string>> environment, DateTimeOffset now, bool json, TextWriter output)
    {
        var problems = new List<Problem>();
        if (ConfigReader.Read(flags, environment, problems) is { } config)
        {
            problems.AddRange(Scan(config, now));
        }

        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(
                [.. problems.Select(problem => new JsonProblem(
                    problem.File, problem.Position.Line, problem.Position.Column, problem.Severity.ToString().ToLowerInvariant(), problem.Text))],
                CliJson.Default.JsonProblemArray));
        }
        else
        {
            problems.ForEach(output.WriteLine);
        }

        return problems.Exists(problem => problem.Severity == Severity.Error) ? ExitStatus.Failure : ExitStatus.Fine;
    }

    private static IEnumerable<Problem> Scan(ServerConfig config, DateTimeOffset now)
    {
        try
        {
            return new CatalogSource(config.Data, config.DataLinks, config.Tls).Scan(now).Problems;
        }
        catch (IOException failure)
        {
            return [Problem.Error(config.Data, Position.Start, failure.Message)];
        }
    }
}
