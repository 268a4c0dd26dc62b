package io.seriatim.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A secret in a file; line ends at its end do not count.
 */
final class SecretFile
{
    private static final int LENGTH_MAX = 4_096;

    private SecretFile()
    {
    }

    /**
     * Reads a secret.
     *
     * @param file that holds it.
     * @return at least one character.
     * @throws IOException              if it can not be read.
     * @throws IllegalArgumentException if it is empty, or longer than 4,096 bytes.
     */
    static String read(final Path file) throws IOException
    {
        final String secret = Files.size(file) > LENGTH_MAX ? "" :
            Files.readString(file, StandardCharsets.UTF_8).stripTrailing();
        if (secret.isEmpty())
        {
            throw new IllegalArgumentException("the secret has 1 to " + LENGTH_MAX + " bytes: file=" + file);
        }
        return secret;
    }
}
