package io.seriatim.journal;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Settings of the journals of one engine, checked once before anything starts. Lengths count only when a journal is
 * made: an existing one keeps those that it was made with.
 */
public final class JournalConfig
{
    /** Length of a term when there is memory for it, in bytes. */
    public static final int TERM_LENGTH_DEFAULT = 16 * 1024 * 1024;

    /** Length of a term when {@code /dev/shm} is small, in bytes. */
    public static final int TERM_LENGTH_SMALL = 8 * 1024 * 1024;

    /** Length of a segment file, in bytes. */
    public static final int SEGMENT_LENGTH_DEFAULT = 128 * 1024 * 1024;

    /** Longest message with its transport header, in bytes. */
    public static final int MTU_DEFAULT = 16 * 1024;

    /** How long an append may wait to be committed under {@link Durability#FSYNC} before the journal has stalled. */
    public static final long COMMIT_TIMEOUT_FSYNC_DEFAULT_NS = TimeUnit.SECONDS.toNanos(10);

    /** How long an append may wait to be committed under {@link Durability#OS} before the journal has stalled. */
    public static final long COMMIT_TIMEOUT_OS_DEFAULT_NS = TimeUnit.SECONDS.toNanos(2);

    /** How long each step of an opening may take. */
    public static final long OPEN_TIMEOUT_DEFAULT_NS = TimeUnit.SECONDS.toNanos(20);

    /** A message is at most this part of a term. */
    static final int MTU_PER_TERM = 8;

    private static final int TERM_LENGTH_MIN = 64 * 1024;
    private static final int LENGTH_MAX = 1024 * 1024 * 1024;
    private static final int MTU_MIN = 1024;
    private static final int MTU_MAX = 65_504;

    private Path dataDirectory;
    private Path aeronDirectory;
    private Durability durability = Durability.FSYNC;
    private int termLength;
    private int segmentLength = SEGMENT_LENGTH_DEFAULT;
    private int mtu = MTU_DEFAULT;
    private long commitTimeoutNs;
    private long openTimeoutNs = OPEN_TIMEOUT_DEFAULT_NS;
    private boolean isUncheckedMemoryAllowed;
    private boolean isArchiveRequired = true;
    private Replication replication;
    private Platform platform = Platform.REAL;

    /**
     * The same settings in an object of their own.
     *
     * @return a copy.
     */
    public JournalConfig copy()
    {
        return new JournalConfig()
            .dataDirectory(dataDirectory)
            .aeronDirectory(aeronDirectory)
            .durability(durability)
            .termLength(termLength)
            .segmentLength(segmentLength)
            .mtu(mtu)
            .commitTimeoutNs(commitTimeoutNs)
            .openTimeoutNs(openTimeoutNs)
            .uncheckedMemoryAllowed(isUncheckedMemoryAllowed)
            .archiveRequired(isArchiveRequired)
            .replication(replication)
            .platform(platform);
    }

    /** What the journals stand on; for tests. */
    JournalConfig platform(final Platform newPlatform)
    {
        platform = newPlatform;
        return this;
    }

    Platform platform()
    {
        return platform;
    }

    /**
     * Sets the data directory, in which each journal has a directory of its own; there is no default.
     *
     * @param dataDirectory made if it does not exist.
     * @return this config.
     */
    public JournalConfig dataDirectory(final Path dataDirectory)
    {
        this.dataDirectory = dataDirectory == null ? null : dataDirectory.toAbsolutePath().normalize();
        return this;
    }

    /**
     * The data directory.
     *
     * @return its path.
     */
    public Path dataDirectory()
    {
        return dataDirectory;
    }

    /**
     * Sets where the transport keeps its memory, one directory a journal beneath it; by default in {@code /dev/shm}
     * under a name made of the user and the data directory, or in the data directory where {@code /dev/shm} is absent
     * or too small.
     *
     * @param aeronDirectory for this engine alone: what is beneath it is deleted at each start; null for the default.
     * @return this config.
     */
    public JournalConfig aeronDirectory(final Path aeronDirectory)
    {
        this.aeronDirectory = aeronDirectory;
        return this;
    }

