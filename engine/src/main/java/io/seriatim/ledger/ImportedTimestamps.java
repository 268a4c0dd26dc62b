package io.seriatim.ledger;

/**
 * Whether a timestamp that comes with an imported object is still to be had: one that rises among the objects of its
 * kind and that nothing of another kind has. Accounts, transfers and releases never share a timestamp.
 * <p>
 * Cost: O(log n). Up to {@link TimestampMarks#DISTANCE} stored entries are read to look for an account's timestamp
 * among the transfers, and as many for any timestamp among the releases.<br>
 * Threads: confined to the thread that owns the state machine.<br>
 * Source: SEMANTICS, section 12.
 */
final class ImportedTimestamps
{
    private final AccountTable accounts;
    private final TransferIndex transfers;
    private final ExpiryTimestamps expiries;

    ImportedTimestamps(final AccountTable accounts, final TransferIndex transfers, final ExpiryTimestamps expiries)
    {
        this.accounts = accounts;
        this.transfers = transfers;
        this.expiries = expiries;
    }

    boolean isTakenForAccount(final long timestampNs)
    {
        return timestampNs <= accounts.timestampMaxNs() ||
            transfers.hasTimestamp(timestampNs) ||
            expiries.contains(timestampNs);
    }

    boolean isTakenForTransfer(final long timestampNs)
    {
        return timestampNs <= transfers.timestampMaxNs() ||
            accounts.hasTimestamp(timestampNs) ||
            expiries.contains(timestampNs);
    }
}
