package io.seriatim.sealing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How the order of a journal is sealed. It is checked when a {@link Sealer} is made, and not to be changed any more.
 */
public final class SealerConfig
{
    /** How many entries a checkpoint covers anew at most, if it does not come earlier by time. */
    public static final long ENTRIES_DEFAULT = 1_000_000;

    /** How old an entry may grow before a checkpoint covers it. */
    public static final long INTERVAL_DEFAULT_NS = TimeUnit.SECONDS.toNanos(1);

    /** Makes what was committed durable, where committed does not mean that. */
    @FunctionalInterface
    public interface JournalForce
    {
        /** Committed means forced. */
        JournalForce NONE = (from, to) -> {};

        /**
         * Force a part of the journal.
         *
         * @param from position up to which it was forced by this before.
         * @param to   committed position.
         * @throws IOException if that fails: nothing of it is signed then.
         */
        void force(long from, long to) throws IOException;
    }

    private Path dataDirectory;
    private List<Path> keyFiles = List.of();
    private final Map<Integer, String> originByShard = new TreeMap<>();
    private final Map<Integer, Long> launchedAtByShard = new TreeMap<>();
    private long entries = ENTRIES_DEFAULT;
    private long intervalNs = INTERVAL_DEFAULT_NS;
    private boolean isBounded;
    private JournalForce force = JournalForce.NONE;
    private LongSupplier nanoClock = System::nanoTime;

    /**
     * Sets the data directory of the engine; there is no default.
     *
     * @param dataDirectory where trees and checkpoints are kept beside the journal.
     * @return this config.
     */
    public SealerConfig dataDirectory(final Path dataDirectory)
    {
        this.dataDirectory = dataDirectory;
        return this;
    }

    /**
     * Where trees and checkpoints are kept.
     *
     * @return the directory.
     */
    public Path dataDirectory()
    {
        return dataDirectory;
    }

    /**
     * Sets the files of the keys that sign; there is no default. While a key is replaced both sign.
     *
     * @param keyFiles at least one, none of them in the data directory.
     * @return this config.
     */
    public SealerConfig keyFiles(final List<Path> keyFiles)
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
     * Sets the origin of a shard's checkpoints, as its genesis has it; all shards of the journal need one.
     *
     * @param shard  number of the shard.
     * @param origin of its checkpoints.
     * @return this config.
     */
    public SealerConfig origin(final int shard, final String origin)
    {
        originByShard.put(shard, origin);
        return this;
    }

    /**
     * Origins by shard.
     *
     * @return a copy.
     */
    public Map<Integer, String> origins()
    {
        return new TreeMap<>(originByShard);
    }

    /**
     * Sets where an engine that was just launched goes on, so that it is refused where more was signed; the default is
     * not to know.
     *
     * @param shard        number of the shard.
     * @param nextSequence of its next entry.
     * @return this config.
     */
    public SealerConfig launchedAt(final int shard, final long nextSequence)
    {
        launchedAtByShard.put(shard, nextSequence);
        return this;
    }

    /** Where a shard goes on; the largest number if that is not known. */
    long launchedAt(final int shard)
    {
        return launchedAtByShard.getOrDefault(shard, Long.MAX_VALUE);
    }

    /**
     * Sets after how many entries of the journal a checkpoint is signed at the latest; the default is
     * {@link #ENTRIES_DEFAULT}.
     *
     * @param entries at least 1.
     * @return this config.
     */
    public SealerConfig entries(final long entries)
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
    public SealerConfig intervalNs(final long intervalNs)
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
     * Sets whether sealing ends with what is committed when it begins; the default is that it goes on.
     *
     * @param isBounded true to end.
     * @return this config.
     */
    public SealerConfig isBounded(final boolean isBounded)
    {
        this.isBounded = isBounded;
        return this;
    }

    /**
     * Whether sealing ends.
     *
     * @return true if so.
     */
    public boolean isBounded()
    {
        return isBounded;
    }

    /**
     * Sets what makes the journal durable before it is signed; the default is that committed means that.
     *
     * @param force of the journal.
     * @return this config.
     */
    public SealerConfig force(final JournalForce force)
    {
        this.force = force;
        return this;
    }

    JournalForce force()
    {
        return force;
    }

    /**
     * Sets the clock of the interval; the default is {@link System#nanoTime}.
     *
     * @param nanoClock that only goes on.
     * @return this config.
     */
    public SealerConfig nanoClock(final LongSupplier nanoClock)
    {
        this.nanoClock = nanoClock;
        return this;
    }

    LongSupplier nanoClock()
    {
        return nanoClock;
    }

    /** Checks everything, for a journal that carries these shards. */
    void validate(final List<Integer> shards)
    {
        if (dataDirectory == null || keyFiles.isEmpty())
        {
            throw new IllegalArgumentException(
                "SealerConfig needs dataDirectory and keyFiles: dataDirectory=" + dataDirectory + ", keyFiles=" +
                keyFiles);
        }
        if (entries < 1 || intervalNs < 0)
        {
            throw new IllegalArgumentException(
                "SealerConfig.entries is at least 1 and intervalNs at least 0: entries=" + entries + ", intervalNs=" +
                intervalNs);
        }
        if (!originByShard.keySet().containsAll(shards))
        {
            throw new IllegalArgumentException(
                "SealerConfig.origin is needed for all shards of the journal: shards=" + shards + ", origins=" +
                originByShard);
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