    /**
     * Where the transport keeps its memory.
     *
     * @return its path; or null for the default.
     */
    public Path aeronDirectory()
    {
        return aeronDirectory;
    }

    /**
     * Sets what "committed" promises; the default is {@link Durability#FSYNC}. It may change from start to start.
     *
     * @param durability {@link Durability#FSYNC} or {@link Durability#OS}.
     * @return this config.
     */
    public JournalConfig durability(final Durability durability)
    {
        this.durability = durability;
        return this;
    }

    /**
     * What "committed" promises.
     *
     * @return the policy.
     */
    public Durability durability()
    {
        return durability;
    }

    /**
     * Sets the length of a term; the default is {@link #TERM_LENGTH_DEFAULT}, or {@link #TERM_LENGTH_SMALL} where
     * {@code /dev/shm} has no room for that. A journal takes three terms of memory, and 7/16 of a term is the most that
     * may be in flight.
     *
     * @param termLength in bytes: a power of two from 64 KiB to 1 GiB; or 0 for the default.
     * @return this config.
     */
    public JournalConfig termLength(final int termLength)
    {
        this.termLength = termLength;
        return this;
    }

    /**
     * Length of a term.
     *
     * @return length in bytes; or 0 for the default.
     */
    public int termLength()
    {
        return termLength;
    }

    /**
     * Sets the length of a segment file; the default is {@link #SEGMENT_LENGTH_DEFAULT}.
     *
     * @param segmentLength in bytes: a power of two from the length of a term to 1 GiB.
     * @return this config.
     */
    public JournalConfig segmentLength(final int segmentLength)
    {
        this.segmentLength = segmentLength;
        return this;
    }

    /**
     * Length of a segment file.
     *
     * @return length in bytes.
     */
    public int segmentLength()
    {
        return segmentLength;
    }

    /**
     * Sets the longest message; the default is {@link #MTU_DEFAULT}. A frame is 32 bytes shorter.
     *
     * @param mtu in bytes: a multiple of 32 from 1,024 to 65,504, and at most one eighth of a term.
     * @return this config.
     */
    public JournalConfig mtu(final int mtu)
    {
        this.mtu = mtu;
        return this;
    }

    /**
     * Longest message with its transport header.
     *
     * @return length in bytes.
     */
    public int mtu()
    {
        return mtu;
    }

    /**
     * Sets the commit timeout; the default is {@link #COMMIT_TIMEOUT_FSYNC_DEFAULT_NS} or
     * {@link #COMMIT_TIMEOUT_OS_DEFAULT_NS}, as the policy has it.
     *
     * @param commitTimeoutNs above zero; or 0 for the default.
     * @return this config.
     */
    public JournalConfig commitTimeoutNs(final long commitTimeoutNs)
    {
        this.commitTimeoutNs = commitTimeoutNs;
        return this;
    }

    /**
     * How long an append may wait to be committed before the journal is declared stalled.
     *
     * @return time in nanoseconds.
     */
    public long commitTimeoutNs()
    {
        if (commitTimeoutNs != 0)
        {
            return commitTimeoutNs;
        }

        return durability == Durability.OS ? COMMIT_TIMEOUT_OS_DEFAULT_NS : COMMIT_TIMEOUT_FSYNC_DEFAULT_NS;
    }

    /**
     * Sets the open timeout; the default is {@link #OPEN_TIMEOUT_DEFAULT_NS}.
     *
     * @param openTimeoutNs above zero.
     * @return this config.
     */
    public JournalConfig openTimeoutNs(final long openTimeoutNs)
    {
        this.openTimeoutNs = openTimeoutNs;
        return this;
    }

    /**
     * How long each step of an opening may take.
     *
     * @return time in nanoseconds.
     */
    public long openTimeoutNs()
    {
        return openTimeoutNs;
    }

