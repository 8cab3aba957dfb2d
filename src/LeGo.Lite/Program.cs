using LeGo.Lite;
using LeGo.Lite.Cli;

try
{
    if (!OwnProcess.ForbidDumps())
    {
        await Console.Error.WriteLineAsync("lego-lite: core dumps can't be forbidden here, and a core dump would hold private keys; see that the system makes none");
    }

    OpenSsl.DistrustSystemRoots();
    OpenSsl.DistrustHome();
    OpenSsl.DistrustSystemSettings();
    return await new CommandLine(
        config => App.ServeAsync(config, TimeProvider.System, Console.Out, Console.Error, CancellationToken.None),
        TimeProvider.System,
        Console.Out,
        Console.Error).RunAsync(args);
}
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
{
    // What is left is a standard output that is full or closed; standard error may be, too.
    try
    {
        await Console.Error.WriteLineAsync($"lego-lite: {failure.Message}");
    }
    catch (Exception again) when (again is IOException or UnauthorizedAccessException)
    {
        // Nobody is there to be told.
    }

    return ExitStatus.Failure;
}
