package io.seriatim.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the accounts, or the transfer ids, of a shard below a local ceiling: what is claimed is counted before it is
 * published, as if all of it were going to be stored, so that replay never has to refuse.
 * <p>
 * Threads: sessions claim and give back; the shard tells what it has executed.
 */
final class StoreAdmission
{
    private final long countMax;
    private final AtomicLong claimedCount = new AtomicLong();
    private volatile long executedCount;
    private volatile long room;

    /**
     * Nothing is claimed.
     *
     * @param countMax    the ceiling.
     * @param storedCount how many there are.
     */
    StoreAdmission(final long countMax, final long storedCount)
    {
        this.countMax = countMax;
        room = roomFor(storedCount);
    }

    /**
     * Claim room for the events of a request.
     *
     * @return 0 if there is room; or {@link LedgerSession#STORE_FULL}, or {@link LedgerSession#BACK_PRESSURED} if what
     * others have claimed has to be executed first: nothing is claimed.
     */
    long tryClaim(final int count)
    {
        // First what is executed and then the room: what is seen of both counts a request twice rather than not at all.
        final long inFlight = claimedCount.addAndGet(count) - executedCount;
        final long roomNow = room;
        if (inFlight <= roomNow)
        {
            return 0;
        }
        giveBack(count);
        return count > roomNow ? LedgerSession.STORE_FULL : LedgerSession.BACK_PRESSURED;
    }

    /** A claimed request will not be published. */
    void giveBack(final int count)
    {
        claimedCount.addAndGet(-count);
    }

    /** A claimed request has been executed. */
    void onExecuted(final int count, final long storedCount)
    {
        room = roomFor(storedCount);
        executedCount += count;
    }

    /** Share that is in use, 0 to 1. */
    double use()
    {
        return 1.0 - room / (double)countMax;
    }

    private long roomFor(final long storedCount)
    {
        return Math.max(0, countMax - storedCount);
    }
}
