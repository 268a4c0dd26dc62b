package io.seriatim.tools;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.net.InetSocketAddress;

/**
 * Where a command listens.
 */
final class ListenAddress
{
    private static final int PORT_MAX = 65_535;

    @Option(
        names = "--listen",
        paramLabel = "HOST:PORT",
        description = "Where it listens; port 0 for any that is free, which it says.")
    private String listen;

    /** Whether it is to listen at all. */
    boolean isGiven()
    {
        return listen != null;
    }

    InetSocketAddress socketAddress(final CommandSpec spec)
    {
        if (listen == null)
        {
            throw new ParameterException(spec.commandLine(), "--listen HOST:PORT is needed");
        }
        final int colon = listen.lastIndexOf(':');
        int port = -1;
        try
        {
            port = Integer.parseInt(listen.substring(colon + 1));
        }
        catch (final NumberFormatException ignored)
        {
            // Told below.
        }
        if (colon < 1 || port < 0 || port > PORT_MAX)
        {
            throw new ParameterException(
                spec.commandLine(), "an address is written HOST:PORT, with a port from 0 to " + PORT_MAX +
                ": listen=" + listen);
        }
        final InetSocketAddress address = new InetSocketAddress(listen.substring(0, colon), port);
        if (address.isUnresolved())
        {
            throw new ParameterException(spec.commandLine(), "there is no such host: listen=" + listen);
        }
        return address;
    }

    /** An address as one writes it in a URL. */
    String text(final InetSocketAddress address)
    {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
