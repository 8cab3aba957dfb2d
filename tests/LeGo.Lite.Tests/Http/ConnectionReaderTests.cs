using LeGo.Lite.Http;
using Xunit;

namespace LeGo.Lite.Tests.Http;

public sealed class TransportTests : IAsyncDisposable
{
    private readonly DirectClient client = new();

    public ValueTask DisposeAsync() => client.DisposeAsync();

    [Fact]
    public async Task What_a_client_does_not_read_in_ten_seconds_after_the_end_is_not_waited_for()
    {
        await client.RunAsync(Transport.End, _ =>
        {
            client.Beat(100);
            return Task.CompletedTask;
        });

        client.Beat(10);
        Assert.False(client.IsAborted);
        client.Beat(1);
        Assert.True(client.IsAborted);
    }

    [Fact]
    public void A_thread_is_given_back_now_and_then()
    {
        var waiting = new Waiting();
        SynchronizationContext.SetSynchronizationContext(waiting);
        var reads = 0;
        var end = client.RunAsync(Transport.Share, async connection =>
        {
            while (await connection.Transport.Input.ReadAsync() is { IsCompleted: false } read)
            {
                reads++;
                connection.Transport.Input.AdvanceTo(read.Buffer.GetPosition(1));
            }
        });

        // All that a connection does is done within the call that lets it, unless it waits for its turn.
        var sent = client.SendAsync(new('x', 1_000));
        for (var turns = 1; turns <= 3; turns++)
        {
            Assert.Equal((256 * turns) - 1, reads);

            // The read itself, and who waits for it.
            waiting.Next();
            waiting.Next();
        }

        Assert.Equal(1_000, reads);
        Assert.True(sent.IsCompleted);
        client.Close();
        Assert.True(end.IsCompletedSuccessfully);
    }

    private sealed class Waiting : SynchronizationContext
    {
        private readonly Queue<Action> posted = [];

        public override void Post(SendOrPostCallback d, object? state) => posted.Enqueue(() => d(state));

        public void Next() => posted.Dequeue()();
    }
}
