using LeGo.Lite.Files;

namespace LeGo.Lite.Catalog;

/// <summary>All that could be proven of one tree, and everything that is wrong with it.</summary>
/// <param name="PrivateKeys">By no two names that differ only in case; so are the certificates.</param>
/// <param name="Certificates">With the orders that may be served.</param>
/// <param name="Problems">In the order of the tree.</param>
/// <param name="Unsettled">Paths of items, or of directories of items, that were changing meanwhile.</param>
internal sealed record TreeRecords(
    IReadOnlyList<PrivateKeyRecord> PrivateKeys,
    IReadOnlyList<CertificateRecord> Certificates,
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<string> Unsettled)
{
    /// <summary>When to read again, though no file changes.</summary>
    public DateTimeOffset? ReviewAt { get; init; }
}

/// <summary>
/// Tree to records: keys first, then certificates with their orders, then each order with its key.
/// What is broken is left out with a problem; the rest stands. An item that did not change is not read again.
/// </summary>
internal sealed class TreeReader
{
    private Dictionary<TreeDirectory, ItemReading<KeyContent>> keys = [];
    private Dictionary<TreeDirectory, ItemReading<CertificateContent>> certificates = [];
    private Exposure? exposure;

    /// <summary>The same tree would give the same records again.</summary>
    public bool IsUpToDate => exposure?.IsUpToDate == true
        && keys.Values.All(item => item.Reading.IsUpToDate) && certificates.Values.All(item => item.Reading.IsUpToDate);

    private sealed record ItemReading<T>(Reading Reading, T Content)
    {
        /// <summary>Of a certificate with which all is well: what was proven of it, as long as it stands.</summary>
        public CertificateRecord? Proven { get; set; }
    }

    /// <param name="look">The tree.</param>
    /// <param name="freshness">When a file is at rest.</param>
    /// <param name="served">What is served until now: what broke is kept of it.</param>
    /// <exception cref="IOException">The tree as a whole can't be read; the message says why.</exception>
    public TreeRecords Read(TreeLook look, Freshness freshness = default, CatalogSnapshot? served = null)
    {
        var root = look.Root;
        var (keySection, certificateSection) = (Section(root, DataTree.PrivateKeys), Section(root, DataTree.Certificates));
        var pass = new Pass(freshness, served, keySection?.Entries.Length ?? 0);
        pass.Visit(root);
        if (keySection is null && certificateSection is null)
        {
            pass.Problems.Add(Problem.Error(
                root.Path, Position.Start, $"neither {DataTree.PrivateKeys}/ nor {DataTree.Certificates}/ is in here; is this the data directory?"));
        }

        pass.Problems.AddRange(look.LinkFaults);
        var newExposure = new Exposure(look);
        if (newExposure.Problem is { } warning)
        {
            pass.Problems.Add(warning);
        }

        var newKeys = pass.ReadPrivateKeys(keySection, keys);
        var newCertificates = pass.ReadCertificates(certificateSection, certificates);
        pass.ChooseKeys();

        // Only now: a reading that failed half-way leaves what was known.
        (keys, certificates, exposure) = (newKeys, newCertificates, newExposure);
        return new(pass.PrivateKeys, pass.Certificates, pass.Problems, pass.Unsettled) { ReviewAt = pass.ReviewAt };
    }

    private static TreeDirectory? Section(TreeDirectory root, string name) => root[name] switch
    {
        TreeDirectory section => section,

        // Not "no items": a reload that believed so would take every one of them away.
        TreeFault fault => throw new IOException($"{Problem.Printable(fault.Path)}: {fault.Text}"),
        _ => null,
    };

    /// <summary>One reading of the whole tree under way.</summary>
    private sealed class Pass
    {
        private readonly Freshness freshness;
        private readonly CatalogSnapshot? served;
        private readonly PemFiles pemFiles = new();
        private readonly OrderProof proof;

        // Of each of the private keys.
        private readonly List<TreeDirectory> keyDirectories = [];

        private readonly HashSet<string> sameOwners = new(StringComparer.OrdinalIgnoreCase);

        // Also of items that are left out: what their key files hold decides which orders are valid.
        private readonly Dictionary<string, KeyFile> keyFiles;

        public Pass(Freshness freshness, CatalogSnapshot? served, int keyCount)
        {
            (this.freshness, this.served) = (freshness, served);
            keyFiles = new(keyCount, StringComparer.OrdinalIgnoreCase);
            proof = new(keyFiles, sameOwners, freshness.Now, Problems);
        }

        public List<PrivateKeyRecord> PrivateKeys { get; } = [];

        public List<CertificateRecord> Certificates { get; } = [];

        public List<Problem> Problems { get; } = [];

        public List<string> Unsettled { get; } = [];

        public DateTimeOffset? ReviewAt => proof.ReviewAt;

