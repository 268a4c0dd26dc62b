package io.seriatim.tools;

import io.seriatim.journal.Replication;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where an engine lets followers in, as the command line says it.
 */
final class Followers
{
    @Option(
        names = "--followers",
        paramLabel = "HOST:PORT",
        description = "Let followers read the journals there, journal J at PORT + J, over UDP; see follow. " +
            "Default: nowhere")
    private String address;

    @Option(
        names = "--followers-secret-file",
        paramLabel = "FILE",
        description = "Secret of at least 16 characters that followers must know; line ends at its end do not count.")
    private Path secretFile;

    /**
     * What the user said.
     *
     * @return null if nobody is to be let in.
     */
    Replication replication()
    {
        if (address == null)
        {
            return null;
        }
        if (secretFile == null)
        {
            throw new ToolException(ExitCode.BAD_INPUT, "--followers needs --followers-secret-file");
        }
        try
        {
            return replication(address, secretFile);
        }
        catch (final IllegalArgumentException | IOException ex)
        {
            throw new ToolException(ExitCode.BAD_INPUT, ex.getMessage(), ex);
        }
    }

    /**
     * An address and the secret in a file.
     *
     * @param address    host and port.
     * @param secretFile that holds the secret.
     * @return both.
     * @throws IOException              if the file can not be read.
     * @throws IllegalArgumentException if the address is none, or the secret too short.
     */
    static Replication replication(final String address, final Path secretFile) throws IOException
    {
        final int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("[0-9]{1,5}"))
        {
            throw new IllegalArgumentException("an address is HOST:PORT: address=" + address);
        }
        return new Replication(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)),
            SecretFile.read(secretFile));
    }
}
