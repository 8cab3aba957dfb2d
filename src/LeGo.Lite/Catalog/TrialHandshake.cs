using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace LeGo.Lite.Catalog;

/// <summary>
/// A handshake with oneself, in memory: which keys and signatures are good enough for TLS only OpenSSL knows, and it
/// would say so in each handshake, not when it is given them.
/// </summary>
internal static class TrialHandshake
{
    public static bool Succeeds(SslStreamCertificateContext certificate)
    {
        try
        {
            RunAsync(certificate).GetAwaiter().GetResult();
            return true;
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            return false;
        }
    }

    private static async Task RunAsync(SslStreamCertificateContext certificate)
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        await using var server = new SslStream(new Duplex(toServer.Reader, toClient.Writer));
        await using var client = new SslStream(new Duplex(toClient.Reader, toServer.Writer));
        await Task.WhenAll(
            EndAsync(server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate }), toClient.Writer),
            EndAsync(client.AuthenticateAsClientAsync(Trusting()), toServer.Writer)).ConfigureAwait(false);
    }

    /// <summary>The other side must not wait for one that has failed.</summary>
    private static async Task EndAsync(Task handshake, PipeWriter writer)
    {
        try
        {
            await handshake.ConfigureAwait(false);
        }
        finally
        {
            await writer.CompleteAsync().ConfigureAwait(false);
        }
    }

    // Nothing that the certificate names is fetched.
    private static SslClientAuthenticationOptions Trusting() => new()
    {
        TargetHost = "trial",
        CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
#pragma warning disable CA5359 // The other side is this very process; whom it claims to be does not matter.
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
    };

    /// <summary>Two pipes as one stream.</summary>
    private sealed class Duplex(PipeReader reader, PipeWriter writer) : Stream
    {
        private readonly Stream input = reader.AsStream();
        private readonly Stream output = writer.AsStream();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override void Flush() => output.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
                output.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
