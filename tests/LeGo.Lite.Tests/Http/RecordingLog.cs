using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace LeGo.Lite.Tests.Http;

internal sealed record LogEntry(
    string Category, LogLevel Level, int Id, string Message, IReadOnlyDictionary<string, object?> Fields, Exception? Exception)
{
    /// <summary>Whatever a log could show of it.</summary>
    public string Everything => string.Create(
        CultureInfo.InvariantCulture,
        $"{Level} {Category} {Id} {Message} {string.Join(' ', Fields.Select(pair => $"{pair.Key}={pair.Value}"))} {Exception}");
}

/// <summary>Keeps every event, of every level that the filters let through.</summary>
internal sealed class RecordingLog : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> entries = [];

    public IReadOnlyList<LogEntry> Entries => [.. entries];

    public IReadOnlyList<LogEntry> Downloads => [.. entries.Where(entry => entry.Id == 1)];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Clear() => entries.Clear();

    public void Dispose()
    {
    }

    private sealed class Logger(RecordingLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var fields = (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(pair => pair.Key, pair => pair.Value);
            log.entries.Enqueue(new(category, logLevel, eventId.Id, formatter(state, exception), fields, exception));
        }
    }
}
