using System.Collections.Immutable;
using System.Globalization;
using LeGo.Lite.Pem;

namespace LeGo.Lite.Catalog;

/// <summary>
/// Sets orders against their keys. An order whose files broke, or no longer match, is kept as it was
/// served until now, while it is valid and nothing newer can take its place (SPEC 6).
/// </summary>
/// <param name="keyFiles">The key file of every item in <c>privatekeys/</c>, by name.</param>
/// <param name="now">The moment of the scan.</param>
/// <param name="problems">Takes the problems.</param>
internal sealed class OrderProof(IReadOnlyDictionary<string, KeyFile> keyFiles, DateTimeOffset now, List<Problem> problems)
{
    private const string Wrong = "the private key is not the one this certificate was issued for";
    private const string Remedy = "put the right key beside it, or name it with private_key";

    // By the name of the item whose key file it is.
    private readonly HashSet<string> matched = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, KeyMaterial> needed = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>An order was kept: what is served depends on what was served.</summary>
    public bool HasKept { get; private set; }

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
        var broken = content.Broken.Select(order => order.Directory).ToList();
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
                broken.Add(draft.Directory);
                continue;
            }

            if (OrderRecord.Prove(name, draft, itemFile.Material, out var match) is not { } order)
            {
                mismatched.Add(draft);
                continue;
            }

            orders.Add(order);
            if (match is not null && order.KeyBeside is null)
            {
                _ = matched.Add(order.PrivateKeyName);
            }

            if (match == KeyMatch.Unchecked)
            {
                problems.Add(Problem.Warning(
                    draft.ChainFile.Path, Position.Start, "keys of this kind can't be compared with their certificate here: the pair is served unchecked"));
            }
        }

        var proven = orders.ToImmutable();
        foreach (var directory in broken)
        {
            if (Keep(directory.Name) is { } kept)
            {
                problems.Add(Problem.Warning(directory.Path, Position.Start, $"until this order is mended, {GoesOn(kept)}"));
            }
        }

        if (content.OrdersFault is { } fault)
        {
            foreach (var order in served)
            {
                if (Keep(order.DirectoryName) is { } kept)
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
            var consequence = Keep(draft.Directory.Name) is { } kept ? GoesOn(kept) : "this order is not served";
            problems.Add(new(draft.ChainFile.Path, Position.Start, severity, $"{Wrong}, so {consequence}; {Remedy}"));
        }

        return orders.DrainToImmutable();

        OrderRecord? Keep(string directoryName)
        {
            var kept = served.FirstOrDefault(order => order.DirectoryName == directoryName);
            if (kept is null || kept.Chain.NotAfter <= now || proven.Any(order => order.HoldsAt(now) && OrderRecord.NewestFirst(order, kept) < 0))
            {
                return null;
            }

            HasKept = true;
            orders.Add(kept);
            if (kept is { KeyBeside: null, FinalizedKey: { } key })
            {
                needed[kept.PrivateKeyName] = key;
            }

            return kept;
        }
    }

    /// <summary>
    /// What a private key item serves: its key file, but the key before it as long as that is the one
    /// the orders still need, and none was issued for the new one. So key and certificate match.
    /// </summary>
    public PrivateKeyRecord Settle(PrivateKeyRecord record, KeyFile served, string path)
    {
        if (record.File.Material is not { } material
            || served.Material is not { } before
            || before.Key.Equals(material.Key)
            || matched.Contains(record.Name)
            || !needed.TryGetValue(record.Name, out var key)
            || !key.Key.Equals(before.Key))
        {
            return record;
        }

        problems.Add(Problem.Warning(
            path, Position.Start, "no order was issued for the private key in here, so the one before goes on being served until there is one, or those issued for that one have expired"));
        return record with { File = served };
    }

    private static string GoesOn(OrderRecord order) => string.Create(
        CultureInfo.InvariantCulture, $"what was served of it before goes on being served, but not after {order.Chain.NotAfter.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
}