    /**
     * Sets whether the property {@code agrona.disable.bounds.checks} is tolerated; the default is false. Benchmarks
     * may do so: without those checks a wrong offset writes into somebody else's memory.
     *
     * @param isUncheckedMemoryAllowed true to tolerate it.
     * @return this config.
     */
    public JournalConfig uncheckedMemoryAllowed(final boolean isUncheckedMemoryAllowed)
    {
        this.isUncheckedMemoryAllowed = isUncheckedMemoryAllowed;
        return this;
    }

    /**
     * Whether the property {@code agrona.disable.bounds.checks} is tolerated.
     *
     * @return true if so.
     */
    public boolean isUncheckedMemoryAllowed()
    {
        return isUncheckedMemoryAllowed;
    }

    /**
     * Sets whether an opening insists that the archive can be reached that segments of a journal were moved to; the
     * default is true. Without an archive a launch from a snapshot goes well unless the replay behind it comes upon the
     * id, or the pending transfer, of an older entry; and a shard that is given one later stops.
     *
     * @param isArchiveRequired false to do without.
     * @return this config.
     */
    public JournalConfig archiveRequired(final boolean isArchiveRequired)
    {
        this.isArchiveRequired = isArchiveRequired;
        return this;
    }

    /**
     * Whether an opening insists that the archive can be reached that segments of a journal were moved to.
     *
     * @return true if so.
     */
    public boolean isArchiveRequired()
    {
        return isArchiveRequired;
    }

    /**
     * Sets where followers may read the journals; the default is nowhere. What they read is sent by the journal's own
     * thread, beside its work.
     *
     * @param replication address and secret; null for nowhere.
     * @return this config.
     */
    public JournalConfig replication(final Replication replication)
    {
        this.replication = replication;
        return this;
    }

    /**
     * Where followers may read the journals.
     *
     * @return address and secret; null for nowhere.
     */
    public Replication replication()
    {
        return replication;
    }

    /**
     * Checks every setting.
     *
     * @throws IllegalArgumentException naming the first setting that is out of range, and what would do.
     */
    public void validate()
    {
        if (dataDirectory == null)
        {
            throw new IllegalArgumentException("JournalConfig.dataDirectory must be set");
        }

        if (durability != Durability.FSYNC && durability != Durability.OS)
        {
            throw new IllegalArgumentException(
                "JournalConfig.durability must be FSYNC or OS, MEMORY is MemoryJournal: durability=" + durability);
        }

        if (commitTimeoutNs < 0 || openTimeoutNs <= 0)
        {
            throw new IllegalArgumentException(
                "JournalConfig.commitTimeoutNs must not be negative and JournalConfig.openTimeoutNs must be above " +
                "zero: commitTimeoutNs=" + commitTimeoutNs + ", openTimeoutNs=" + openTimeoutNs);
        }

        // No power of two that an int holds is above LENGTH_MAX.
        if (termLength != 0 && (Integer.bitCount(termLength) != 1 || termLength < TERM_LENGTH_MIN))
        {
            throw new IllegalArgumentException(
                "JournalConfig.termLength must be 0 or a power of two from " + TERM_LENGTH_MIN + " to " + LENGTH_MAX +
                ": termLength=" + termLength);
        }

        final int shortestTerm = termLength != 0 ? termLength : TERM_LENGTH_SMALL;
        final int longestTerm = termLength != 0 ? termLength : TERM_LENGTH_DEFAULT;
        if (Integer.bitCount(segmentLength) != 1 || segmentLength < longestTerm)
        {
            throw new IllegalArgumentException(
                "JournalConfig.segmentLength must be a power of two from the length of a term to " + LENGTH_MAX +
                ": segmentLength=" + segmentLength + ", termLength=" + longestTerm);
        }

        if (mtu < MTU_MIN || mtu > MTU_MAX || (mtu & (Frames.ALIGNMENT - 1)) != 0 || mtu > shortestTerm / MTU_PER_TERM)
        {
            throw new IllegalArgumentException(
                "JournalConfig.mtu must be a multiple of " + Frames.ALIGNMENT + " from " + MTU_MIN + " to " + MTU_MAX +
                " and at most termLength / " + MTU_PER_TERM + ": mtu=" + mtu + ", termLength=" + shortestTerm);
        }
    }
}
