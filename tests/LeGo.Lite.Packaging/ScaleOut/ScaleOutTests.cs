using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.Packaging.ScaleOut;

/// <summary>More of it is n servers of one repository.</summary>
public sealed class ScaleOutTests
{
    private const string Download = "privatecertchains/web.example.com";
    private const int Clients = 4;

    // Of each client, between two steps: enough that requests are on their way whenever something happens.
    private const int Enough = 50;

    [Fact]
    public void No_request_fails_while_each_server_is_restarted_and_a_certificate_is_renewed()
    {
        using var cluster = new Cluster();
        var before = cluster.Pair;
        var clients = Enumerable.Range(0, Clients).Select(_ => new Client(cluster.Address, Download, Web.BothApiKeys)).ToList();
        try
        {
            RestartEach();

            // The servers come to it one after the other, as they pull it.
            cluster.Renew();
            foreach (var replica in cluster.Replicas)
            {
                WaitForRequests();
                replica.Pull();
            }

            WaitFor(() => clients.All(client => client.Last == cluster.Pair.Both), "every client gets the new pair");
            RestartEach();
            clients.ForEach(client => client.Stop());

            Assert.All(clients, client => Assert.Null(client.Failure));
            Assert.All(clients, client => Assert.Subset(new HashSet<string> { before.Both, cluster.Pair.Both }, client.Bodies));
            Assert.All(clients, client => Assert.Equal(cluster.Pair.Both, client.Last));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        void RestartEach()
        {
            foreach (var replica in cluster.Replicas)
            {
                WaitForRequests();
                replica.Restart();

                // The next one goes only when the balancer uses this one again.
                WaitFor(() => replica.Served > 0, "the balancer asks the server that was restarted");
            }
        }

        void WaitForRequests()
        {
            var counts = clients.Select(client => client.Count).ToList();
            WaitFor(() => clients.Zip(counts).All(client => client.First.Count >= client.Second + Enough), "every client goes on");
        }

        void WaitFor(Func<bool> isSo, string what) => Wait.Until(
            () => clients.Any(client => client.HasEnded) || isSo(),
            () => $"{what}\n{cluster.Log}");
    }

    [Fact]
    public void Every_server_gives_the_same_bytes_and_entity_tag_for_the_same_commit()
    {
        using var cluster = new Cluster();
        AssertSame();

        cluster.Renew();
        foreach (var replica in cluster.Replicas)
        {
            replica.Pull();
            Wait.Until(() => replica.Download(Download, Web.BothApiKeys).Text == cluster.Pair.Both, () => $"the new pair is served\n{cluster.Log}");
        }

        AssertSame();

        void AssertSame()
        {
            foreach (var (download, apiKey) in new[] { (Download, Web.BothApiKeys), (Web.Certificate, Web.CertificateApiKey), (Web.PrivateKey, Web.KeyApiKey) })
            {
                var responses = cluster.Replicas.Select(replica => replica.Download(download, apiKey)).ToList();
                Assert.All(responses, response => Assert.Equal((200, responses[0].Text, responses[0]["ETag"]), (response.Status, response.Text, response["ETag"])));
            }
        }
    }

    /// <summary>Or one that guesses would shut out all.</summary>
    [Fact]
    public void A_server_learns_from_the_balancer_who_the_client_is()
    {
        using var cluster = new Cluster();

        var response = Curl.Get($"{cluster.Address}{LegoLite.Path(Web.Certificate)}", "--insecure", "--interface", "127.0.0.77", "-H", "apiKey: guessed", "-H", "X-Forwarded-For: 192.0.2.1");

        Assert.Equal(401, response.Status);
        Wait.Until(() => cluster.Log.Contains(" 127.0.0.77 ", StringComparison.Ordinal), () => $"the client's address is logged\n{cluster.Log}");
        Assert.DoesNotContain("192.0.2.1", cluster.Log, StringComparison.Ordinal);
    }
}
