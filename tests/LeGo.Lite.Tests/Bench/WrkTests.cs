using LeGo.Lite.Bench;
using Xunit;

namespace LeGo.Lite.Tests.Bench;

/// <summary>What wrk 4.1.0 printed.</summary>
public sealed class WrkTests
{
    private const string Output = """
        Running 2s test @ http://127.0.0.1:4050/
          1 threads and 32 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency     2.38ms    2.37ms  17.98ms   80.86%
            Req/Sec     1.07k   180.11     1.48k    50.00%
          Latency Distribution
             50%  619.00us
             75%    3.61ms
             90%    5.99ms
             99%    1.20s
          2141 requests in 2.01s, 301.08KB read
        Requests/sec:   1065.39
        Transfer/sec:    149.82KB

        """;

    [Fact]
    public void A_run_is_read() => Assert.Equal(new(2141, 1065.39, 619e-6, 1.2, 0), Wrk.Parse(Output));

    [Fact]
    public void Refusals_are_counted() =>
        Assert.Equal(17, Wrk.Parse(Output.Replace("Requests/sec", "  Non-2xx or 3xx responses: 17\nRequests/sec", StringComparison.Ordinal)).Refused);

    [Fact]
    public void Requests_without_an_answer_are_a_failure()
    {
        var failure = Assert.Throws<IOException>(() =>
            Wrk.Parse(Output.Replace("Requests/sec", "  Socket errors: connect 0, read 3, write 0, timeout 0\nRequests/sec", StringComparison.Ordinal)));

        Assert.Contains("read 3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_words_are_a_failure() => Assert.Throws<IOException>(() => Wrk.Parse("unable to connect to 127.0.0.1:1 Connection refused\n"));
}
