using LeGo.Lite;
using LeGo.Lite.Cli;

return await new CommandLine(
    config => App.ServeAsync(config, TimeProvider.System, Console.Out, Console.Error, CancellationToken.None),
    Console.Out,
    Console.Error).RunAsync(args);
