package io.seriatim.replay;

import io.seriatim.journal.Replication;
import io.seriatim.ledger.StateRootKey;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What a follower follows, and where to. Every setter returns the configuration.
 * <p>
 * Threads: confined to the one that opens the follower.
 */
public final class FollowerConfig
{
    private Replication leader;
    private int journalCount = 1;
    private Path dataDirectory;
    private String localHost = "127.0.0.1";
    private long timeoutNs = TimeUnit.SECONDS.toNanos(10);
    private StateRootKey stateRootKey;
    private long forceIntervalNs = TimeUnit.SECONDS.toNanos(1);

    /**
     * Sets whom to follow.
     *
     * @param leader where it lets followers in.
     * @return this.
     */
    public FollowerConfig leader(final Replication leader)
    {
        this.leader = leader;
        return this;
    }

    /**
     * Whom to follow.
     *
     * @return as set.
     */
    public Replication leader()
    {
        return leader;
    }

    /**
     * Sets how many journals the leader has; the default is 1.
     *
     * @param journalCount at least 1.
     * @return this.
     */
    public FollowerConfig journalCount(final int journalCount)
    {
        this.journalCount = journalCount;
        return this;
    }

    /**
     * How many journals the leader has.
     *
     * @return a count.
     */
    public int journalCount()
    {
        return journalCount;
    }

    /**
     * Sets the key that state roots are made again with and compared; the default is none.
     *
     * @param stateRootKey of the leader's books.
     * @return this.
     */
    public FollowerConfig stateRootKey(final StateRootKey stateRootKey)
    {
        this.stateRootKey = stateRootKey;
        return this;
    }

    /**
     * The key of the state roots.
     *
     * @return the key; null if they are not made again.
     */
    public StateRootKey stateRootKey()
    {
        return stateRootKey;
    }

    /**
     * Sets where the copy is kept.
     *
     * @param dataDirectory that is made if it is not there.
     * @return this.
     */
    public FollowerConfig dataDirectory(final Path dataDirectory)
    {
        this.dataDirectory = dataDirectory;
        return this;
    }

    /**
     * Where the copy is kept.
     *
     * @return as set.
     */
    public Path dataDirectory()
    {
        return dataDirectory;
    }

    /**
     * Sets the address of this machine that the leader sends to; the default is that of the machine itself alone.
     *
     * @param localHost an address or a name.
     * @return this.
     */
    public FollowerConfig localHost(final String localHost)
    {
        this.localHost = localHost;
        return this;
    }

    /**
     * The address of this machine that the leader sends to.
     *
     * @return as set, or the default.
     */
    public String localHost()
    {
        return localHost;
    }

    /**
     * Sets how long a connection may take; the default is 10 s.
     *
     * @param timeoutNs above zero.
     * @return this.
     */
    public FollowerConfig timeoutNs(final long timeoutNs)
    {
        this.timeoutNs = timeoutNs;
        return this;
    }

    /**
     * How long a connection may take.
     *
     * @return nanoseconds.
     */
    public long timeoutNs()
    {
        return timeoutNs;
    }

    /**
     * Sets how often the copy is forced to the disk; the default is each second.
     *
     * @param forceIntervalNs 0 or above.
     * @return this.
     */
    public FollowerConfig forceIntervalNs(final long forceIntervalNs)
    {
        this.forceIntervalNs = forceIntervalNs;
        return this;
    }

    /**
     * How often the copy is forced to the disk.
     *
     * @return nanoseconds.
     */
    public long forceIntervalNs()
    {
        return forceIntervalNs;
    }

    /** Check that everything is there. */
    void validate()
    {
        Objects.requireNonNull(leader, "leader");
        Objects.requireNonNull(dataDirectory, "dataDirectory");
        if (journalCount < 1 || timeoutNs <= 0 || forceIntervalNs < 0)
        {
            throw new IllegalArgumentException(
                "FollowerConfig.journalCount is at least 1, timeoutNs above zero and forceIntervalNs not below it: " +
                "journalCount=" + journalCount + ", timeoutNs=" + timeoutNs + ", forceIntervalNs=" + forceIntervalNs);
        }
    }
}
