package io.seriatim.sealing;

import io.seriatim.journal.KeyFile;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.ProofException;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Private keys in files that only their owner may read.
 */
public final class LogKeys
{
    private LogKeys()
    {
    }

    /**
     * Read a key.
     *
     * @param file that {@link #write} made.
     * @return the key.
     * @throws SealingException if it can not be read, is none, or others may read it.
     */
    public static NoteSigner read(final Path file)
    {
        try
        {
            return NoteSigner.parse(KeyFile.read(file));
        }
        catch (final ProofException ex)
        {
            throw new SealingException(ex.getMessage() + ": file=" + file, ex);
        }
        catch (final IOException ex)
        {
            throw new SealingException(ex.getMessage(), ex);
        }
    }

    /**
     * Write a key, forced, to a file of its own.
     *
     * @param file that is not there.
     * @param key  to write.
     * @throws SealingException if it is there, or can not be written.
     */
    public static void write(final Path file, final NoteSigner key)
    {
        try
        {
            KeyFile.write(file, key.toText());
        }
        catch (final IOException ex)
        {
            throw new SealingException(ex.getMessage(), ex);
        }
    }
}
