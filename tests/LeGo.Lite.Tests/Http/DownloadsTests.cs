using System.Buffers;
using System.Text;
using LeGo.Lite.Catalog;
using LeGo.Lite.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LeGo.Lite.Tests.Http;

public sealed class DownloadsTests
{
    [Theory]
    [InlineData("privatekeys")]
    [InlineData("certificates")]
    [InlineData("privatecertchains")]
    [InlineData("privatecerts")]
    [InlineData("certrootchains")]
    public void A_download_takes_no_memory(string route)
    {
        var source = new CatalogSource(Sample.Folder, []);
        var time = new FakeTimeProvider(Sample.Now);
        var catalog = new LiveCatalog(source.Data, source.Scan, source.Scan(Sample.Now), default, time, NullLogger.Instance);
        var downloads = new Downloads(catalog, ["/certwarden", "/legocerthub"], new(30, TimeSpan.FromMinutes(1)), time, NullLogger.Instance);
        var bytes = Encoding.ASCII.GetBytes(
            $"GET {Sample.Base}/{route}/web.example.com HTTP/1.1\r\nHost: h\r\napiKey: {Sample.Item("web.example.com").ApiKey(route)}\r\nUser-Agent: a\r\n\r\n");
        var writer = new ArrayBufferWriter<byte>(64 * 1024);

        Answer();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Answer();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.StartsWith("HTTP/1.1 200 ", Encoding.ASCII.GetString(writer.WrittenSpan), StringComparison.Ordinal);

        void Answer()
        {
            Assert.True(DirectRequest.TryRead(bytes, out var request));
            var reply = downloads.Answer(request, null);
            writer.ResetWrittenCount();
            reply.Response.Write(writer, Sample.Now);
            downloads.Log(reply, null, 0);
        }
    }
}
