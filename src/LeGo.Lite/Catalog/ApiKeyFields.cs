using System.Security.Cryptography;
using System.Text;
using LeGo.Lite.Files;
using LeGo.Lite.Yaml;

namespace LeGo.Lite.Catalog;

/// <summary>Whose API key it is: a certificate's can't hold a dot, which parts the two halves of a combined one.</summary>
internal enum ApiKeyUse
{
    PrivateKey,
    Certificate,
}

/// <summary>
/// The API keys of an item: <c>api_key</c> and <c>api_key_new</c>, each as itself, as
/// <c>…_sha256</c> (64 hexadecimal digits) or as <c>…_file</c> (the path of a file that holds it).
/// </summary>
internal static class ApiKeyFields
{
    private const int MaxFileBytes = 4 * 1024;
    private const int ShortBelow = 16;

    private static readonly string[] ApiKey = Forms("api_key");
    private static readonly string[] ApiKeyNew = Forms("api_key_new");

    private static readonly ApiKeyDigest OfNothing = ApiKeyDigest.Of([]);

    /// <summary>Null, with a problem, if there is no usable API key.</summary>
    public static Credentials? Read(FieldReader fields, TreeFile file, ApiKeyUse use, Reading reading)
    {
        var apiKey = ReadOne(fields, ApiKey, file, use, reading);
        var apiKeyNew = ReadOne(fields, ApiKeyNew, file, use, reading);
        var viaUrl = fields.Flag("api_key_via_url") ?? false;

        if (!Array.Exists(ApiKey, fields.Has))
        {
            fields.Error(ApiKey[0], "an api_key is missing (or api_key_sha256, or api_key_file); lego-lite new-key makes one");
        }

        return apiKey is null ? null : new(apiKey.Value, apiKeyNew, viaUrl);
    }

    private static string[] Forms(string key) => [key, $"{key}_sha256", $"{key}_file"];

    private static ApiKeyDigest? ReadOne(FieldReader fields, string[] forms, TreeFile file, ApiKeyUse use, Reading reading)
    {
        var (key, sha256Key, fileKey) = (forms[0], forms[1], forms[2]);
        var text = fields.Text(key);
        var sha256 = fields.Text(sha256Key);
        var path = fields.Text(fileKey);

        string[] given = [.. forms.Where(fields.Has)];
        if (given.Length > 1)
        {
            fields.Error(given[^1], $"only one of {key}, {sha256Key} and {fileKey} can be given; remove the others");
            return null;
        }

        return text is not null ? OfKey(fields, key, Encoding.UTF8.GetBytes(text.Value), use, reading)
            : sha256 is not null ? OfDigest(fields, sha256Key, sha256.Value)

            // Relative to the directory the YAML file stands in.
            : path is not null ? OfFile(fields, fileKey, Path.Combine(file.Parent.Location, path.Value), use, reading)
            : null;
    }

    private static ApiKeyDigest? OfKey(FieldReader fields, string key, ReadOnlySpan<byte> apiKey, ApiKeyUse use, Reading reading)
    {
        var fault =
            apiKey.IsEmpty ? "this API key is empty; lego-lite new-key makes one"
            : apiKey.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? "an API key can hold only visible ASCII characters: no other reaches the server in a header as it is"
            : use == ApiKeyUse.Certificate && apiKey.Contains((byte)'.') ? "a certificate's API key can't hold a dot: the dot parts it from the private key's, so it could never match"
            : null;
        if (fault is not null)
        {
            fields.Error(key, fault);
            return null;
        }

        if (apiKey.Contains((byte)'.'))
        {
            Warn("with a dot in it this API key can't be used to download the key and its certificate together");
        }

        if (apiKey.Length < ShortBelow)
        {
            Warn($"this API key is shorter than {ShortBelow} characters, which can be guessed; lego-lite new-key makes a better one");
        }

        return ApiKeyDigest.Of(apiKey);

        void Warn(string text)
        {
            var mark = fields.MarkOf(key);
            reading.Problems.Add(Problem.Warning(mark.File, mark.Position, text));
        }
    }

    private static ApiKeyDigest? OfDigest(FieldReader fields, string key, string hex)
    {
        var digest = ApiKeyDigest.Parse(hex);
        if (digest is null)
        {
            fields.Error(key, "write the SHA-256 of the API key as 64 hexadecimal digits; lego-lite new-key prints it");
        }
        else if (digest.Value.FixedTimeEquals(OfNothing))
        {
            fields.Error(key, "this is the SHA-256 of an empty API key; lego-lite new-key makes one");
            return null;
        }

        return digest;
    }

    private static ApiKeyDigest? OfFile(FieldReader fields, string key, string path, ApiKeyUse use, Reading reading)
    {
        if (reading.Bytes(path, MaxFileBytes, fault => fields.Error(key, $"can't read the file named here: {fault}")) is not { } bytes)
        {
            return null;
        }

        try
        {
            // Most editors and `echo` end a file with a line end that is not part of the key.
            return OfKey(fields, key, bytes.AsSpan().TrimEnd("\r\n"u8), use, reading);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
