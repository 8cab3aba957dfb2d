using System.Buffers.Binary;
using System.Net.Security;
using System.Text;

namespace LeGo.Lite.EndToEnd.Support;

/// <summary>A connection of HTTP/2 frames that no well-behaved client would send (RFC 9113), over TLS.</summary>
internal sealed class RawHttp2 : IDisposable
{
    public const byte Data = 0;
    public const byte HeadersFrame = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte Continuation = 9;

    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    private readonly Stream stream;
    private readonly MemoryStream pending = new();

    public RawHttp2(string address)
    {
        stream = RawHttp.Open(address, new() { ApplicationProtocols = [SslApplicationProtocol.Http2] });
        pending.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Add(Settings, 0, 0, []);
    }

    /// <summary>Puts a frame behind those to be sent.</summary>
    public void Add(byte type, byte flags, int id, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[9];
        BinaryPrimitives.WriteInt32BigEndian(head, payload.Length << 8);
        (head[3], head[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(head[5..], id);
        pending.Write(head);
        pending.Write(payload);
    }

    /// <summary>Puts a request without content behind what is to be sent.</summary>
    public void AddRequest(int id, params IEnumerable<(string Name, string Value)> headers) => Add(HeadersFrame, EndStream | EndHeaders, id, Encode(headers));

    /// <summary>Returns whether the server has taken it; else the connection is closed.</summary>
    public bool Flush()
    {
        try
        {
            stream.Write(pending.ToArray());
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            pending.SetLength(0);
        }
    }

    /// <summary>The next frame; null at the end of the connection.</summary>
    public (byte Type, int Id, byte[] Payload)? Read()
    {
        var head = new byte[9];
        try
        {
            if (stream.ReadAtLeast(head, 9, throwOnEndOfStream: false) < 9)
            {
                return null;
            }

            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >>> 8];
            stream.ReadExactly(payload);
            return (head[3], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
        }
        catch (IOException failure) when (RawHttp.IsReset(failure) || failure is EndOfStreamException)
        {
            return null;
        }
    }

    /// <summary>What the server ends it with: <c>200</c>, <c>reset 8</c>, <c>away 1</c>, or <c>closed</c>.</summary>
    /// <param name="id">Of the stream.</param>
    public string Outcome(int id)
    {
        while (Read() is var (type, of, payload))
        {
            switch (type)
            {
                case HeadersFrame when of == id:
                    return payload[0] switch { 0x88 => "200", 0x89 => "204", 0x8c => "400", 0x8d => "404", _ => Encoding.Latin1.GetString(payload.AsSpan(0, 8)) };
                case Reset when of == id:
                    return $"reset {BinaryPrimitives.ReadInt32BigEndian(payload)}";
                case GoAway:
                    return $"away {BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(4))}";
                default:
                    break;
            }
        }

        return "closed";
    }

    public void Dispose() => stream.Dispose();

    /// <summary>A good request for a path, and other headers.</summary>
    public static IEnumerable<(string Name, string Value)> Get(string path, params IEnumerable<(string Name, string Value)> headers) =>
        [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", path), .. headers];

    /// <summary>Each name and each value as it is (RFC 7541, section 6.2.2).</summary>
    public static byte[] Encode(params IEnumerable<(string Name, string Value)> headers)
    {
        var block = new List<byte>();
        foreach (var (name, value) in headers)
        {
            block.Add(0);
            AddText(name);
            AddText(value);
        }

        return [.. block];

        void AddText(string text)
        {
            if (text.Length < 127)
            {
                block.Add((byte)text.Length);
            }
            else
            {
                block.Add(127);
                var rest = text.Length - 127;
                for (; rest >= 128; rest /= 128)
                {
                    block.Add((byte)(rest % 128 + 128));
                }

                block.Add((byte)rest);
            }

            block.AddRange(Encoding.Latin1.GetBytes(text));
        }
    }
}
