using LeGo.Lite.EndToEnd.Support;
using Xunit;

namespace LeGo.Lite.EndToEnd.Life;

/// <summary>A link that leads to the tree is swapped, or what links of the tree lead to changes.</summary>
public sealed class LinkChangeTests
{
    /// <summary>As git-sync does, the root itself being the link; and with the link somewhere in the path to it.</summary>
    [Theory]
    [InlineData("current")]
    [InlineData("current/data")]
    [InlineData("current/in/here")]
    public void A_link_on_the_way_to_the_tree_may_be_swapped(string data)
    {
        using var live = new LiveTree(temp =>
        {
            Add(temp, "v1", Web.NewerOrder);
            Add(temp, "v2", Web.OlderOrder);
            Add(temp, "v3", Web.NewerOrder);
            Directory.CreateSymbolicLink(temp["current"], ".worktrees/v1");
            return temp[data];
        });
        live.WaitForBody(Web.OlderChain);

        foreach (var (before, next, chain) in new[] { ("v1", "v2", Web.NewerChain), ("v2", "v3", Web.OlderChain) })
        {
            live.Run("ln", "-s", $".worktrees/{next}", "next");
            live.Run("mv", "-T", "next", "current");
            live.WaitForBody(chain);
            live.Run("rm", "-r", $".worktrees/{before}");
        }

        live.Run("cp", "-R", Path.Combine(Repository.Sample, Web.NewerOrder), live[Web.Orders]);
        live.WaitForBody(Web.NewerChain);
        live.AssertNoErrors();

        void Add(TempDirectory temp, string version, string without)
        {
            var tree = temp.AddSample($".worktrees/{version}{data["current".Length..]}", "web.example.com");
            Directory.Delete(Path.Combine(tree, without), recursive: true);
        }
    }

