namespace LeGo.Lite.Pem;

/// <summary>Does a private key belong to a leaf?</summary>
internal enum KeyMatch
{
    Matches,
    Mismatch,

    /// <summary>The same algorithm, but one that can't be checked here (Ed25519).</summary>
    Unchecked,
}
