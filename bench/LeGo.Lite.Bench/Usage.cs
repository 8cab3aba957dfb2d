using System.Diagnostics;

namespace LeGo.Lite.Bench;

/// <summary>What a server has taken of the machine.</summary>
/// <param name="Cpu">Seconds of all its threads since the start.</param>
/// <param name="Resident">Bytes in memory.</param>
/// <param name="Peak">Bytes in memory at most.</param>
internal readonly record struct Usage(double Cpu, long Resident, long Peak)
{
    public static Usage Of(params IReadOnlyList<Process> processes)
    {
        foreach (var process in processes)
        {
            process.Refresh();
        }

        return new(
            processes.Sum(process => process.TotalProcessorTime.TotalSeconds),
            processes.Sum(process => process.WorkingSet64),
            processes.Sum(process => process.PeakWorkingSet64));
    }
}
