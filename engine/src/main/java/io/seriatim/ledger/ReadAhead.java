package io.seriatim.ledger;

import io.seriatim.codecs.TransferRecordDecoder;

/**
 * Reads what a few transfers will need of the tables, before they are applied: their own lines of the index, then those
 * of their accounts, then the accounts. It is far away in memory, and one transfer would wait for it after the other.
 * Read together, in loops so short that the processor has many of them under way at once, it takes hardly longer than
 * for one. Nothing is changed, and nothing depends on it.
 * <p>
 * Shape: the hashes of up to {@link #COUNT_MAX} transfers and of their accounts.<br>
 * Cost: a few nanoseconds a transfer if all is near anyway. Nothing is allocated.<br>
 * Threads: confined to the thread that owns the state machine.
 */
final class ReadAhead
{
    static final int COUNT_MAX = 32;

    private final AccountTable accounts;
    private final TransferIndex transfers;
    private final long[] transferHashes = new long[COUNT_MAX];
    private final long[] accountHashes = new long[2 * COUNT_MAX];
    private int count;

    /** Means nothing: what was read is added here, so that it is read. */
    private long sum;

    ReadAhead(final AccountTable accounts, final TransferIndex transfers)
    {
        this.accounts = accounts;
        this.transfers = transfers;
    }

    /** One more transfer, of at most {@link #COUNT_MAX}. */
    void add(final TransferRecordDecoder transfer)
    {
        transferHashes[count] = transfers.hash(transfer.idHigh(), transfer.idLow());
        accountHashes[2 * count] = accounts.hash(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow());
        accountHashes[2 * count + 1] = accounts.hash(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow());
        count++;
    }

    /** Read for all that were added, and forget them. */
    void run()
    {
        long read = 0;
        for (int i = 0; i < count; i++)
        {
            read += transfers.touch(transferHashes[i]);
        }
        for (int i = 0; i < 2 * count; i++)
        {
            read += accounts.touch(accountHashes[i]);
        }
        for (int i = 0; i < 2 * count; i++)
        {
            read += accounts.touchRow(accountHashes[i]);
        }
        sum += read;
        count = 0;
    }
}
