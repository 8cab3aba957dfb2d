namespace LeGo.Lite.EndToEnd.Tls;

/// <summary>A server of https:// and http:// for the tests of one class, which only read.</summary>
public sealed class ReadTlsSite : IDisposable
{
    public ReadTlsSite()
    {
        Tls.WriteItem(Tls.Issue());
        Tls.Serve(TlsSite.InTree);
    }

    internal TlsSite Tls { get; } = new();

    internal string Plain => Tls.Server.Addresses.Last();

    public void Dispose() => Tls.Dispose();
}
