using LeGo.Lite;
using LeGo.Lite.Cli;

try
{
    return await new CommandLine(
        config => App.ServeAsync(config, TimeProvider.System, Console.Out, Console.Error, CancellationToken.None),
        TimeProvider.System,
        Console.Out,
        Console.Error).RunAsync(args);
}
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
{
    // What is left is a standard output that is full or closed.
    await Console.Error.WriteLineAsync($"lego-lite: {failure.Message}");
    return ExitStatus.Failure;
}
