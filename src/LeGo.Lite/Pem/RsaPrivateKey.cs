using System.Formats.Asn1;
using System.Numerics;

namespace LeGo.Lite.Pem;

/// <summary>RSAPrivateKey, RFC 8017 A.1.2.</summary>
internal static class RsaPrivateKey
{
    // 16384 bits and the sign. Larger ones are of no use, and the arithmetic grows with the square.
    private const int MaxNumberBytes = (16384 / 8) + 1;

    /// <summary>
    /// The public half, or null and what is <paramref name="wrong"/>. The numbers are checked against
    /// each other: in a file that is being overwritten while it is read, they don't agree.
    /// </summary>
    /// <exception cref="AsnContentException">It is not exactly one RSAPrivateKey.</exception>
    public static PublicKey? Read(string algorithm, ReadOnlyMemory<byte> der, out string? wrong)
    {
        var file = new AsnReader(der, AsnEncodingRules.DER);
        var key = file.ReadSequence();
        file.ThrowIfNotEmpty();
        if (!key.TryReadInt32(out var version) || version is not (0 or 1))
        {
            throw new AsnContentException("unknown version");
        }

        wrong = version == 1 ? "an RSA key of more than two primes is not supported: make a new key" : null;
        if (wrong is not null)
        {
            return null;
        }

        var (encoded, numbers) = (new ReadOnlyMemory<byte>[8], new BigInteger[8]);
        for (var i = 0; i < numbers.Length; i++)
        {
            encoded[i] = key.PeekEncodedValue();
            var number = key.ReadIntegerBytes();
            if (number.Length > MaxNumberBytes)
            {
                wrong = "an RSA key of more than 16384 bits is not supported: make a new key";
                return null;
            }

            // The copies can't be zeroed: BigInteger has no way to.
            numbers[i] = new(number.Span, isBigEndian: true);
        }

        key.ThrowIfNotEmpty();
        if (!Agree(numbers))
        {
            wrong = "the numbers of this RSA key do not belong together, the file may be half overwritten: write it again as it was issued";
            return null;
        }

        return PublicKey.FromNumbers(algorithm, encoded[0], encoded[1]);
    }

    private static bool Agree(ReadOnlySpan<BigInteger> numbers)
    {
        foreach (var number in numbers)
        {
            if (number.Sign <= 0)
            {
                return false;
            }
        }

        var (n, e, d) = (numbers[0], numbers[1], numbers[2]);
        var (p, q, dp, dq, inverse) = (numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]);
        return p > 1 && q > 1 && p * q == n
            && d < n && (d - dp) % (p - 1) == 0 && (d - dq) % (q - 1) == 0
            && e < n && e * dp % (p - 1) == 1 && e * dq % (q - 1) == 1
            && inverse < p && inverse * q % p == 1;
    }
}
