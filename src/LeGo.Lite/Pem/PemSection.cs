namespace LeGo.Lite.Pem;

/// <summary>One RFC 7468 block: its label, its DER, the line of its BEGIN.</summary>
internal sealed record PemSection(string Label, byte[] Der, Position Position);
