package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.ledger.AccountTable;
import io.seriatim.ledger.Amounts;
import io.seriatim.ledger.TransferFlags;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What has moved each side of each account, and so the balances of that side at any moment: they depend on nothing but
 * the transfers and releases on that side, in the order of the journal. The transfers are kept apart from the releases,
 * whose effects are subtracted, modulo 2^128; so the list of the transfers is also the index that queries go by.
 * <p>
 * Shape: lists in {@link IntLists}, of blocks of {@value #BLOCK_ROWS} row numbers and then the balances after them:
 * pending and posted, as 8 ints, with no release subtracted. That is 6 bytes a movement.<br>
 * Cost: O(1) to add (amortised). Balances at a moment: a search that begins where the rows would be if they came
 * evenly, and less than {@value #BLOCK_ROWS} rows of transfers and of releases; at rising moments of one account, one
 * row each. Nothing is allocated on the heap.<br>
 * Threads: confined to one.
 */
final class Movements
{
    /** The sum of the transfers on a side that was made last, so that the next one of the same list goes on from it. */
    private static final class Sum
    {
        private long list = IntLists.EMPTY;
        private int end;
        private long pendingHigh;
        private long pendingLow;
        private long postedHigh;
        private long postedLow;
    }

    private static final int BLOCK_SHIFT = 4;
    private static final int BLOCK_ROWS = 1 << BLOCK_SHIFT;
    private static final int BLOCK_MASK = BLOCK_ROWS - 1;
    private static final int BALANCE_INTS = 8;
    private static final int BLOCK_INTS = BLOCK_ROWS + BALANCE_INTS;
    private static final int POST_OR_VOID =
        TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER;

    private static final int DEBITS_OFFSET = AccountRecordDecoder.debitsPendingHighEncodingOffset();
    private static final int CREDITS_OFFSET = AccountRecordDecoder.creditsPendingHighEncodingOffset();

    private final UnsafeBuffer account = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
    private final IntLists lists;
    private final AccountTable table;
    private final AccountLinks accounts;
    private final TransferRows transfers;
    private final ExpiryRows expiries;
    private final PendingRows pendings;

    private final SideRows search = new SideRows(this);
    private final Sum[] lastSums = {new Sum(), new Sum()};

    // The balances that were read last.
    private long pendingHigh;
    private long pendingLow;
    private long postedHigh;
    private long postedLow;

    Movements(
        final IntLists lists,
        final AccountTable table,
        final AccountLinks accounts,
        final TransferRows transfers,
        final ExpiryRows expiries,
        final PendingRows pendings)
    {
        this.lists = lists;
        this.table = table;
        this.accounts = accounts;
        this.transfers = transfers;
        this.expiries = expiries;
        this.pendings = pendings;
    }

    /** Note a transfer on a side of an account, whose balances are those after it. */
    void addTransfer(final int slot, final Side side, final int row)
    {
        long list = lists.append(accounts.transfers(slot, side), row);
        if (isBlockFull(list))
        {
            final long released = accounts.releases(slot, side);
            sumReleases(released, count(released));
            addBalances(slot, side);
            list = appendBalances(list);
        }
        accounts.transfers(slot, side, list);
        lastSums[side.ordinal()].list = IntLists.EMPTY;
    }

    /** Note a release on a side of an account. */
    void addRelease(final int slot, final Side side, final int row)
    {
        long list = lists.append(accounts.releases(slot, side), row);
        if (isBlockFull(list))
        {
            // The balances behind the block that is full now are not there yet.
            sumReleases(list, count(list) - 1);
            addRelease(row);
            list = appendBalances(list);
        }
        accounts.releases(slot, side, list);
    }

    /** How many movements a list holds. */
    static int count(final long list)
    {
        final int intCount = IntLists.count(list);
        return intCount / BLOCK_INTS * BLOCK_ROWS + intCount % BLOCK_INTS;
    }

    /** The row number at an index of a list. */
    int row(final long list, final int index)
    {
        return lists.get(list, (index >> BLOCK_SHIFT) * BLOCK_INTS + (index & BLOCK_MASK));
    }

    /** Read the balances of a side of an account at a moment. */
    void read(final int slot, final Side side, final Moment moment)
    {
        final long released = accounts.releases(slot, side);
        long releasedHigh = 0;
        long releasedLow = 0;
        if (released != IntLists.EMPTY)
        {
            sumReleases(released, search.of(released, guess(released, moment.expiryEnd(), expiries.count()))
                .indexOf(moment.expiryEnd()));
            releasedHigh = pendingHigh;
            releasedLow = pendingLow;
        }
        sumTransfers(accounts.transfers(slot, side), lastSums[side.ordinal()], moment.transferEnd());
        subtractPending(releasedHigh, releasedLow);
    }

    long pendingHigh()
    {
        return pendingHigh;
    }

    long pendingLow()
    {
        return pendingLow;
    }

    long postedHigh()
    {
        return postedHigh;
    }

    long postedLow()
    {
        return postedLow;
    }

    private static boolean isBlockFull(final long list)
    {
        return IntLists.count(list) % BLOCK_INTS == BLOCK_ROWS;
    }

    private long appendBalances(final long list)
    {
        return append(append(append(append(list, pendingHigh), pendingLow), postedHigh), postedLow);
    }

    /** Add the balances of a side of an account as they stand. */
    private void addBalances(final int slot, final Side side)
    {
        table.read(slot, account, 0);
        final int offset = side == Side.DEBIT ? DEBITS_OFFSET : CREDITS_OFFSET;
        addPending(account.getLong(offset), account.getLong(offset + Long.BYTES));
        postedHigh = account.getLong(offset + 2 * Long.BYTES);
        postedLow = account.getLong(offset + 3 * Long.BYTES);
    }

    private long append(final long list, final long value)
    {
        return lists.append(lists.append(list, (int)(value >>> Integer.SIZE)), (int)value);
    }

    private long getLong(final long list, final int index)
    {
        return (long)lists.get(list, index) << Integer.SIZE | lists.get(list, index + 1) & 0xFFFF_FFFFL;
    }

    /** Where a row would stand in a list if its rows were spread evenly: a good place to begin a search. */
    private static int guess(final long list, final int rowEnd, final int rowCount)
    {
        return rowCount == 0 ? 0 : (int)((long)count(list) * rowEnd / rowCount);
    }

    /** Add up the transfers of a list before a row: on from the last sum, or from the balances before their block. */
    private void sumTransfers(final long list, final Sum last, final int rowEnd)
    {
        final boolean isSame = list == last.list && list != IntLists.EMPTY;
        final int end = search.of(list, isSame ? last.end : guess(list, rowEnd, transfers.count())).indexOf(rowEnd);
        final int block = end >> BLOCK_SHIFT;
        int index = block << BLOCK_SHIFT;
        if (isSame && last.end >= index && last.end <= end)
        {
            pendingHigh = last.pendingHigh;
            pendingLow = last.pendingLow;
            postedHigh = last.postedHigh;
            postedLow = last.postedLow;
            index = last.end;
        }
        else
        {
            startAt(list, block);
        }
        for (; index < end; index++)
        {
            addTransfer(row(list, index));
        }
        last.list = list;
        last.end = end;
        last.pendingHigh = pendingHigh;
        last.pendingLow = pendingLow;
        last.postedHigh = postedHigh;
        last.postedLow = postedLow;
    }

    /** Add up the first releases of a list. */
    private void sumReleases(final long list, final int end)
    {
        final int block = end >> BLOCK_SHIFT;
        startAt(list, block);
        for (int index = block << BLOCK_SHIFT; index < end; index++)
        {
            addRelease(row(list, index));
        }
    }

    /** Begin with the balances before a block. */
    private void startAt(final long list, final int block)
    {
        final int offset = block * BLOCK_INTS - BALANCE_INTS;
        pendingHigh = block == 0 ? 0 : getLong(list, offset);
        pendingLow = block == 0 ? 0 : getLong(list, offset + 2);
        postedHigh = block == 0 ? 0 : getLong(list, offset + 4);
        postedLow = block == 0 ? 0 : getLong(list, offset + 6);
    }

    private void addTransfer(final int row)
    {
        final long amountHigh = transfers.amountHigh(row);
        final long amountLow = transfers.amountLow(row);
        final int flags = transfers.flags(row);
        if ((flags & TransferFlags.PENDING) != 0)
        {
            addPending(amountHigh, amountLow);
            return;
        }
        if ((flags & POST_OR_VOID) != 0)
        {
            final int reserved = pendings.transferRow(transfers.pending(row));
            subtractPending(transfers.amountHigh(reserved), transfers.amountLow(reserved));
        }
        if ((flags & TransferFlags.VOID_PENDING_TRANSFER) == 0)
        {
            postedHigh = Amounts.addHigh(postedHigh, postedLow, amountHigh, amountLow);
            postedLow = Amounts.addLow(postedLow, amountLow);
        }
    }

    /** The sum of what was released. */
    private void addRelease(final int row)
    {
        final int reserved = pendings.transferRow(expiries.pending(row));
        addPending(transfers.amountHigh(reserved), transfers.amountLow(reserved));
    }

    private void addPending(final long amountHigh, final long amountLow)
    {
        pendingHigh = Amounts.addHigh(pendingHigh, pendingLow, amountHigh, amountLow);
        pendingLow = Amounts.addLow(pendingLow, amountLow);
    }

    private void subtractPending(final long amountHigh, final long amountLow)
    {
        pendingHigh = Amounts.subtractHigh(pendingHigh, pendingLow, amountHigh, amountLow);
        pendingLow = Amounts.subtractLow(pendingLow, amountLow);
    }
}
