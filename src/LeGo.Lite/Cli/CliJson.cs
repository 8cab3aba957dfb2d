using System.Text.Json.Serialization;

namespace LeGo.Lite.Cli;

/// <summary>One problem, as <c>check --json</c> prints it.</summary>
internal sealed record JsonProblem(string Path, int Line, int Column, string Severity, string Text);

/// <summary>One certificate, as <c>list --json</c> prints it; null where there is no valid order, or no private key.</summary>
internal sealed record JsonCertificate(string Certificate, string? Order, string? Key, DateTime? NotAfter, long? DaysLeft);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JsonProblem[]))]
[JsonSerializable(typeof(JsonCertificate[]))]
internal sealed partial class CliJson : JsonSerializerContext;
