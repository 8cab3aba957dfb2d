using System.Security.Cryptography;
using LeGo.Lite.Files;
using LeGo.Lite.Yaml;

namespace LeGo.Lite.Catalog;

/// <summary>The status of an order (RFC 8555, section 7.1.6).</summary>
internal enum OrderStatus
{
    Pending,
    Ready,
    Processing,
    Valid,
    Invalid,
}

/// <summary>What a user wrote about a private key: <c>key.yaml</c>.</summary>
internal sealed record KeyConfig(Credentials Credentials, bool Disabled, DateTimeOffset? UpdatedAt)
{
    /// <summary>Null if anything is wrong with it: it holds the credentials, so it is believed whole or not at all.</summary>
    public static KeyConfig? Read(TreeEntry entry, Reading reading) => Metadata.Read(entry, reading, (fields, file) =>
    {
        var credentials = ApiKeyFields.Read(fields, file, ApiKeyUse.PrivateKey, reading);
        var disabled = fields.Flag("api_key_disabled") ?? false;
        var updatedAt = fields.Timestamp("updated_at");
        return credentials is null ? null : new KeyConfig(credentials, disabled, updatedAt);
    });
}

/// <summary>What a user wrote about a certificate: <c>certificate.yaml</c>.</summary>
internal sealed record CertificateConfig(Credentials Credentials, KeyReference? PrivateKey)
{
    /// <inheritdoc cref="KeyConfig.Read"/>
    public static CertificateConfig? Read(TreeEntry entry, Reading reading) => Metadata.Read(entry, reading, (fields, file) =>
    {
        var credentials = ApiKeyFields.Read(fields, file, ApiKeyUse.Certificate, reading);
        var privateKey = KeyReference.Read(fields);
        return credentials is null ? null : new CertificateConfig(credentials, privateKey);
    });
}

/// <summary>What a user wrote about an order: <c>order.yaml</c>, or nothing.</summary>
internal sealed record OrderConfig(
    OrderStatus Status, bool KnownRevoked, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt, KeyReference? PrivateKey)
{
    public static readonly OrderConfig Default = new(OrderStatus.Valid, KnownRevoked: false, null, null, null);

    /// <inheritdoc cref="KeyConfig.Read"/>
    public static OrderConfig? Read(TreeEntry entry, Reading reading) => Metadata.Read(entry, reading, (fields, _) => new OrderConfig(
        fields.Choice(
            "status",
            ("pending", OrderStatus.Pending),
            ("ready", OrderStatus.Ready),
            ("processing", OrderStatus.Processing),
            ("valid", OrderStatus.Valid),
            ("invalid", OrderStatus.Invalid)) ?? OrderStatus.Valid,
        fields.Flag("known_revoked") ?? false,
        fields.Timestamp("created_at"),
        fields.Timestamp("updated_at"),
        KeyReference.Read(fields)));
}

/// <summary>The name of a private key, and where it is written.</summary>
internal sealed record KeyReference(string Name, Mark Mark)
{
    public static KeyReference? Read(FieldReader fields)
    {
        if (fields.Text("private_key") is not { } name)
        {
            return null;
        }

        if (!DataTree.IsItemName(name.Value))
        {
            fields.Error("private_key", "this is no private key's name; write the name of a directory in privatekeys/");
            return null;
        }

        return new(name.Value, name.Mark);
    }
}

internal static class Metadata
{
    /// <summary>Reads one metadata file; every field not asked for by <paramref name="read"/> is a problem.</summary>
    public static T? Read<T>(TreeEntry entry, Reading reading, Func<FieldReader, TreeFile, T?> read)
        where T : class
    {
        // What is no file was reported with its directory.
        if (entry is not TreeFile file || reading.Bytes(file, YamlReader.MaxBytes) is not { } bytes)
        {
            return null;
        }

        var mapping = YamlReader.Read(file.Path, bytes, reading.Problems);
        CryptographicOperations.ZeroMemory(bytes);
        if (mapping is null)
        {
            return null;
        }

        var fields = new FieldReader(mapping, reading.Problems);
        _ = fields.Text("description");
        var config = read(fields, file);
        fields.Finish();
        return fields.Failed ? null : config;
    }
}
