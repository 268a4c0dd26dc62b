package io.seriatim.ledger;

import io.seriatim.codecs.TransferRecordDecoder;

/**
 * Reads what a few transfers will need of the tables, before they are applied: their own lines of the index, then those
 * of their accounts, then the accounts. It is far away in memory, and one transfer would wait for it after the other.
 * Read together, in loops so short that the processor has many of them under way at once, it takes hardly longer than
 * for one. What was worked out for that, hashes and places of accounts, is given to the tables when the transfer is
 * applied. Nothing is changed, and nothing depends on it: the tables look at whether it is right.
 * <p>
 * Shape: ids, hashes and places of accounts of up to {@link #COUNT_MAX} transfers.<br>
 * Cost: a few nanoseconds a transfer if all is near anyway. Nothing is allocated.<br>
 * Threads: confined to the thread that owns the state machine.
 */
final class ReadAhead
{
    static final int COUNT_MAX = 32;

    private final AccountTable accounts;
    private final TransferIndex transfers;
    private final long[] idsHigh = new long[COUNT_MAX];
    private final long[] idsLow = new long[COUNT_MAX];
    private final long[] transferHashes = new long[COUNT_MAX];

    /** Of the debited and the credited account of each transfer. */
    private final long[] accountHashes = new long[2 * COUNT_MAX];
    private final int[] accountSlots = new int[2 * COUNT_MAX];
    private int count;
    private int next;
    private boolean isRun;

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
        if (isRun)
        {
            count = 0;
            next = 0;
            isRun = false;
        }
        idsHigh[count] = transfer.idHigh();
        idsLow[count] = transfer.idLow();
        transferHashes[count] = transfers.hash(idsHigh[count], idsLow[count]);
        accountHashes[2 * count] = accounts.hash(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow());
        accountHashes[2 * count + 1] = accounts.hash(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow());
        count++;
    }

    /** Read for all that were added. */
    void run()
    {
        isRun = true;
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
            accountSlots[i] = accounts.likelySlotOf(accountHashes[i]);
        }
        for (int i = 0; i < 2 * count; i++)
        {
            read += accounts.touchRow(accountSlots[i]);
        }
        sum += read;
    }

    /** A transfer is applied: if it is the next of those that were read for, the tables are told what is known. */
    void apply(final long idHigh, final long idLow)
    {
        if (isRun && next < count && idsLow[next] == idLow && idsHigh[next] == idHigh)
        {
            transfers.hashed(idHigh, idLow, transferHashes[next]);
            accounts.expect(accountSlots[2 * next], accountSlots[2 * next + 1]);
            next++;
        }
    }
}
