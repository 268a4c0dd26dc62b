package io.seriatim.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How the order is sealed: with which keys, how often, and cosigned by whom. The module {@code seriatim-replay} does
 * it, beside the engine.
 */
public final class SealingConfig
{
    /** How many entries a checkpoint covers anew at most, if it does not come earlier by time. */
    public static final long ENTRIES_DEFAULT = 1_000_000;

    /** How old an entry may grow before a checkpoint covers it. */
    public static final long INTERVAL_DEFAULT_NS = TimeUnit.SECONDS.toNanos(1);

    private List<Path> keyFiles = List.of();
    private Path policyFile;
    private long entries = ENTRIES_DEFAULT;
    private long intervalNs = INTERVAL_DEFAULT_NS;

    /**
     * Sets the files of the keys that sign; there is no default. While a key is replaced both sign.
     *
     * @param keyFiles at least one, none of them in the data directory.
     * @return this config.
     */
    public SealingConfig keyFiles(final List<Path> keyFiles)
    {
        this.keyFiles = List.copyOf(keyFiles);
        return this;
    }

    /**
     * Files of the keys that sign.
     *
     * @return the files.
     */
    public List<Path> keyFiles()
    {
        return keyFiles;
    }

    /**
     * Sets the policy that names the witnesses and says how many have to sign; the default is that there are none.
     *
     * @param policyFile in the format of C2SP's tlog-policy, with a URL for each witness.
     * @return this config.
     */
    public SealingConfig policyFile(final Path policyFile)
    {
        this.policyFile = policyFile;
        return this;
    }

    /**
     * The policy that names the witnesses.
     *
     * @return its file; null if there are none.
     */
    public Path policyFile()
    {
        return policyFile;
    }

    /**
     * Sets after how many entries of a journal a checkpoint is signed at the latest; the default is
     * {@link #ENTRIES_DEFAULT}.
     *
     * @param entries at least 1.
     * @return this config.
     */
    public SealingConfig entries(final long entries)
    {
        this.entries = entries;
        return this;
    }

    /**
     * After how many entries a checkpoint is signed.
     *
     * @return a count.
     */
    public long entries()
    {
        return entries;
    }

    /**
     * Sets after which time a checkpoint is signed if there is anything new; the default is
     * {@link #INTERVAL_DEFAULT_NS}.
     *
     * @param intervalNs at least 0, in nanoseconds; 0 signs whatever is there.
     * @return this config.
     */
    public SealingConfig intervalNs(final long intervalNs)
    {
        this.intervalNs = intervalNs;
        return this;
    }

    /**
     * After which time a checkpoint is signed.
     *
     * @return nanoseconds.
     */
    public long intervalNs()
    {
        return intervalNs;
    }

    /**
     * Checks the settings.
     *
     * @param dataDirectory of the engine.
     * @throws IllegalArgumentException if one is wrong.
     */
    public void validate(final Path dataDirectory)
    {
        if (keyFiles.isEmpty() || entries < 1 || intervalNs < 0)
        {
            throw new IllegalArgumentException(
                "SealingConfig.keyFiles has at least one file, entries is at least 1 and intervalNs at least 0: " +
                "keyFiles=" + keyFiles + ", entries=" + entries + ", intervalNs=" + intervalNs);
        }
        final Path root = dataDirectory.toAbsolutePath().normalize();
        for (final Path keyFile : keyFiles)
        {
            if (keyFile.toAbsolutePath().normalize().startsWith(root))
            {
                throw new IllegalArgumentException(
                    "a key lies outside of the data directory, as whoever restores that must not restore it: keyFile=" +
                    keyFile + ", dataDirectory=" + dataDirectory);
            }
        }
    }
}
