using LeGo.Lite.Bench;
using Xunit;

namespace LeGo.Lite.Tests.Bench;

public sealed class ResultsTests
{
    private const string TwoSections = """
        # Some CPU

        ## targets

        | section | figure | target | measured | met |
        | --- | --- | --: | --: | --- |
        | first | speed | ≥ 0.9 | 0.80 | no |
        | first | time | ≤ 1 s | 2 s | no |
        | second | size | ≤ 9 | 8 | yes |

        ## first

        - date: yesterday

        | a | b |
        | --: | --: |
        | 1 | 2 |

        ## second

        Text.

        """;

    [Fact]
    public void A_section_takes_its_own_place_and_that_of_its_targets() => Assert.Equal(
        """
        # Some CPU

        ## targets

        | section | figure | target | measured | met |
        | --- | --- | --: | --: | --- |
        | first | speed | ≥ 0.9 | 0.95 | yes |
        | second | size | ≤ 9 | 8 | yes |

        ## first

        - date: today

        ## second

        Text.

        """,
        Results.Replace(TwoSections, "Some CPU", "first", "- date: today\n", [Target.AtLeast("speed", 0.9, 0.95)]));

    [Fact]
    public void Targets_go_with_their_section() => Assert.Equal(
        Results.Replace("", "Some CPU", "first", "New.", []),
        Results.Replace(TwoSections[..TwoSections.IndexOf("\n## first", StringComparison.Ordinal)], "Some CPU", "first", "New.", []));

    [Fact]
    public void A_new_section_is_the_last() => Assert.Equal(
        TwoSections + "\n## third\n\nNew.\n",
        Results.Replace(TwoSections, "Some CPU", "third", "New.", []));

    [Fact]
    public void The_first_section_makes_the_file() => Assert.Equal(
        """
        # Some CPU

        ## targets

        | section | figure | target | measured | met |
        | --- | --- | --: | --: | --- |
        | first | time | ≤ 1.0 ms | 2.00 s | no |

        ## first

        New.

        """,
        Results.Replace("", "Some CPU", "first", "New.", [Target.AtMost("time", 0.001, 2, Figures.Time)]));
}
