namespace LeGo.Lite.Tests.Support;

/// <summary>One vector of Vectors/pem; its header is described in Vectors/README-pem.md.</summary>
internal sealed record PemVector(string Name, ILookup<string, string> Header, byte[] Body)
{
    public static IReadOnlyList<PemVector> All { get; } = [.. VectorFile.Names("pem").Select(Load)];

    public string Read => Header["read"].Single();

    public bool IsOk => !Header["expect"].Any(e => e.Contains(": error: ", StringComparison.Ordinal));

    public static PemVector Named(string name) => All.Single(v => v.Name == name);

    public override string ToString() => Name;

    private static PemVector Load(string name)
    {
        var file = VectorFile.Load("pem", name);
        return new(name, file.Header.Select(line => line.Split(": ", 2)).ToLookup(pair => pair[0], pair => pair[1]), file.Body);
    }
}
