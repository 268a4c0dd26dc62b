package io.seriatim.engine;

import io.seriatim.journal.Journal;
import io.seriatim.journal.JournalException;
import org.agrona.concurrent.Agent;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Runs the shards of one journal, as its single writer: opens them, works them in turn, drains and marks them when
 * the engine closes, and stops them all at the first error.
 * <p>
 * Threads: {@link #doWork} on one thread; phase and requests may be used by any.
 */
final class ShardAgent implements Agent
{
    /** Where the agent stands; it only moves on. */
    enum Phase
    {
        WAITING_FOR_JOURNAL,
        OPENING,
        RUNNING,
        MARKING,
        CLOSED,
        STOPPED
    }

    /** What a shard needs of the recovered journal to go on where it ended. */
    record Opening(boolean isNew, int previousCrc)
    {
    }

    private final Journal journal;
    private final BooleanSupplier isJournalOpen;
    private final LongSupplier incarnation;
    private final Shard[] shards;
    private final Opening[] openings;
    private final SnapshotSource snapshots;
    private volatile Phase phase = Phase.WAITING_FOR_JOURNAL;
    private volatile boolean isCloseRequested;
    private volatile Throwable failure;

    /**
     * An agent that waits for its journal.
     *
     * @param journal       that the shards share.
     * @param isJournalOpen tells when it can be written.
     * @param incarnation   of the journal, once it is open.
     * @param shards        that it carries.
     * @param openings      one for each shard.
     * @param snapshots     that are taken of them; null where nothing lasts.
     */
    ShardAgent(
        final Journal journal,
        final BooleanSupplier isJournalOpen,
        final LongSupplier incarnation,
        final Shard[] shards,
        final Opening[] openings,
        final SnapshotSource snapshots)
    {
        this.journal = journal;
        this.isJournalOpen = isJournalOpen;
        this.incarnation = incarnation;
        this.shards = shards;
        this.openings = openings;
        this.snapshots = snapshots;
    }

    @Override
    public String roleName()
    {
        return "seriatim-shards-" + shards[0].id();
    }

    @Override
    public int doWork()
    {
        if (phase == Phase.STOPPED || phase == Phase.CLOSED)
        {
            return 0;
        }
        try
        {
            final JournalException journalFailure = journal.failure();
            if (journalFailure != null)
            {
                throw journalFailure;
            }
            return step();
        }
        catch (final Throwable ex)
        {
            stop(ex);
            return 1;
        }
    }

    Phase phase()
    {
        return phase;
    }

    /** Why the shards have stopped, or are about to: their journal may have failed a moment ago. */
    Throwable failure()
    {
        return failure != null ? failure : journal.failure();
    }

    /** Drain, mark and close, as soon as nothing new comes in. */
    void requestClose()
    {
        isCloseRequested = true;
    }

    /** How far the journal is committed; 0 until its shards are opened. */
    long committedPosition()
    {
        return phase == Phase.WAITING_FOR_JOURNAL ? 0 : journal.committedPosition();
    }

    Shard[] shards()
    {
        return shards;
    }

    private int step()
    {
        switch (phase)
        {
            case WAITING_FOR_JOURNAL:
                return isJournalOpen.getAsBoolean() ? openShards() : 0;
            case OPENING:
                return moveOnIfMarksCommitted(Phase.RUNNING);
            case RUNNING:
                return run();
            case MARKING:
                return moveOnIfMarksCommitted(Phase.CLOSED);
            default:
                return 0;
        }
    }

    private int openShards()
    {
        for (int i = 0; i < shards.length; i++)
        {
            shards[i].open(journal, incarnation.getAsLong(), openings[i].isNew(), openings[i].previousCrc());
        }
        phase = Phase.OPENING;
        return shards.length;
    }

    private int run()
    {
        int workCount = 0;
        boolean isDrained = true;
        for (final Shard shard : shards)
        {
            workCount += shard.doWork();
            isDrained &= shard.isDrained();
        }
        if (snapshots != null && !isCloseRequested)
        {
            workCount += snapshots.doWork();
        }
        if (isCloseRequested && isDrained)
        {
            for (final Shard shard : shards)
            {
                shard.mark();
            }
            phase = Phase.MARKING;
        }
        return workCount;
    }

    private int moveOnIfMarksCommitted(final Phase next)
    {
        for (final Shard shard : shards)
        {
            if (!shard.isMarkCommitted())
            {
                return 0;
            }
        }
        phase = next;
        return 1;
    }

    private void stop(final Throwable cause)
    {
        failure = cause;
        for (final Shard shard : shards)
        {
            shard.stop(cause);
        }
        phase = Phase.STOPPED;
    }
}
