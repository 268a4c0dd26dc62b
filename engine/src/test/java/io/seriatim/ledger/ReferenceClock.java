package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Expiry;

import java.util.List;

/** Section 13 of the semantics: a clock that stands at 0 until it is moved. Moving it releases what is due then. */
public final class ReferenceClock
{
    private final ReferenceLedger ledger;
    private long clock;

    /**
     * A clock for a fresh ledger.
     *
     * @param ledger whose pending transfers expire by it.
     */
    public ReferenceClock(final ReferenceLedger ledger)
    {
        this.ledger = ledger;
    }

    /**
     * What it shows.
     *
     * @return nanoseconds.
     */
    public long clock()
    {
        return clock;
    }

    /**
     * Move it on, from the latest timestamp given if that is ahead.
     *
     * @param duration nanoseconds, not negative.
     * @return what was released.
     */
    public List<Expiry> advance(final long duration)
    {
        clock = Math.max(clock, ledger.previousTimestamp()) + duration;
        return ledger.release(clock);
    }

    /**
     * Set it.
     *
     * @param clock nanoseconds; neither before what it shows nor before the latest timestamp given.
     * @return what was released.
     * @throws IllegalArgumentException if it would go back; nothing has changed.
     */
    public List<Expiry> set(final long clock)
    {
        final long least = Math.max(this.clock, ledger.previousTimestamp());
        if (clock < least)
        {
            throw new IllegalArgumentException("the clock never goes back: clock=" + clock + ", least=" + least);
        }
        this.clock = clock;
        return ledger.release(clock);
    }
}
