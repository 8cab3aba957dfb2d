namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>What is said of the server's own certificate, before what becomes of it.</summary>
internal static class TlsFault
{
    public const string NoItem = "no sound certificate of this name is in certificates/: add it, or mend what else is reported of it; ";
    public const string NoOrder = "the certificate named here has no valid order: add one, or mend what else is reported of it; ";
    public const string NoKey = "the newest valid order of the certificate named here has no private key: put one beside its chain, or into its private key item; ";
    public const string Broken = "the server's own certificate or its private key is broken: mend what else is reported of it; ";
    public const string Mismatch = "the private key in privkey is not the one that this certificate was issued for: put the two together that belong together; ";
    public const string Expired = "the certificate in this file has expired, or is not valid yet: renew it, or look at this machine's clock; ";
    public const string Unfit = "the certificate named here can't be used for TLS, because OpenSSL refuses its key or a key or signature of its chain: take RSA of 2048 bits or more, or ECDSA on P-256, P-384 or P-521, and SHA-256 or better; ";
}
