package io.seriatim.replay;

/**
 * A place in the order of a shard, told by what lies before it: so many transfers and so many releases. Balances and
 * closings are a function of it.
 */
final class Moment
{
    private final TransferRows transfers;
    private final ExpiryRows expiries;
    private int transferEnd;
    private int expiryEnd;

    Moment(final TransferRows transfers, final ExpiryRows expiries)
    {
        this.transfers = transfers;
        this.expiries = expiries;
    }

    /** How many transfers lie before it. */
    int transferEnd()
    {
        return transferEnd;
    }

    /** How many releases lie before it. */
    int expiryEnd()
    {
        return expiryEnd;
    }

    /** Just after everything there is. */
    Moment now()
    {
        transferEnd = transfers.count();
        expiryEnd = expiries.count();
        return this;
    }

    /** Just after the entry with a sequence. */
    Moment afterSequence(final long sequence)
    {
        transferEnd = transfers.endOfSequence(sequence);
        expiryEnd = expiries.endOfSequence(sequence);
        return this;
    }

    /** Just after a transfer. */
    Moment afterTransfer(final int row)
    {
        transferEnd = row + 1;
        expiryEnd = expiries.endOfSequence(transfers.sequence(row));
        return this;
    }

    /** Just after a release. */
    Moment afterExpiry(final int row)
    {
        transferEnd = expiries.transferEnd(row);
        expiryEnd = row + 1;
        return this;
    }

    /**
     * At a time: just after the last transfer with a timestamp up to it, and after the releases up to it that follow
     * that transfer and lie before the next one.
     */
    Moment atTime(final long timestampNs)
    {
        transferEnd = transfers.endOfTimestamp(timestampNs);
        final int before = transferEnd == 0 ? 0 : expiries.endOfSequence(transfers.sequence(transferEnd - 1));
        final int next = transferEnd == transfers.count() ?
            expiries.count() : expiries.endOfSequence(transfers.sequence(transferEnd));
        expiryEnd = Math.max(before, Math.min(next, expiries.endOfTimestamp(timestampNs)));
        return this;
    }

    /** Whether what a list of closings and reopenings holds at a place lies before this moment. */
    boolean isBehind(final int flip)
    {
        return flip >= 0 ? flip < transferEnd : ~flip < expiryEnd;
    }
}
