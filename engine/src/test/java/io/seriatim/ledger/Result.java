package io.seriatim.ledger;

/**
 * Answer to one event of a batch.
 *
 * @param status         the first rule that the event breaks, or created.
 * @param timestamp      of the object if created, of the original if it exists; else the slot of the event.
 * @param sequence       of the event's own entry in the shard.
 * @param ledgerSequence of the entry in its ledger; 0 if that ledger has no account.
 * @param firstSequence  of the entry that decided about this id first, for exists and id_already_failed; else 0.
 */
public record Result(Status status, long timestamp, long sequence, long ledgerSequence, long firstSequence)
{
    /**
     * Number of the status on the wire.
     *
     * @return the number, unsigned.
     */
    public long code()
    {
        return status.code();
    }

    /**
     * Name of the status in lower case.
     *
     * @return the name.
     */
    public String label()
    {
        return status.label();
    }

    static Result created(final Status status, final long timestamp, final long sequence)
    {
        return new Result(status, timestamp, sequence, 0, 0);
    }

    static Result refused(final Status status, final long slot, final long sequence)
    {
        return new Result(status, slot, sequence, 0, 0);
    }

    /** Exists: with the timestamp of the original, and a hint to the entry that created it. */
    static Result exists(
        final Status status, final long originalTimestamp, final long originalSequence, final long sequence)
    {
        return new Result(status, originalTimestamp, sequence, 0, originalSequence);
    }

    Result withLedgerSequence(final long ledgerSequence)
    {
        return new Result(status, timestamp, sequence, ledgerSequence, firstSequence);
    }

    /** Another status after the fact: the timestamp stays, a hint to an earlier entry goes. */
    Result rewritten(final Status status)
    {
        return new Result(status, timestamp, sequence, ledgerSequence, 0);
    }
}
