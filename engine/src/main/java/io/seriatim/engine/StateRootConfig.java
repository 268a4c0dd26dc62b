package io.seriatim.engine;

import io.seriatim.journal.KeyFile;
import io.seriatim.ledger.StateRootKey;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * That the order holds roots over the state, how often, and with which key. How often goes into the genesis, so it
 * counts when a directory is created; the key is needed at every launch from then on.
 */
public final class StateRootConfig
{
    /** How many entries lie between two state roots of a new directory. */
    public static final long EVERY_DEFAULT = 1_000_000;

    private long every;
    private Path keyFile;

    /**
     * Sets how many entries lie between two state roots; the default is as the directory was created, and
     * {@link #EVERY_DEFAULT} for a new one.
     *
     * @param every at least twice the batchCountMax.
     * @return this config.
     */
    public StateRootConfig every(final long every)
    {
        this.every = every;
        return this;
    }

    /**
     * How many entries lie between two state roots.
     *
     * @return a count; 0 = as created.
     */
    public long every()
    {
        return every;
    }

    /**
     * Sets the file of the key that salts the rows of accounts; there is no default.
     *
     * @param keyFile as {@link StateRootKey#toText} has it, readable by its owner only, outside of the data directory.
     * @return this config.
     */
    public StateRootConfig keyFile(final Path keyFile)
    {
        this.keyFile = keyFile;
        return this;
    }

    /**
     * The file of the key.
     *
     * @return the file.
     */
    public Path keyFile()
    {
        return keyFile;
    }

    /**
     * Make a key.
     *
     * @return a new key, of the machine's best randomness.
     */
    public static StateRootKey newKey()
    {
        final byte[] secret = new byte[StateRootKey.KEY_LENGTH];
        new SecureRandom().nextBytes(secret);
        return StateRootKey.of(secret);
    }

    /**
     * Read a key.
     *
     * @param file of it.
     * @return the key.
     * @throws IllegalArgumentException if it can not be read, is none, or others may read it; the message names the
     *                                  file.
     */
    public static StateRootKey read(final Path file)
    {
        final String text;
        try
        {
            text = KeyFile.read(file);
        }
        catch (final IOException ex)
        {
            throw new IllegalArgumentException(ex.getMessage(), ex);
        }
        try
        {
            return StateRootKey.parse(text);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new IllegalArgumentException(ex.getMessage() + ": file=" + file, ex);
        }
    }

    /** What tells the key from others, and nothing of it. */
    String fingerprint()
    {
        return read(keyFile).toString();
    }

    long everyForNew()
    {
        return every == 0 ? EVERY_DEFAULT : every;
    }

    void validate(final Path dataDirectory)
    {
        if (keyFile == null)
        {
            throw new IllegalArgumentException("StateRootConfig.keyFile must be set");
        }
        if (every < 0)
        {
            throw new IllegalArgumentException("StateRootConfig.every must be at least 0: every=" + every);
        }
        if (dataDirectory != null && keyFile.toAbsolutePath().normalize()
            .startsWith(dataDirectory.toAbsolutePath().normalize()))
        {
            throw new IllegalArgumentException(
                "a key lies outside of the data directory, as who gets the books is not to get it with them: keyFile=" +
                keyFile + ", dataDirectory=" + dataDirectory);
        }
    }
}
