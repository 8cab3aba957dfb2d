using System.Security.Cryptography;
using System.Text;

namespace LeGo.Lite.Pem;

/// <summary>Normal PEM (SPEC 2): LF line ends, 64 columns, a final LF.</summary>
internal static class PemWriter
{
    /// <summary>Bytes that <see cref="Write"/> makes of one block.</summary>
    public static int LengthOf(PemSection section) =>
        PemEncoding.GetEncodedSize(section.Label.Length, section.Der.Length) + 1;

    /// <summary>The blocks one after the other. No other copy of their content is made.</summary>
    public static byte[] Write(params ReadOnlySpan<PemSection> sections)
    {
        var length = 0;
        foreach (var section in sections)
        {
            length += LengthOf(section);
        }

        var pem = new byte[length];
        var rest = pem.AsSpan();
        foreach (var section in sections)
        {
            var written = PemEncoding.TryWriteUtf8(Encoding.ASCII.GetBytes(section.Label), section.Der, rest, out var count);
            System.Diagnostics.Debug.Assert(written, "the length was computed by the same class");
            rest[count] = (byte)'\n';
            rest = rest[(count + 1)..];
        }

        return pem;
    }
}
