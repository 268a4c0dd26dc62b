package io.seriatim.journal;

/**
 * Where an engine lets followers read its journals, over UDP: journal J at the port plus J. Whoever knows the secret
 * can read everything and change nothing; what is sent is neither encrypted nor signed, so it belongs into a network
 * that can be trusted.
 *
 * @param host   address of the network that it listens on.
 * @param port   of the first journal.
 * @param secret that followers know as well; it is never sent.
 */
public record Replication(String host, int port, String secret)
{
    private static final int PORT_MAX = 65_535;

    /** Shortest secret, in characters. */
    public static final int SECRET_LENGTH_MIN = 16;

    /**
     * Checks the fields.
     */
    public Replication
    {
        if (!host.matches("[A-Za-z0-9.:-]+|\\[[0-9A-Fa-f:.]+\\]") || port < 1 || port > PORT_MAX)
        {
            throw new IllegalArgumentException(
                "followers are let in at an address and a port from 1 to " + PORT_MAX + ": host=" + host + ", port=" +
                port);
        }

        if (secret.length() < SECRET_LENGTH_MIN)
        {
            throw new IllegalArgumentException(
                "the secret of followers has at least " + SECRET_LENGTH_MIN + " characters: length=" + secret.length());
        }
    }

    String channel(final int journalIndex)
    {
        return "aeron:udp?endpoint=" + host + ":" + (port + journalIndex);
    }

    @Override
    public String toString()
    {
        return host + ":" + port;
    }
}
