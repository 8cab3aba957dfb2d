namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A server of data.sample for the tests of one class, which only read.</summary>
public sealed class SampleServer : IDisposable
{
    internal LegoLite Server { get; } = LegoLite.Serve(Repository.Sample);

    public void Dispose() => Server.Dispose();
}

/// <summary>The same over HTTPS too.</summary>
public sealed class SecureServer : IDisposable
{
    internal LegoLite Server { get; } = LegoLite.ServeBoth(Repository.Sample);

    public void Dispose() => Server.Dispose();
}
