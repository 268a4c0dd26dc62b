package io.seriatim.tools;

/**
 * Ids of transfers as their senders should make them, but on a time of their own: 48 bits of milliseconds above 80
 * random bits, each above the one before it. Some ten in a row have the same millisecond.
 * <p>
 * Threads: confined to one.
 */
final class TransferIds
{
    /** 2026-01-01T00:00:00Z. */
    private static final long EPOCH_MS = 1_767_225_600_000L;

    private static final int PER_MILLISECOND = 10;

    private final Dice dice;
    private long millis = EPOCH_MS;
    private long high;
    private long low;

    TransferIds(final Dice dice)
    {
        this.dice = dice;
        begin();
    }

    void next(final TransferRow row)
    {
        if (dice.below(PER_MILLISECOND) == 0)
        {
            millis++;
            begin();
        }
        else if (++low == 0)
        {
            high++;
        }
        row.idHigh = high;
        row.idLow = low;
    }

    /** The random part begins in its lower half, so counting up never carries into the time. */
    private void begin()
    {
        high = millis << 16 | dice.below(1 << 15);
        low = dice.next();
    }
}
