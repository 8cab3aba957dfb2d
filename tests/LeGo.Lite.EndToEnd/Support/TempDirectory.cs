namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A directory of one test's own, gone when the test ends.</summary>
internal sealed class TempDirectory : IDisposable
{
    public TempDirectory()
        : this(Directory.CreateTempSubdirectory("lego-lite-").FullName)
    {
    }

    private TempDirectory(string path) => Path = path;

    public string Path { get; }

    /// <summary>One that every user of this machine can look into, wherever TMPDIR is.</summary>
    public static TempDirectory Open()
    {
        var open = new TempDirectory(Directory.CreateDirectory($"/tmp/lego-lite-{Guid.NewGuid():N}").FullName);
        _ = new Command("chmod", "755", open.Path).RunWell();
        return open;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, in directories made on the way.</summary>
    public string Write(string name, string text)
    {
        var file = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>Copies the sample tree in here.</summary>
    /// <param name="name">What the copy is called.</param>
    /// <param name="items">Only these items, in both sections; none means everything.</param>
    public string AddSample(string name, params IReadOnlyList<string> items)
    {
        var tree = this[name];
        if (items.Count == 0)
        {
            Copy(Repository.Sample, tree);
        }

        foreach (var item in items)
        {
            foreach (var section in new[] { "privatekeys", "certificates" })
            {
                var source = System.IO.Path.Combine(Repository.Sample, section, item);
                if (Directory.Exists(source))
                {
                    Copy(source, System.IO.Path.Combine(tree, section, item));
                }
            }
        }

        return tree;
    }

    /// <summary>One of web.example.com so often that it takes a while to read.</summary>
    public string AddLargeTree(string name)
    {
        var tree = AddSample(name, "web.example.com");
        _ = new Command("sh", "-c", "for i in $(seq 3000); do cp -R certificates/web.example.com certificates/$i; done") { Directory = tree }.RunWell();
        return tree;
    }

    /// <summary>Copies a directory as <c>cp -R</c> does: entry by entry, so that a reader sees it half done.</summary>
    public static void Copy(string source, string target)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        _ = new Command("cp", "-R", source, target).RunWell();
    }
}
