package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountTable;
import org.agrona.MutableDirectBuffer;

/**
 * Accounts as they were at a moment: their fields never change but for the balances, which {@link Movements} knows, and
 * the flag {@code closed}, which is told by how often the account was closed and reopened before the moment.
 * <p>
 * Cost: that of the balances of both sides. Nothing is allocated.<br>
 * Threads: confined to one.
 */
final class AccountsAsOf
{
    private static final int DEBITS_OFFSET = AccountRecordDecoder.debitsPendingHighEncodingOffset();
    private static final int CREDITS_OFFSET = AccountRecordDecoder.creditsPendingHighEncodingOffset();
    private static final int FLAGS_OFFSET = AccountRecordDecoder.flagsEncodingOffset();

    private final AccountTable accounts;
    private final AccountLinks links;
    private final IntLists lists;
    private final Movements movements;

    AccountsAsOf(
        final AccountTable accounts, final AccountLinks links, final IntLists lists, final Movements movements)
    {
        this.accounts = accounts;
        this.links = links;
        this.lists = lists;
        this.movements = movements;
    }

    /** Copy an account, as it was at a moment, as its record of 128 bytes. */
    void read(final int slot, final Moment moment, final MutableDirectBuffer buffer, final int offset)
    {
        accounts.read(slot, buffer, offset);
        readBalances(slot, Side.DEBIT, moment, buffer, offset + DEBITS_OFFSET);
        readBalances(slot, Side.CREDIT, moment, buffer, offset + CREDITS_OFFSET);
        final int flags = accounts.flags(slot);
        final long flips = links.flips(slot);
        if (flips != IntLists.EMPTY)
        {
            final boolean isClosed = (count(flips, moment) & 1) != 0;
            buffer.putShort(
                offset + FLAGS_OFFSET,
                (short)(isClosed ? flags | AccountFlags.CLOSED : flags & ~AccountFlags.CLOSED));
        }
    }

    /** Copy the balances of a side of an account, as they were at a moment: pending, then posted. */
    void readBalances(
        final int slot, final Side side, final Moment moment, final MutableDirectBuffer buffer, final int offset)
    {
        movements.read(slot, side, moment);
        buffer.putLong(offset, movements.pendingHigh());
        buffer.putLong(offset + Long.BYTES, movements.pendingLow());
        buffer.putLong(offset + 2 * Long.BYTES, movements.postedHigh());
        buffer.putLong(offset + 3 * Long.BYTES, movements.postedLow());
    }

    /** How often an account was closed and reopened before a moment: those are the first ones of its list. */
    private int count(final long flips, final Moment moment)
    {
        int from = 0;
        int to = IntLists.count(flips);
        while (from < to)
        {
            final int middle = from + to >>> 1;
            if (moment.isBehind(lists.get(flips, middle)))
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return from;
    }
}