        public void Visit(TreeDirectory directory)
        {
            var reading = new Reading(freshness);
            reading.Visit(directory);
            Take(directory, reading);
        }

        public Dictionary<TreeDirectory, ItemReading<KeyContent>> ReadPrivateKeys(
            TreeDirectory? section, Dictionary<TreeDirectory, ItemReading<KeyContent>> known)
        {
            var readings = new Dictionary<TreeDirectory, ItemReading<KeyContent>>(section?.Entries.Length ?? 0);
            foreach (var (directory, isTwin) in Items(section))
            {
                var content = Read(directory, known, readings, static (reader, directory) => reader.Key(directory)).Content;
                if (isTwin)
                {
                    // Neither is the one that is meant.
                    keyFiles[directory.Name] = KeyFile.Broken;
                    continue;
                }

                var before = served?.PrivateKey(directory.Name);
                if (content.Config is not null && before?.Credentials.Overlaps(content.Config.Credentials) == true)
                {
                    _ = sameOwners.Add(directory.Name);
                }

                var file = content.File;
                if (file.IsBroken && before is { Record.File: { IsBroken: false } good } && sameOwners.Contains(directory.Name))
                {
                    file = good;
                    Problems.Add(Problem.Warning(
                        directory.Path, Position.Start, "until the private key in here is mended, the one that was served before goes on being served"));
                }

                keyFiles.Add(directory.Name, file);
                if (content.Config is not null)
                {
                    keyDirectories.Add(directory);
                    PrivateKeys.Add(new(directory.Name, content.Config, file));
                }
            }

            foreach (var fault in section?.Faults ?? [])
            {
                _ = keyFiles.TryAdd(fault.Name, KeyFile.Broken);
            }

            return readings;
        }

        public Dictionary<TreeDirectory, ItemReading<CertificateContent>> ReadCertificates(
            TreeDirectory? section, Dictionary<TreeDirectory, ItemReading<CertificateContent>> known)
        {
            var readings = new Dictionary<TreeDirectory, ItemReading<CertificateContent>>(section?.Entries.Length ?? 0);
            foreach (var (directory, isTwin) in Items(section))
            {
                var item = Read(directory, known, readings, static (reader, directory) => reader.Certificate(directory));
                if (!isTwin && item.Content.Config is { } config)
                {
                    Certificates.Add(item.Proven is { } proven && proof.Stands(proven, item.Content) ? proven : Prove(directory, item, config));
                }
            }

            return readings;
        }

        public void ChooseKeys()
        {
            for (var i = 0; ReviewAt is not null && i < PrivateKeys.Count; i++)
            {
                var record = PrivateKeys[i];
                PrivateKeys[i] = proof.ChooseKey(record, served?.PrivateKey(record.Name)?.Record.File ?? default, keyDirectories[i]);
            }
        }

        private CertificateRecord Prove(TreeDirectory directory, ItemReading<CertificateContent> item, CertificateConfig config)
        {
            var problemsBefore = Problems.Count;
            var orders = proof.Prove(directory.Name, item.Content, served?.Certificate(directory.Name)?.Record.Orders ?? []);
            var record = new CertificateRecord(directory.Name, config.Credentials, config.PrivateKey?.Name ?? directory.Name, orders);
            item.Proven = Problems.Count == problemsBefore && proof.IsWhole(orders, item.Content) ? record : null;
            return record;
        }

        private ItemReading<T> Read<T>(
            TreeDirectory directory,
            Dictionary<TreeDirectory, ItemReading<T>> known,
            Dictionary<TreeDirectory, ItemReading<T>> readings,
            Func<ItemReader, TreeDirectory, T> read)
        {
            if (!known.TryGetValue(directory, out var item) || !item.Reading.IsUpToDate)
            {
                var reading = new Reading(freshness);
                item = new(reading, read(new(reading, pemFiles, freshness.Now), directory));
            }

            readings.Add(directory, item);
            Take(directory, item.Reading);
            return item;
        }

        private void Take(TreeDirectory directory, Reading reading)
        {
            Problems.AddRange(reading.Problems);
            if (reading.Unsettled)
            {
                Unsettled.Add(directory.Path);
            }
        }

        /// <summary>The directories in a section, and whether another's name differs only in case.</summary>
        private IEnumerable<(TreeDirectory Directory, bool IsTwin)> Items(TreeDirectory? section)
        {
            if (section is null)
            {
                yield break;
            }

            Visit(section);
            var names = new HashSet<string>(section.Entries.Length, StringComparer.OrdinalIgnoreCase);
            var twins = section.Directories.Select(directory => directory.Name).Where(name => !names.Add(name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var directory in section.Directories)
            {
                var isTwin = twins.Contains(directory.Name);
                if (isTwin)
                {
                    Problems.Add(Problem.Error(directory.Path, Position.Start, "another item's name differs from this one only in case, so neither is served; rename one"));
                }

                yield return (directory, isTwin);
            }
        }
    }
}