    [Fact]
    public void A_Kubernetes_volume_is_followed_when_its_data_link_is_swapped()
    {
        using var live = new LiveTree("web.example.com");
        var key = live[Web.PrivateKey];
        Mount(1, Web.KeyApiKey);
        foreach (var (file, name) in new[] { ("key.yaml", "key.yaml"), ("tls.key", "privkey.pem") })
        {
            File.Delete(Path.Combine(key, name));
            File.CreateSymbolicLink(Path.Combine(key, file), $"..data/{file}");
        }

        live.WaitForBody(Web.Key, Web.PrivateKey, Web.KeyApiKey);
        live.WaitForScans();

        Mount(2, "swapped-key-0123456789abcdef");

        live.WaitForBody(Web.Key, Web.PrivateKey, "swapped-key-0123456789abcdef");
        live.WaitForStatus(401, Web.PrivateKey, Web.KeyApiKey);
        live.AssertNoErrors();

        // As the kubelet does: a new directory, then a link to it that is moved over the old one.
        void Mount(int version, string apiKey)
        {
            var directory = Path.Combine(key, $"..version_{version}");
            Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, "key.yaml"), $"api_key: {apiKey}\n");
            File.Copy(Path.Combine(Repository.Sample, Web.KeyFile), Path.Combine(directory, "tls.key"));
            Directory.CreateSymbolicLink(Path.Combine(key, "..data_tmp"), $"..version_{version}");
            new Command("mv", "-T", Path.Combine(key, "..data_tmp"), Path.Combine(key, "..data")).RunWell();
        }
    }

    [Fact]
    public void A_tree_that_is_one_Kubernetes_volume_is_followed_when_its_data_link_is_swapped()
    {
        using var live = new LiveTree(temp =>
        {
            Mount(temp.Path, 1, without: Web.NewerOrder);
            foreach (var section in new[] { "privatekeys", "certificates" })
            {
                Directory.CreateSymbolicLink(temp[$"volume/{section}"], $"..data/{section}");
            }

            return temp["volume"];
        });
        live.WaitForBody(Web.OlderChain);

        foreach (var (version, without, chain) in new[] { (2, Web.OlderOrder, Web.NewerChain), (3, Web.NewerOrder, Web.OlderChain) })
        {
            Mount(live.Beside(""), version, without);
            live.Run("rm", "-r", live[$"..version_{version - 1}"]);
            live.WaitForBody(chain);
        }

        live.AssertNoErrors();

        static void Mount(string directory, int version, string without)
        {
            var volume = Path.Combine(directory, "volume");
            var mounted = Path.Combine(volume, $"..version_{version}");
            foreach (var section in new[] { "privatekeys", "certificates" })
            {
                TempDirectory.Copy(Path.Combine(Repository.Sample, section, "web.example.com"), Path.Combine(mounted, section, "web.example.com"));
            }

            Directory.Delete(Path.Combine(mounted, without), recursive: true);
            Directory.CreateSymbolicLink(Path.Combine(volume, "..data_tmp"), $"..version_{version}");
            new Command("mv", "-T", Path.Combine(volume, "..data_tmp"), Path.Combine(volume, "..data")).RunWell();
        }
    }

    /// <summary>The tree links to <c>live/</c>, whose links certbot moves on within <c>archive/</c>.</summary>
    [Fact]
    public void A_renewal_by_certbot_shows()
    {
        using var certbot = new Certbot();
        certbot.Renew();
        using var live = certbot.Serve();
        live.WaitForBody(certbot.Pair.Both, $"privatecertchains/{Certbot.Name}", Certbot.BothApiKeys);

        for (var i = 0; i < 2; i++)
        {
            certbot.Renew();
            live.WaitForBody(certbot.Pair.Both, $"privatecertchains/{Certbot.Name}", Certbot.BothApiKeys);
        }

        live.AssertNoErrors();
    }

    /// <summary>The tree was made first: what it links to is not there yet, nor are some directories on the way to it.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("letsencrypt")]
    [InlineData("letsencrypt/live")]
    public void A_link_whose_target_comes_later_shows(string there)
    {
        using var certbot = new Certbot();
        Directory.CreateDirectory(certbot[there]);
        using var live = certbot.Serve();
        live.WaitForStatus(404, $"certificates/{Certbot.Name}", Certbot.CertificateApiKey);

        certbot.Renew();

        live.WaitForBody(certbot.Pair.Both, $"privatecertchains/{Certbot.Name}", Certbot.BothApiKeys);
        live.AssertNoErrors();
    }

    /// <summary>Nothing happens in the directory that holds the link.</summary>
    [Theory]
    [InlineData("tree/.store", "fullchain.pem")]
    [InlineData("tree/store", "fullchain.pem")]
    [InlineData("store", "fullchain.pem")]
    [InlineData("tree/store", "")]
    [InlineData("store", "")]
    public void What_is_written_behind_a_link_shows(string store, string file)
    {
        using var live = new LiveTree(
            temp =>
            {
                var tree = temp.AddSample("tree", "web.example.com");
                Directory.CreateDirectory(temp[store]);
                var (place, target) = (Path.Combine(tree, Web.NewerOrder, file).TrimEnd('/'), Path.Combine(temp[store], "here"));
                new Command("mv", place, target).RunWell();
                File.CreateSymbolicLink(place, target);
                return tree;
            },
            settings: temp => [("LEGO_LITE_DATA_LINKS__0", temp["store"])]);
        var chainFile = live.Beside(Path.Combine(store, file.Length == 0 ? "here/fullchain.pem" : "here"));
        live.WaitForBody(Web.NewerChain);

        // In place, by a rename, and then in place of the file that came by it.
        foreach (var (tool, chain) in new[] { ("cp", Web.OlderChain), ("mv", Web.NewerChain), ("cp", Web.OlderChain) })
        {
            File.WriteAllText(live.Beside("new.pem"), chain);
            live.Run(tool, "new.pem", chainFile);
            live.WaitForBody(chain);
        }

        live.AssertNoErrors();
    }

    [Theory]
    [InlineData("tree/store")]
    [InlineData("store")]
    public void What_is_new_and_deleted_behind_a_link_to_a_directory_shows(string store)
    {
        using var live = new LiveTree(
            temp =>
            {
                var tree = temp.AddSample("tree", "web.example.com");
                Directory.CreateDirectory(temp[store]);
                Directory.Move(Path.Combine(tree, Web.Orders), Path.Combine(temp[store], "orders"));
                Directory.CreateSymbolicLink(Path.Combine(tree, Web.Orders), Path.Combine(temp[store], "orders"));
                return tree;
            },
            settings: temp => [("LEGO_LITE_DATA_LINKS__0", temp["store"])]);
        live.WaitForBody(Web.NewerChain);

        live.Run("rm", "-r", $"{store}/orders/2026-03-01");
        live.WaitForBody(Web.OlderChain);
        live.Run("cp", "-R", Path.Combine(Repository.Sample, Web.NewerOrder), $"{store}/orders");
        live.WaitForBody(Web.NewerChain);
        live.AssertNoErrors();
    }
}
