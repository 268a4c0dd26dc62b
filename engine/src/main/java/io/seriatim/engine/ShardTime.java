package io.seriatim.engine;

import io.seriatim.ledger.LedgerStateMachine;
import org.agrona.concurrent.EpochNanoClock;

import java.util.function.BooleanSupplier;

/**
 * Time of one shard: it enters once for each request, rises strictly, and releases what is due before the request is
 * executed. What is due at once may be more than there is room for: then the release goes on in the next pass, at the
 * same time, and the request waits.
 * <p>
 * Cost: one reading of the clock for each request; an expiry costs O(log n) and an entry.<br>
 * Threads: confined to the shard's thread.<br>
 * Source: SEMANTICS, sections 8 and 13.
 */
final class ShardTime
{
    private static final long TIMESTAMP_MAX_NS = Long.MAX_VALUE;

    private final EpochNanoClock clock;
    private final ManualClock manualClock;
    private final LedgerStateMachine stateMachine;
    private final BooleanSupplier hasRoom;
    private final Runnable onExpired;

    /** The last timestamp that was given to anything. */
    private long previousTimestampNs;

    /** What the clock said when the request was taken that waits or is being executed. */
    private long clockNs;
    private boolean isRequestTaken;
    private long expiredCount;

    /** A release under way ends when nothing is due by then. */
    private boolean isReleasing;
    private long releaseBoundNs;

    /**
     * Time goes on where it ended.
     *
     * @param clock           of the engine.
     * @param stateMachine    that knows what is due, and releases it.
     * @param lastTimestampNs of the newest entry; 0 if there is none.
     * @param hasRoom         whether there is room for the entry of an expiry now.
     * @param onExpired       takes the entry of the expiry that was just written.
     */
    ShardTime(
        final EpochNanoClock clock,
        final LedgerStateMachine stateMachine,
        final long lastTimestampNs,
        final BooleanSupplier hasRoom,
        final Runnable onExpired)
    {
        this.clock = clock;
        manualClock = clock instanceof ManualClock manual ? manual : null;
        this.stateMachine = stateMachine;
        this.hasRoom = hasRoom;
        this.onExpired = onExpired;
        previousTimestampNs = lastTimestampNs;
    }

    /** The last timestamp that was given to anything; after {@link #tryTake}, the batch timestamp. */
    long previousTimestampNs()
    {
        return previousTimestampNs;
    }

    /** What the clock said when the request was taken. */
    long clockNs()
    {
        return clockNs;
    }

    /** How many pending transfers were released for the request that was taken. */
    long expiredCount()
    {
        return expiredCount;
    }

    /** The earliest time that a manual clock can be set to. */
    long earliestNs()
    {
        return Math.max(manualClock.nanoTime(), previousTimestampNs);
    }

    boolean isRequestTaken()
    {
        return isRequestTaken;
    }

    /** A request begins: the clock is read, once. */
    boolean takeRequest()
    {
        clockNs = clock.nanoTime();
        expiredCount = 0;
        isRequestTaken = true;
        return true;
    }

    /** A request begins that moves the manual clock on; false if it would pass the last timestamp. */
    boolean tryAdvance(final long spanNs)
    {
        return manualClock.tryAdvance(previousTimestampNs, spanNs) && takeRequest();
    }

    /** A request begins that sets the manual clock; false if it would go back. */
    boolean trySet(final long timestampNs)
    {
        return manualClock.trySet(previousTimestampNs, timestampNs) && takeRequest();
    }

    void onRequestExecuted()
    {
        isRequestTaken = false;
    }

    /** Give the request its batch timestamp; false if there are not so many timestamps any more. */
    boolean tryTake(final int createCount)
    {
        final long fromNs = startNs();
        if (createCount > TIMESTAMP_MAX_NS - fromNs)
        {
            return false;
        }
        previousTimestampNs = fromNs + createCount;
        return true;
    }

    /**
     * Release everything that is due when the request is taken.
     *
     * @return false if there was no room for all of it.
     */
    boolean releaseDue()
    {
        while (isReleasing || isDue())
        {
            if (!isReleasing)
            {
                isReleasing = true;
                releaseBoundNs = startNs();
                previousTimestampNs = releaseBoundNs;
            }
            if (!release())
            {
                return false;
            }
        }
        return true;
    }

    /**
     * Release what has become due while nobody asks. A manual clock moves only when it is told to, and releases then.
     */
    void releaseWhileIdle()
    {
        if (isReleasing || isAnyDueByTheClock())
        {
            takeRequest();
            releaseDue();
            isRequestTaken = false;
        }
    }

    private boolean isAnyDueByTheClock()
    {
        final long nextExpiryNs = stateMachine.nextExpiryNs();
        return nextExpiryNs != TIMESTAMP_MAX_NS && manualClock == null && clock.nanoTime() >= nextExpiryNs;
    }

    private long startNs()
    {
        return Math.max(previousTimestampNs == TIMESTAMP_MAX_NS ? TIMESTAMP_MAX_NS : previousTimestampNs + 1, clockNs);
    }

    /** One that expires at the last timestamp is never due, as none is left for its release. */
    private boolean isDue()
    {
        final long nextExpiryNs = stateMachine.nextExpiryNs();
        return nextExpiryNs != TIMESTAMP_MAX_NS && nextExpiryNs <= startNs() && startNs() < TIMESTAMP_MAX_NS;
    }

    private boolean release()
    {
        while (stateMachine.nextExpiryNs() <= releaseBoundNs && previousTimestampNs < TIMESTAMP_MAX_NS)
        {
            if (!hasRoom.getAsBoolean())
            {
                return false;
            }
            previousTimestampNs++;
            stateMachine.expireNext(previousTimestampNs);
            expiredCount++;
            onExpired.run();
        }
        isReleasing = false;
        return true;
    }
}
