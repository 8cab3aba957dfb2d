using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LeGo.Lite;

/// <summary>The OpenSSL that .NET uses: which it is, and before its first use, what it may read of the system.</summary>
internal static partial class OpenSsl
{
    // The project file sets it for a static binary.
    private static readonly bool IsInside = AppContext.TryGetSwitch("LeGo.Lite.OpenSslInside", out var inside) && inside;

    /// <summary>Such as <c>OpenSSL 3.0.19, in the binary</c>, or <c>…, the system's</c>.</summary>
    public static string Description => $"OpenSSL {VersionText(SafeEvpPKeyHandle.OpenSslVersion)}, {(IsInside ? "in the binary" : "the system's")}";

    /// <summary>The number as people write it.</summary>
    /// <param name="number">Of OPENSSL_VERSION_NUMBER's form: 0xMNN00PP0 since 3.0, before it 0xMNNFFPPS, where PP is a letter.</param>
    public static string VersionText(long number)
    {
        var (major, minor, fix, patch) = (number >> 28, (number >> 20) & 0xff, (number >> 12) & 0xff, (number >> 4) & 0xff);
        return major >= 3
            ? string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}.{patch}")
            : string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}.{fix}{(patch == 0 ? "" : (char)('a' + patch - 1))}");
    }

    /// <summary>
    /// From now on an OpenSSL that is in the binary does not read the settings that the system has for its own: they can name modules,
    /// which are for that one and may crash this. A file that OPENSSL_CONF names is read.
    /// </summary>
    public static void DistrustSystemSettings()
    {
        if (IsInside)
        {
            _ = setenv("OPENSSL_CONF", "", 0);
        }
    }

    /// <summary>
    /// From now on the roots that the system trusts are none to it. With them .NET would leave out of the server's own chain
    /// what it takes for a root, though a client that does not know that root needs the form of it that the file has.
    /// </summary>
    public static void DistrustSystemRoots()
    {
        // OpenSSL reads the environment of C, of which .NET has a copy.
        _ = setenv("SSL_CERT_DIR", "", 1);
        _ = setenv("SSL_CERT_FILE", "", 1);
    }

    /// <summary>
    /// From now on nothing is read from the home directory, where .NET looks for more certificates and roots. Where no variable names
    /// it, .NET asks the C library, and a static one fails or even crashes over it: in an empty root, or for a user of systemd's DynamicUser=.
    /// </summary>
    public static void DistrustHome() => Environment.SetEnvironmentVariable("HOME", "/nonexistent");

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
