using System.Collections.Immutable;
using System.Globalization;
using LeGo.Lite.Files;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>
/// Sets orders against their keys. An order whose files broke, or no longer match, is kept as it was
/// served until now, while it is valid and nothing newer can take its place (SPEC 6).
/// </summary>
/// <param name="keyFiles">The key file of every item in <c>privatekeys/</c>, by name.</param>
/// <param name="sameOwners">Names of the items there that an API key opens which opened them before.</param>
/// <param name="now">The moment of the scan.</param>
/// <param name="problems">Takes the problems.</param>
internal sealed class OrderProof(
    IReadOnlyDictionary<string, KeyFile> keyFiles, IReadOnlySet<string> sameOwners, DateTimeOffset now, List<Problem> problems)
{
    private const string Wrong = "the private key is not the one this certificate was issued for";
    private const string Remedy = "put the right key beside it, or name it with private_key";

    // Newest valid orders that have their key from an item.
    private readonly List<OrderRecord> needing = [];

    // By the name of an item, the keys that they need of it: few scans ask.
    private Dictionary<string, HashSet<PrivateKey>>? needed;

    /// <summary>When an order of a certificate of which one is kept begins or ends: another key may be due then, though no file changes.</summary>
    public DateTimeOffset? ReviewAt { get; private set; }

    /// <summary>Whether there is nothing wrong with a certificate: each of its orders that has not expired was proven.</summary>
    /// <param name="orders">Those that were.</param>
    /// <param name="content">What its directory holds.</param>
    public bool IsWhole(ImmutableArray<OrderRecord> orders, CertificateContent content) =>
        content is { Broken: [], OrdersFault: null } && orders.Length == content.Drafts.Count(draft => now < draft.Chain.NotAfter);

    /// <summary>Whether proving all orders of a certificate again would give the same, as it did without a problem.</summary>
    /// <param name="proven">What it gave.</param>
    /// <param name="content">What its directory holds, and held then.</param>
    public bool Stands(CertificateRecord proven, CertificateContent content)
    {
        // One may have expired since.
        if (!IsWhole(proven.Orders, content))
        {
            return false;
        }

        foreach (var reference in content.References)
        {
            if (!keyFiles.ContainsKey(reference.Name))
            {
                return false;
            }
        }

        foreach (var order in proven.Orders)
        {
            var isNamed = keyFiles.TryGetValue(order.PrivateKeyName, out var itemFile);
            if (!(order.KeyBeside is null ? ReferenceEquals(order.FinalizedKey, itemFile.Material) && !itemFile.IsBroken : isNamed))
            {
                return false;
            }
        }

        Note(proven.Orders, hasKept: false);
        return true;
    }

    /// <param name="name">The certificate's.</param>
    /// <param name="content">What its directory holds.</param>
    /// <param name="served">What is served of it until now.</param>
    public ImmutableArray<OrderRecord> Prove(string name, CertificateContent content, ImmutableArray<OrderRecord> served)
    {
        foreach (var reference in content.References)
        {
            if (!keyFiles.ContainsKey(reference.Name))
            {
                problems.Add(Problem.Error(
                    reference.Mark.File, reference.Mark.Position, $"there is no private key of this name in {DataTree.PrivateKeys}/"));
            }
        }

        var orders = ImmutableArray.CreateBuilder<OrderRecord>();
        var mismatched = new List<OrderDraft>();
        var broken = content.Broken.ToList();
        foreach (var draft in content.Drafts.Where(draft => now < draft.Chain.NotAfter))
        {
            var isNamed = keyFiles.TryGetValue(draft.PrivateKeyName, out var itemFile);
            if (draft.KeyFile.Material is not null && !isNamed)
            {
                problems.Add(Problem.Error(
                    draft.Directory.Path,
                    Position.Start,
                    $"the private key beside this order has no item in {DataTree.PrivateKeys}/, so nobody can download it; make one with a {DataTree.KeyMetadata}"));
            }

            if (draft.KeyFile.Material is null && itemFile.IsBroken)
            {
                // The key is there but can't be shown to be the leaf's; its own problem says why.
                broken.Add(new(draft.Directory, draft.KeyFile));
                continue;
            }

            if (OrderRecord.Prove(name, draft, itemFile.Material, out var match) is not { } order)
            {
                mismatched.Add(draft);
                continue;
            }

            orders.Add(order);
            if (match == KeyMatch.Unchecked)
            {
                problems.Add(Problem.Warning(
                    draft.ChainFile.Path, Position.Start, "keys of this kind can't be compared with their certificate here: the pair is served unchecked"));
            }
        }

        var proven = orders.ToImmutable();
        foreach (var order in broken)
        {
            if (Keep(order.Directory.Name, order.KeyFile) is { } kept)
            {
                problems.Add(Problem.Warning(order.Directory.Path, Position.Start, $"until this order is mended, {GoesOn(kept)}"));
            }
        }

        if (content.OrdersFault is { } fault)
        {
            foreach (var order in served)
            {
                if (Keep(order.DirectoryName, KeyFile.Broken) is { } kept)
                {
                    problems.Add(Problem.Warning($"{fault.Path}/{order.DirectoryName}", Position.Start, $"until the orders can be read, {GoesOn(kept)}"));
                }
            }
        }

        var newest = proven.IsEmpty ? DateTimeOffset.MinValue : proven.Max(order => order.CreatedAt);
        foreach (var draft in mismatched)
        {
            // After a renewal with a new key in the item, the older orders are left over: no harm is done.
            var severity = newest > draft.CreatedAt ? Severity.Warning : Severity.Error;
            var consequence = Keep(draft.Directory.Name, draft.KeyFile) is { } kept ? GoesOn(kept) : "this order is not served";
            problems.Add(new(draft.ChainFile.Path, Position.Start, severity, $"{Wrong}, so {consequence}; {Remedy}"));
        }

        orders.Sort(OrderRecord.NewestFirst);
        var all = orders.DrainToImmutable();
        Note(all, hasKept: all.Length > proven.Length);
        return all;

        OrderRecord? Keep(string directoryName, KeyFile beside)
        {
            var kept = served.FirstOrDefault(order => order.DirectoryName == directoryName);
            if (kept is null || kept.Chain.NotAfter <= now || proven.Any(order => order.HoldsAt(now) && OrderRecord.NewestFirst(order, kept) < 0))
            {
                return null;
            }

            // What is deleted is gone, and nobody gets a key who could not get it before.
            var keyFile = kept.KeyBeside is null ? keyFiles.GetValueOrDefault(kept.PrivateKeyName) : beside;
            kept = keyFile == KeyFile.Absent || !sameOwners.Contains(kept.PrivateKeyName) ? kept.WithoutKey() : kept;
            orders.Add(kept);
            return kept;
        }
    }

    /// <summary>
    /// Which key a private key item serves: that of its file, but the one before it as long as that is the one
    /// newest valid orders still need, and none needs the new one. So key and certificate match.
    /// </summary>
    /// <param name="record">The item.</param>
    /// <param name="served">Its key file as it is served until now.</param>
    /// <param name="directory">Where the item is.</param>
    public PrivateKeyRecord ChooseKey(PrivateKeyRecord record, KeyFile served, TreeDirectory directory)
    {
        if (record.File.Material is not { } material
            || served.Material is not { } before
            || !sameOwners.Contains(record.Name)
            || !Needed().TryGetValue(record.Name, out var keys)
            || keys.Contains(material.Key)
            || !keys.Contains(before.Key))
        {
            return record;
        }

        problems.Add(Problem.Warning(
            directory.Path,
            Position.Start,
            "no newest valid order was issued for the private key in here, so the one before goes on being served until there is one, or those issued for that one have expired"));
        return record with { File = served };
    }

    /// <param name="orders">Of one certificate, the newest first.</param>
    /// <param name="hasKept">One of them was kept.</param>
    private void Note(ImmutableArray<OrderRecord> orders, bool hasKept)
    {
        if (orders.FirstOrDefault(order => order.HoldsAt(now)) is { KeyBeside: null, FinalizedKey: not null } newestValid)
        {
            needing.Add(newestValid);
        }

        if (hasKept)
        {
            var next = orders.SelectMany(order => new[] { order.Chain.NotBefore, order.Chain.NotAfter }).Where(time => time > now).Min();
            ReviewAt = next < ReviewAt ? next : ReviewAt ?? next;
        }
    }

    private Dictionary<string, HashSet<PrivateKey>> Needed() => needed ??= needing
        .GroupBy(order => order.PrivateKeyName, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(orders => orders.Key, orders => orders.Select(order => order.FinalizedKey!.Key).ToHashSet(), StringComparer.OrdinalIgnoreCase);

    private static string GoesOn(OrderRecord order) => string.Create(
        CultureInfo.InvariantCulture, $"what was served of it before goes on being served, but not after {order.Chain.NotAfter.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
}
