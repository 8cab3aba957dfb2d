namespace LeGo.Lite.Bench;

/// <summary>How alike two sets of samples are.</summary>
/// <param name="Distance">Kolmogorov's and Smirnov's: how far their distribution functions are apart at most.</param>
/// <param name="Greater">
/// Mann's and Whitney's: how likely one of the first set is greater than one of the second, ties counted by half; 0.5 if they are alike.
/// </param>
internal readonly record struct Likeness(double Distance, double Greater)
{
    /// <summary>A distance that two sets of <paramref name="count"/> samples each of the same distribution exceed once in a thousand times.</summary>
    public static double CriticalDistance(int count) => Math.Sqrt(-Math.Log(0.001 / 2) / count);

    /// <param name="first">Sorted.</param>
    /// <param name="second">Sorted.</param>
    public static Likeness Of(ReadOnlySpan<long> first, ReadOnlySpan<long> second)
    {
        var (distance, greater) = (0.0, 0.0);
        var (i, j) = (0, 0);
        while (i < first.Length && j < second.Length)
        {
            var value = Math.Min(first[i], second[j]);
            var (ties, below) = (Skip(first, ref i, value), j);
            greater += ties * (below + (Skip(second, ref j, value) / 2.0));
            distance = Math.Max(distance, Math.Abs(((double)i / first.Length) - ((double)j / second.Length)));
        }

        greater += (double)(first.Length - i) * j;
        return new(distance, greater / first.Length / second.Length);
    }

    private static int Skip(ReadOnlySpan<long> sorted, ref int index, long value)
    {
        var start = index;
        while (index < sorted.Length && sorted[index] == value)
        {
            index++;
        }

        return index - start;
    }
}
