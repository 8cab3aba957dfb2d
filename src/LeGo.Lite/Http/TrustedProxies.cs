using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace LeGo.Lite.Http;

/// <summary>Those whose X-Forwarded-For tells who the client is.</summary>
internal sealed class TrustedProxies(ImmutableArray<IPNetwork> networks)
{
    private const string Header = "X-Forwarded-For";

    public bool Include(IPAddress? address) =>
        ClientAddress.Plain(address) is { } plain && networks.Any(network => network.Contains(plain));

    /// <summary>What anybody else says is not even read.</summary>
    public void Use(WebApplication app)
    {
        if (!networks.IsEmpty)
        {
            app.UseWhen(context => Include(context.Connection.RemoteIpAddress), forwarded => forwarded.Use(TakeOutQuotes).UseForwardedHeaders(Options()));
        }
    }

    // The framework reads a list of quoted strings. With a quote that does not end a client could make all that a proxy adds
    // unreadable, and would be counted as the proxy.
    private static RequestDelegate TakeOutQuotes(RequestDelegate next) => context =>
    {
        if (context.Request.Headers.TryGetValue(Header, out var value))
        {
            context.Request.Headers[Header] = value.ToString().Replace("\"", "", StringComparison.Ordinal);
        }

        return next(context);
    };

    private ForwardedHeadersOptions Options()
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };

        // By default the loopback addresses are in there.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        return options;
    }
}
