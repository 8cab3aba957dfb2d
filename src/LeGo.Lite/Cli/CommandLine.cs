using System.Collections;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using LeGo.Lite.Config;

namespace LeGo.Lite.Cli;

/// <summary>Arguments to command to exit status (SPEC 7).</summary>
/// <param name="serve">Runs the server: the one command that does not end by itself.</param>
/// <param name="time">What the time is.</param>
/// <param name="output">What a command was asked for.</param>
/// <param name="errors">Why it can't be had.</param>
internal sealed class CommandLine(Func<ServerConfig, Task<int>> serve, TimeProvider time, TextWriter output, TextWriter errors)
{
    private readonly Option<string> configFile = new("--config")
    {
        Description = "the config file; default: ./lego-lite.yaml, then /etc/lego-lite/lego-lite.yaml, if there is one",
        HelpName = "FILE",
    };

    private readonly Option<string> data = new("--data")
    {
        Description = "the data directory; wins over the config",
        HelpName = "DIR",
    };

    private readonly Option<string[]> listen = new("--listen")
    {
        Description = "an address to listen on, such as http://127.0.0.1:4050; can be repeated; wins over the config",
        HelpName = "URL",
    };

    private readonly Option<bool> json = new("--json") { Description = "print JSON" };

    private readonly Argument<Uri> url = new("URL")
    {
        Description = "such as http://127.0.0.1:4050/certwarden/api/health, with an IP address or localhost; with https:// any certificate will do",
        CustomParser = argument =>
        {
            var parsed = HealthCommand.Parse(argument.Tokens[0].Value, out var fault);
            if (parsed is null)
            {
                argument.AddError($"health: {fault}.");
            }

            return parsed;
        },
    };

    /// <summary>Exit status 0: fine; 1: problems or failure; 2: wrong usage.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        // A "@" in an argument is a "@": no response files.
        var parsed = Commands().Parse(arguments, new() { ResponseFileTokenReplacer = null });
        if (parsed.Errors is [var error, ..])
        {
            await errors.WriteLineAsync($"lego-lite: {error.Message} See lego-lite --help.");
            return ExitStatus.WrongUsage;
        }

        return await parsed.InvokeAsync(new()
        {
            Output = output,
            Error = errors,
            EnableDefaultExceptionHandler = false,

            // The host waits for signals itself, and lets what is in flight end.
            ProcessTerminationTimeout = null,
        });
    }

    private RootCommand Commands()
    {
        listen.Validators.Add(option =>
        {
            foreach (var url in option.Tokens)
            {
                if (ListenAddress.Parse(url.Value, out var fault) is null)
                {
                    option.AddError($"--listen: {fault}.");
                }
            }
        });

        var serveCommand = new Command("serve", "serve downloads; the same as no command") { configFile, data, listen };
        serveCommand.SetAction((parsed, _) => ServeAsync(parsed));

        var check = new Command("check", "list every problem in the config and the data tree") { configFile, data, json };
        check.SetAction(parsed => CheckCommand.Run(Flags(parsed), Variables, time.GetUtcNow(), parsed.GetValue(json), output));

        var list = new Command("list", "list the certificates with the newest valid order of each") { configFile, data, json };
        list.SetAction(parsed => ListCommand.Run(Flags(parsed), Variables, time.GetUtcNow(), parsed.GetValue(json), output, errors));

        var newKey = new Command("new-key", "make a new API key and its SHA-256");
        newKey.SetAction(_ => NewKeyCommand.Run(output));

        var health = new Command("health", "ask a server whether it is well, as containers do: exit status 0 if it answers with 2xx within 3 seconds") { url };
        health.SetAction((parsed, _) => HealthCommand.RunAsync(parsed.GetRequiredValue(url), time, errors));

        var root = new RootCommand("Hands TLS certificates and private keys, kept in a directory tree, to the machines that need them.")
        {
            configFile, data, listen, serveCommand, check, list, newKey, health,
        };
        root.SetAction((parsed, _) => ServeAsync(parsed));

        // HTTPS is as safe as the OpenSSL that speaks it.
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        return root;
    }

    private async Task<int> ServeAsync(ParseResult parsed)
    {
        var problems = new List<Problem>();
        if (ConfigReader.Read(Flags(parsed), Variables, problems) is { } config)
        {
            return await serve(config);
        }

        foreach (var problem in problems)
        {
            await errors.WriteLineAsync(problem.ToString());
        }

        return ExitStatus.Failure;
    }

    private ConfigFlags Flags(ParseResult parsed) =>
        new(parsed.GetValue(configFile), parsed.GetValue(data), parsed.GetValue(listen) ?? []);

    private static IEnumerable<KeyValuePair<string, string>> Variables =>
        Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? ""));

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
            output.WriteLine(OpenSsl.Description);
            return ExitStatus.Fine;
        }
    }
}
