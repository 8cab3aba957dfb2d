using System.Security.Cryptography;
using LeGo.Lite.EndToEnd.Support;

namespace LeGo.Lite.Packaging.ScaleOut;

/// <summary>
/// One Git repository, three servers with a clone each, and the balancer of packaging/haproxy in front of them. Every machine of that config
/// is an address of this machine's loopback network, which no other test has.
/// </summary>
internal sealed class Cluster : IDisposable
{
    private const string Own = "lego.example.com";

    private readonly TempDirectory temp = new();
    private readonly Authority authority = new("Cluster");
    private readonly string network = $"127.{RandomNumberGenerator.GetInt32(1, 255)}.{RandomNumberGenerator.GetInt32(256)}";
    private readonly Balancer balancer;

    public Cluster()
    {
        Replicas = [.. new[] { "11", "12", "13" }.Select(host => new Replica($"https://{network}.{host}:4051", temp[$"clone-{host}"], Own, BalancerHost))];
        Pair = Issue();
        var own = authority.Issue(Own);
        balancer = new(temp, network, own, authority.Root);
        try
        {
            Write(Pair);
            temp.Write($"tree/privatekeys/{Own}/key.yaml", "api_key: lego-key-0123456789abcdef\n");
            temp.Write($"tree/certificates/{Own}/certificate.yaml", "api_key: lego-cert-0123456789abcdef\n");
            temp.Write($"tree/privatekeys/{Own}/privkey.pem", own.Key);
            temp.Write($"tree/certificates/{Own}/orders/first/fullchain.pem", own.Chain);
            Git.Run(temp.Path, "init", "-q", "--bare", "-b", "main", "repository.git");
            Git.Commit(temp["tree"], "main");
            Git.Run(temp["tree"], "remote", "add", "origin", temp["repository.git"]);
            Git.Run(temp["tree"], "push", "-q", "-u", "origin", "main");
            foreach (var replica in Replicas)
            {
                Git.Run(temp.Path, "clone", "-q", temp["repository.git"], replica.Clone);
                replica.Start();
            }

            balancer.Start(Address);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<Replica> Replicas { get; }

    /// <summary>Of the balancer.</summary>
    public string Address => $"https://{BalancerHost}:443";

    /// <summary>What the repository holds for web.example.com.</summary>
    public Pair Pair { get; private set; }

    public string Log => string.Join("\n\n", [balancer.Log, .. Replicas.Select(replica => replica.Log)]);

    private string BalancerHost => $"{network}.10";

    /// <summary>A new key and certificate in the repository, as one commit.</summary>
    public void Renew()
    {
        Pair = Issue();
        Write(Pair);
        Git.Commit(temp["tree"], "main");
        Git.Run(temp["tree"], "push", "-q");
    }

    public void Dispose()
    {
        balancer.Dispose();
        foreach (var replica in Replicas)
        {
            replica.Dispose();
        }

        authority.Dispose();
        temp.Dispose();
    }

    private Pair Issue() => authority.Issue("web.example.com");

    private void Write(Pair pair)
    {
        temp.Write($"tree/{Web.KeyYaml}", $"api_key: {Web.KeyApiKey}\n");
        temp.Write($"tree/{Web.CertificateYaml}", $"api_key: {Web.CertificateApiKey}\n");
        temp.Write($"tree/{Web.KeyFile}", pair.Key);
        temp.Write($"tree/{Web.Chain}", pair.Chain);
    }
}
