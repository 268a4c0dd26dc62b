package io.seriatim.ledger;

/**
 * What the rules have found out about a transfer on the way to its outcome: an accepted one is applied with it, and its
 * entry is written from it. Good until the next transfer is judged.
 */
final class TransferFindings
{
    private long firstSequence;
    private long firstTimestampNs;
    private long pendingSequence;
    private StoredTransfer pending;
    private int debitSlot;
    private int creditSlot;
    private long amountHigh;
    private long amountLow;

    /** Nothing is found yet. What is left of the transfer before is not good, and not asked for. */
    void clear()
    {
        firstSequence = 0;
        firstTimestampNs = 0;
        pendingSequence = 0;
    }

    /** Sequence of the entry that created the transfer or spent its id; 0 if the id is new. */
    long firstSequence()
    {
        return firstSequence;
    }

    void firstSequence(final long sequence)
    {
        firstSequence = sequence;
    }

    /** Timestamp of the transfer that has the id; good after {@link TransferOutcome#EXISTS}. */
    long firstTimestampNs()
    {
        return firstTimestampNs;
    }

    void firstTimestampNs(final long timestampNs)
    {
        firstTimestampNs = timestampNs;
    }

    /** Sequence of the entry that created the pending transfer that a post or void names; 0 if none was found. */
    long pendingSequence()
    {
        return pendingSequence;
    }

    /** The pending transfer that a post or void names; good while {@link #pendingSequence()} is not 0. */
    StoredTransfer pending()
    {
        return pending;
    }

    void pending(final long sequence, final StoredTransfer found)
    {
        pendingSequence = sequence;
        pending = found;
    }

    /** Slot of the debit account; good after {@link TransferOutcome#CREATED}. */
    int debitSlot()
    {
        return debitSlot;
    }

    void debitSlot(final int slot)
    {
        debitSlot = slot;
    }

    /** Slot of the credit account; good after {@link TransferOutcome#CREATED}. */
    int creditSlot()
    {
        return creditSlot;
    }

    void creditSlot(final int slot)
    {
        creditSlot = slot;
    }

    /** High half of the amount to move; good after {@link TransferOutcome#CREATED}. */
    long amountHigh()
    {
        return amountHigh;
    }

    /** Low half of the amount to move; good after {@link TransferOutcome#CREATED}. */
    long amountLow()
    {
        return amountLow;
    }

    void amount(final long high, final long low)
    {
        amountHigh = high;
        amountLow = low;
    }
}
