using System.Globalization;
using System.Text.Json;
using LeGo.Lite.Catalog;
using LeGo.Lite.Config;

namespace LeGo.Lite.Cli;

/// <summary>
/// <c>lego-lite list</c>: one line a certificate. Columns line up for the eye; no cell holds white
/// space, so <c>awk</c> reads it too; <c>-</c> stands for nothing.
/// </summary>
internal static class ListCommand
{
    private static readonly string[] Header = ["CERTIFICATE", "ORDER", "KEY", "NOT-AFTER", "DAYS-LEFT"];

    public static int Run(
        ConfigFlags flags, IEnumerable<KeyValuePair<string, string>> environment, DateTimeOffset now, bool json, TextWriter output, TextWriter errors)
    {
        var problems = new List<Problem>();
        if (ConfigReader.Read(flags, environment, problems) is not { } config)
        {
            problems.ForEach(errors.WriteLine);
            return ExitStatus.Failure;
        }

        CatalogSnapshot snapshot;
        try
        {
            snapshot = new CatalogSource(config.Data, config.DataLinks).Scan(now);
        }
        catch (IOException failure)
        {
            errors.WriteLine($"lego-lite: {Problem.Printable(config.Data)}: {failure.Message}");
            return ExitStatus.Failure;
        }

        JsonCertificate[] certificates = [.. snapshot.Certificates.OrderBy(item => item.Name, StringComparer.OrdinalIgnoreCase).Select(item => Describe(item, now))];
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(certificates, CliJson.Default.JsonCertificateArray));
        }
        else
        {
            WriteTable([Header, .. certificates.Select(Cells)], output);
        }

        if (snapshot.ErrorCount is > 0 and var broken)
        {
            errors.WriteLine($"lego-lite: {broken} problem{(broken == 1 ? "" : "s")} in the tree; see lego-lite check");
            return ExitStatus.Failure;
        }

        return ExitStatus.Fine;
    }

    private static JsonCertificate Describe(CertificateItem item, DateTimeOffset now)
    {
        var order = item.NewestValidOrder.At(now);
        return new(
            item.Name,
            order?.DirectoryName,
            order is null ? item.PrivateKey?.Name : order.PrivateCertificate is null ? null : order.PrivateKey?.Name,
            order?.NotAfter.UtcDateTime,
            order is null ? null : (long)Math.Floor((order.NotAfter - now).TotalDays));
    }

    private static string[] Cells(JsonCertificate certificate) =>
    [
        certificate.Certificate,
        Cell(certificate.Order),
        certificate.Key ?? "-",
        certificate.NotAfter?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-",
        certificate.DaysLeft?.ToString(CultureInfo.InvariantCulture) ?? "-",
    ];

    // An order's directory can have any name.
    private static string Cell(string? text) =>
        text is null ? "-" : string.Concat(Problem.Printable(text).Select(c => char.IsWhiteSpace(c) ? '_' : c));

    private static void WriteTable(string[][] rows, TextWriter output)
    {
        var widths = Header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) =>
                column == row.Length - 1 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))));
        }
    }
}
