using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LeGo.Lite.Catalog;

namespace LeGo.Lite.Tests.Support;

/// <summary>A small data tree in a temporary directory, gone when disposed.</summary>
internal sealed partial class TempTree : IDisposable
{
    public const string ApiKey = "api-key-0123456789abcdef";
    public const string CertificateYaml = $"api_key: {ApiKey}\n";
    public const string KeyYaml = $"api_key: {ApiKey}\nupdated_at: 2026-01-01T08:00:00Z\n";

    /// <summary>The moment at which most tests look.</summary>
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string root;

    public TempTree()
        : this(Directory.CreateTempSubdirectory("lego-lite-test-").FullName)
    {
    }

    private TempTree(string root)
    {
        this.root = root;
        Directory.CreateDirectory(Data);
    }

    /// <summary>The data directory.</summary>
    public string Data => $"{root}/data";

    /// <summary>A directory beside it.</summary>
    public string Outside => $"{root}/outside";

    public static string Sample { get; } = FindSample();

    /// <summary>In a place that every user of this machine can reach, wherever TMPDIR is.</summary>
    public static TempTree Reachable() => new(Directory.CreateDirectory($"/tmp/lego-lite-test-{Guid.NewGuid():N}").FullName);

    /// <summary>An absolute path; <paramref name="path"/> is relative to the data directory.</summary>
    public string this[string path] => $"{Data}/{path}";

    public TempTree Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public TempTree Write(string path, byte[] bytes)
    {
        MakeParent(path);
        File.WriteAllBytes(this[path], bytes);
        return this;
    }

    public TempTree Make(string directory)
    {
        Directory.CreateDirectory(this[directory]);
        return this;
    }

    public TempTree Link(string path, string target)
    {
        MakeParent(path);
        File.CreateSymbolicLink(this[path], target);
        return this;
    }

    /// <summary>At one stroke, also over what stands there; a link is renamed itself.</summary>
    public TempTree Rename(string from, string to) =>
        rename(this[from], this[to]) == 0 ? this : throw new IOException($"can't rename: {Marshal.GetLastPInvokeError()}");

    public TempTree Fifo(string path)
    {
        MakeParent(path);
        return mkfifo(this[path], 0x1b6) == 0 ? this : throw new IOException($"can't make a FIFO: {Marshal.GetLastPInvokeError()}");
    }

    public TempTree Socket(string path)
    {
        MakeParent(path);

        // The path of a socket may be 107 bytes long: it is made where that is enough and moved.
        var place = $"{Path.GetTempPath()}/{Guid.NewGuid():N}";
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(place));
        return rename(place, this[path]) == 0 ? this : throw new IOException($"can't move a socket: {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Makes a directory whose name is any bytes.</summary>
    public TempTree MakeNamed(string parent, ReadOnlySpan<byte> name)
    {
        Make(parent);
        byte[] path = [.. Encoding.UTF8.GetBytes(this[parent]), (byte)'/', .. name, 0];
        return mkdir(path, 0x1ff) == 0 ? this : throw new IOException($"can't make a directory: {Marshal.GetLastPInvokeError()}");
    }

    public TempTree Key(string name, string? yaml = KeyYaml, string? pem = null) =>
        WriteIf($"privatekeys/{name}/key.yaml", yaml).WriteIf($"privatekeys/{name}/privkey.pem", pem);

    public TempTree Certificate(string name, string? yaml = CertificateYaml) => WriteIf($"certificates/{name}/certificate.yaml", yaml);

    public TempTree Order(string certificate, string name, string? chain, string? yaml = null, string? key = null)
    {
        var directory = $"certificates/{certificate}/orders/{name}";
        return Make(directory).WriteIf($"{directory}/fullchain.pem", chain).WriteIf($"{directory}/order.yaml", yaml).WriteIf($"{directory}/privkey.pem", key);
    }

    /// <summary>A private key, a certificate and one order, all good.</summary>
    public TempTree Good(string name, Material? material = null) =>
        Key(name, KeyYaml, (material ?? Material.One).KeyPem).Certificate(name).Order(name, "2026", (material ?? Material.One).Chain());

    /// <summary>A copy that others can't reach; they may be able to read a checkout.</summary>
    public TempTree AddSample()
    {
        foreach (var file in Directory.EnumerateFiles(Sample, "*", SearchOption.AllDirectories))
        {
            Write(Path.GetRelativePath(Sample, file), File.ReadAllBytes(file));
        }

        return this;
    }

    public CatalogSnapshot Scan(DateTimeOffset? now = null, params string[] dataLinks) =>
        new CatalogSource(Data, dataLinks).Scan(now ?? Now);

    /// <summary>As <c>check</c> prints them, with paths that begin in the data directory.</summary>
    public string[] Problems(CatalogSnapshot snapshot) => [.. snapshot.Problems.Select(problem => problem.ToString().Replace(Data + "/", "", StringComparison.Ordinal))];

    public string[] Problems(params string[] dataLinks) => Problems(Scan(null, dataLinks));

    public void Dispose()
    {
        try
        {
            Directory.Delete(root, recursive: true);
        }
        catch (IOException)
        {
            // Names that are not UTF-8 are beyond System.IO.
            using var remove = System.Diagnostics.Process.Start("rm", ["-rf", root]);
            remove.WaitForExit();
        }
    }

    public static string Body(Representation? representation)
    {
        var writer = new ArrayBufferWriter<byte>();
        representation?.WriteTo(writer);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    private TempTree WriteIf(string path, string? text) => text is null ? this : Write(path, text);

    private void MakeParent(string path) => Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);

    private static string FindSample([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../data.sample"));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int mkdir(byte[] path, uint mode);
}
