package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The accounts of a shard, in creation order, and where to find them by id.
 * <p>
 * Shape: rows of {@link #ROW_LENGTH} bytes, laid out as the codec's {@code accountRecord}; beside them the sequence of
 * the entry that created each; an index from id to slot.<br>
 * Cost: 136 bytes and an index slot an account; two neighbouring cache lines hold a row.<br>
 * Threads: confined to one.
 */
public final class AccountTable implements AutoCloseable
{
    /** What {@link #slotOf} says of an id that is not there. */
    public static final int NOT_FOUND = -1;

    /** Length of an account that leaves the table by {@link #copyNext}, in bytes. */
    public static final int COPY_LENGTH = AccountRecordDecoder.ENCODED_LENGTH + Long.BYTES;

    static final int ROW_LENGTH = AccountRecordDecoder.ENCODED_LENGTH;

    /** Where the four balances begin in a row, and how long they are together. */
    static final int BALANCES_OFFSET = AccountRecordDecoder.debitsPendingHighEncodingOffset();
    static final int BALANCES_LENGTH = AccountRecordDecoder.userData128HighEncodingOffset() - BALANCES_OFFSET;

    private static final int ID_LOW_OFFSET = AccountRecordDecoder.idLowEncodingOffset();
    private static final int DEBITS_PENDING_OFFSET = AccountRecordDecoder.debitsPendingHighEncodingOffset();
    private static final int DEBITS_POSTED_OFFSET = AccountRecordDecoder.debitsPostedHighEncodingOffset();
    private static final int CREDITS_PENDING_OFFSET = AccountRecordDecoder.creditsPendingHighEncodingOffset();
    private static final int CREDITS_POSTED_OFFSET = AccountRecordDecoder.creditsPostedHighEncodingOffset();
    private static final int LEDGER_OFFSET = AccountRecordDecoder.ledgerEncodingOffset();
    private static final int FLAGS_OFFSET = AccountRecordDecoder.flagsEncodingOffset();
    private static final int TIMESTAMP_OFFSET = AccountRecordDecoder.timestampNsEncodingOffset();
    private static final int LOW = Long.BYTES;

    private final Segments rows = new Segments(ROW_LENGTH);
    private final RowCopy copy = new RowCopy(rows, ROW_LENGTH);
    private final RowCopy rootCopy = new RowCopy(rows, ROW_LENGTH);
    private final Segments sequences = new Segments(Long.BYTES);
    private final HashIndex slots;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private int count;
    private int expectedSlot = NOT_FOUND;
    private int otherExpectedSlot = NOT_FOUND;

    /**
     * Empty.
     *
     * @param seed of the index; it changes where its slots lie and nothing else.
     */
    public AccountTable(final long seed)
    {
        slots = new HashIndex(seed);
    }

    /**
     * How many accounts there are.
     *
     * @return a count.
     */
    public int count()
    {
        return count;
    }

    /**
     * Look an account up.
     *
     * @param idHigh high half of its id.
     * @param idLow  low half of its id.
     * @return its slot: its place in the order of creation, from 0; or {@link #NOT_FOUND}.
     */
    public int slotOf(final long idHigh, final long idLow)
    {
        if (isAt(expectedSlot, idHigh, idLow))
        {
            return expectedSlot;
        }
        if (isAt(otherExpectedSlot, idHigh, idLow))
        {
            return otherExpectedSlot;
        }
        long place = slots.find(slots.hash(idHigh, idLow));
        while (place != HashIndex.NOT_FOUND)
        {
            final int slot = (int)HashIndex.value(place) - 1;
            if (isAt(slot, idHigh, idLow))
            {
                return slot;
            }
            place = slots.next(place);
        }
        return NOT_FOUND;
    }

    /** Whether a slot, or none, holds an account. */
    private boolean isAt(final int slot, final long idHigh, final long idLow)
    {
        if (slot == NOT_FOUND || slot >= count)
        {
            return false;
        }
        final long row = rows.address(slot);
        return UnsafeApi.getLong(row + ID_LOW_OFFSET) == idLow && UnsafeApi.getLong(row) == idHigh;
    }

    long hash(final long idHigh, final long idLow)
    {
        return slots.hash(idHigh, idLow);
    }

    /** Read where an id with a hash is looked up, so that it is near then. What is returned says nothing. */
    long touch(final long hash)
    {
        return slots.touchFirst(hash);
    }

    /** The slot of the first account with a hash, which is most likely the one; or {@link #NOT_FOUND}. */
    int likelySlotOf(final long hash)
    {
        return (int)slots.get(hash) - 1;
    }

    /** Likewise the lines of an account, if there is one. */
    long touchRow(final int slot)
    {
        if (slot == NOT_FOUND)
        {
            return 0;
        }
        final long row = rows.address(slot);
        return UnsafeApi.getLong(row) + UnsafeApi.getLong(row + TIMESTAMP_OFFSET);
    }

    /** The accounts in these slots, if there are such, are likely to be looked up next; it is looked at whether so. */
    void expect(final int firstSlot, final int secondSlot)
    {
        expectedSlot = firstSlot;
        otherExpectedSlot = secondSlot;
    }

    /**
     * Store a new account as the command gives it; its balances are zero by the rules.
     *
     * @param account     as given.
     * @param timestampNs that it gets.
     * @param sequence    of the entry that creates it.
     */
    public void add(final AccountRecordDecoder account, final long timestampNs, final long sequence)
    {
        final int slot = count;
        rows.ensure(slot);
        sequences.ensure(slot);
        final long address = rows.address(slot);
        view.wrap(address, ROW_LENGTH);
        account.buffer().getBytes(account.offset(), view, 0, ROW_LENGTH);
        UnsafeApi.putLong(address + TIMESTAMP_OFFSET, timestampNs);
        UnsafeApi.putLong(sequences.address(slot), sequence);
        slots.add(slots.hash(account.idHigh(), account.idLow()), slot + 1L);
        count++;
    }

    /** The records as they are now, while the table goes on; what a chain undoes has been saved when it was done. */
    RowCopy copy()
    {
        return copy;
    }

    /** Another copy of the records, for a state root. */
    RowCopy rootCopy()
    {
        return rootCopy;
    }

    /**
     * Copy the accounts as they are now, while the table goes on: {@link #copyNext} hands them out in their order.
     */
    public void beginCopy()
    {
        copy.begin(count);
    }

    /**
     * The next account of the copy: its record, and then the sequence of its entry.
     *
     * @param buffer to copy it to.
     * @param offset in the buffer, for {@link #COPY_LENGTH} bytes.
     */
    public void copyNext(final MutableDirectBuffer buffer, final int offset)
    {
        copyNext(copy, buffer, offset);
    }

    /** The next account of one of the two copies. */
    void copyNext(final RowCopy from, final MutableDirectBuffer buffer, final int offset)
    {
        final int slot = (int)from.nextRow();
        view.wrap(from.next(), ROW_LENGTH);
        buffer.putBytes(offset, view, 0, ROW_LENGTH);
        buffer.putLong(offset + ROW_LENGTH, sequence(slot));
    }

    /** The copy is over; what it has taken is let go of. */
    public void endCopy()
    {
        copy.close();
    }

    /**
     * Take an account of a copy. They come in their order.
     *
     * @param buffer holding it as {@link #copyNext} has written it.
     * @param offset in the buffer.
     */
    public void load(final DirectBuffer buffer, final int offset)
    {
        final long idHigh = buffer.getLong(offset);
        final long idLow = buffer.getLong(offset + ID_LOW_OFFSET);
        if (slotOf(idHigh, idLow) != NOT_FOUND)
        {
            throw new IllegalStateException("an account comes twice: slot=" + count);
        }
        rows.ensure(count);
        sequences.ensure(count);
        view.wrap(rows.address(count), ROW_LENGTH);
        view.putBytes(0, buffer, offset, ROW_LENGTH);
        UnsafeApi.putLong(sequences.address(count), buffer.getLong(offset + ROW_LENGTH));
        slots.add(slots.hash(idHigh, idLow), count + 1L);
        count++;
    }

    /** Undo the last {@link #add}. */
    void removeLast()
    {
        final long address = rows.address(count - 1);
        long place = slots.find(slots.hash(UnsafeApi.getLong(address), UnsafeApi.getLong(address + ID_LOW_OFFSET)));
        while (HashIndex.value(place) != count)
        {
            place = slots.next(place);
        }
        slots.remove(place);
        count--;
    }

    /**
     * Copy an account as its 128-byte record.
     *
     * @param slot   of the account.
     * @param buffer to copy it to.
     * @param offset in the buffer.
     */
    public void read(final int slot, final MutableDirectBuffer buffer, final int offset)
    {
        view.wrap(rows.address(slot), ROW_LENGTH);
        buffer.putBytes(offset, view, 0, ROW_LENGTH);
    }

    /** Wrap a decoder around a row; it is good until the row changes. */
    void wrap(final AccountRecordDecoder decoder, final int slot)
    {
        view.wrap(rows.address(slot), ROW_LENGTH);
        decoder.wrap(view, 0);
    }

    /**
     * The entry that created an account. Sequences rise with the slots.
     *
     * @param slot of the account.
     * @return its sequence.
     */
    public long sequence(final int slot)
    {
        return UnsafeApi.getLong(sequences.address(slot));
    }

    int ledger(final int slot)
    {
        return UnsafeApi.getInt(rows.address(slot) + LEDGER_OFFSET);
    }

    /**
     * Flags of an account, as they stand.
     *
     * @param slot of the account.
     * @return bits of {@link AccountFlags}.
     */
    public int flags(final int slot)
    {
        return UnsafeApi.getShort(rows.address(slot) + FLAGS_OFFSET) & 0xFFFF;
    }

    boolean isClosed(final int slot)
    {
        return (flags(slot) & AccountFlags.CLOSED) != 0;
    }

    /**
     * Timestamp of an account. Timestamps rise with the slots.
     *
     * @param slot of the account.
     * @return nanoseconds.
     */
    public long timestampNs(final int slot)
    {
        return UnsafeApi.getLong(rows.address(slot) + TIMESTAMP_OFFSET);
    }

    /** Greatest timestamp of an account; 0 if there is none. */
    long timestampMaxNs()
    {
        return count == 0 ? 0 : timestampNs(count - 1);
    }

    /** Whether any account has this timestamp: they rise with the slots. */
    boolean hasTimestamp(final long timestampNs)
    {
        int from = 0;
        int to = count;
        while (from < to)
        {
            final int middle = from + to >>> 1;
            final long found = timestampNs(middle);
            if (found == timestampNs)
            {
                return true;
            }
            if (found < timestampNs)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return false;
    }

    /**
     * Add an amount to the posted debits; the sum is known to fit.
     *
     * @param slot       of the account.
     * @param amountHigh high half of the amount.
     * @param amountLow  low half of the amount.
     */
    public void addDebitPosted(final int slot, final long amountHigh, final long amountLow)
    {
        add(changing(slot) + DEBITS_POSTED_OFFSET, amountHigh, amountLow);
    }

    /**
     * Add an amount to the posted credits; the sum is known to fit.
     *
     * @param slot       of the account.
     * @param amountHigh high half of the amount.
     * @param amountLow  low half of the amount.
     */
    public void addCreditPosted(final int slot, final long amountHigh, final long amountLow)
    {
        add(changing(slot) + CREDITS_POSTED_OFFSET, amountHigh, amountLow);
    }

    /**
     * Reserve an amount on the debit side; the sum is known to fit.
     *
     * @param slot       of the account.
     * @param amountHigh high half of the amount.
     * @param amountLow  low half of the amount.
     */
    public void addDebitPending(final int slot, final long amountHigh, final long amountLow)
    {
        add(changing(slot) + DEBITS_PENDING_OFFSET, amountHigh, amountLow);
    }

    /**
     * Reserve an amount on the credit side; the sum is known to fit.
     *
     * @param slot       of the account.
     * @param amountHigh high half of the amount.
     * @param amountLow  low half of the amount.
     */
    public void addCreditPending(final int slot, final long amountHigh, final long amountLow)
    {
        add(changing(slot) + CREDITS_PENDING_OFFSET, amountHigh, amountLow);
    }

    /**
     * Release an amount that was reserved on the debit side.
     *
     * @param slot       of the account.
     * @param amountHigh high half of the amount.
     * @param amountLow  low half of the amount.
     */
    public void subtractDebitPending(final int slot, final long amountHigh, final long amountLow)
    {
        subtract(changing(slot) + DEBITS_PENDING_OFFSET, amountHigh, amountLow);
    }

    /**
     * Release an amount that was reserved on the credit side.
     *
     * @param slot       of the account.
     * @param amountHigh high half of the amount.
     * @param amountLow  low half of the amount.
     */
    public void subtractCreditPending(final int slot, final long amountHigh, final long amountLow)
    {
        subtract(changing(slot) + CREDITS_PENDING_OFFSET, amountHigh, amountLow);
    }

    /**
     * Close an account, or open it again.
     *
     * @param slot     of the account.
     * @param isClosed from now on.
     */
    public void closed(final int slot, final boolean isClosed)
    {
        final int flags = isClosed ? flags(slot) | AccountFlags.CLOSED : flags(slot) & ~AccountFlags.CLOSED;
        UnsafeApi.putShort(changing(slot) + FLAGS_OFFSET, (short)flags);
    }

    boolean overflowsDebitsPending(final int slot, final long amountHigh, final long amountLow)
    {
        return overflows(rows.address(slot) + DEBITS_PENDING_OFFSET, amountHigh, amountLow);
    }

    boolean overflowsCreditsPending(final int slot, final long amountHigh, final long amountLow)
    {
        return overflows(rows.address(slot) + CREDITS_PENDING_OFFSET, amountHigh, amountLow);
    }

    /** What the account can be debited: posted credits less all debits, at least 0. High half. */
    long debitRoomHigh(final int slot)
    {
        final long row = rows.address(slot);
        return roomHigh(row + DEBITS_PENDING_OFFSET, row + DEBITS_POSTED_OFFSET, row + CREDITS_POSTED_OFFSET);
    }

    /** Low half of {@link #debitRoomHigh}. */
    long debitRoomLow(final int slot)
    {
        final long row = rows.address(slot);
        return roomLow(row + DEBITS_PENDING_OFFSET, row + DEBITS_POSTED_OFFSET, row + CREDITS_POSTED_OFFSET);
    }

    /** What the account can be credited: posted debits less all credits, at least 0. High half. */
    long creditRoomHigh(final int slot)
    {
        final long row = rows.address(slot);
        return roomHigh(row + CREDITS_PENDING_OFFSET, row + CREDITS_POSTED_OFFSET, row + DEBITS_POSTED_OFFSET);
    }

    /** Low half of {@link #creditRoomHigh}. */
    long creditRoomLow(final int slot)
    {
        final long row = rows.address(slot);
        return roomLow(row + CREDITS_PENDING_OFFSET, row + CREDITS_POSTED_OFFSET, row + DEBITS_POSTED_OFFSET);
    }

    boolean overflowsDebitsPosted(final int slot, final long amountHigh, final long amountLow)
    {
        return overflows(rows.address(slot) + DEBITS_POSTED_OFFSET, amountHigh, amountLow);
    }

    boolean overflowsCreditsPosted(final int slot, final long amountHigh, final long amountLow)
    {
        return overflows(rows.address(slot) + CREDITS_POSTED_OFFSET, amountHigh, amountLow);
    }

    /** Whether amount + debits pending + debits posted exceeds 2^128-1; pending + posted never does. */
    boolean overflowsDebits(final int slot, final long amountHigh, final long amountLow)
    {
        final long row = rows.address(slot);
        return totalOverflows(row + DEBITS_PENDING_OFFSET, row + DEBITS_POSTED_OFFSET, amountHigh, amountLow);
    }

    /** Whether amount + credits pending + credits posted exceeds 2^128-1; pending + posted never does. */
    boolean overflowsCredits(final int slot, final long amountHigh, final long amountLow)
    {
        final long row = rows.address(slot);
        return totalOverflows(row + CREDITS_PENDING_OFFSET, row + CREDITS_POSTED_OFFSET, amountHigh, amountLow);
    }

    /** Whether amount + debits pending + debits posted exceeds the posted credits; the sum is known to fit. */
    boolean exceedsCredits(final int slot, final long amountHigh, final long amountLow)
    {
        final long row = rows.address(slot);
        return totalExceeds(
            row + DEBITS_PENDING_OFFSET, row + DEBITS_POSTED_OFFSET, row + CREDITS_POSTED_OFFSET,
            amountHigh, amountLow);
    }

    /** Whether amount + credits pending + credits posted exceeds the posted debits; the sum is known to fit. */
    boolean exceedsDebits(final int slot, final long amountHigh, final long amountLow)
    {
        final long row = rows.address(slot);
        return totalExceeds(
            row + CREDITS_PENDING_OFFSET, row + CREDITS_POSTED_OFFSET, row + DEBITS_POSTED_OFFSET,
            amountHigh, amountLow);
    }

    /** Address of the balances of an account, for {@link UndoLog}. */
    long balancesAddress(final int slot)
    {
        return rows.address(slot) + BALANCES_OFFSET;
    }

    /** Address of the flags of an account, 16 bits, for {@link UndoLog}. */
    long flagsAddress(final int slot)
    {
        return rows.address(slot) + FLAGS_OFFSET;
    }

    /** Whether debits of all accounts equal their credits, modulo 2^128, pending and posted. For assertions. */
    boolean isBalanced()
    {
        return isBalanced(DEBITS_POSTED_OFFSET, CREDITS_POSTED_OFFSET) &&
            isBalanced(DEBITS_PENDING_OFFSET, CREDITS_PENDING_OFFSET);
    }

    private boolean isBalanced(final int debitsOffset, final int creditsOffset)
    {
        long high = 0;
        long low = 0;
        for (int slot = 0; slot < count; slot++)
        {
            final long row = rows.address(slot);
            for (int side = 0; side < 2; side++)
            {
                final long address = row + (side == 0 ? debitsOffset : creditsOffset);
                final long addHigh = UnsafeApi.getLong(address);
                final long addLow = UnsafeApi.getLong(address + LOW);
                if (side == 0)
                {
                    high = Amounts.addHigh(high, low, addHigh, addLow);
                    low = Amounts.addLow(low, addLow);
                }
                else
                {
                    high = Amounts.subtractHigh(high, low, addHigh, addLow);
                    low = Amounts.subtractLow(low, addLow);
                }
            }
        }
        return Amounts.isZero(high, low);
    }

    /**
     * Off-heap memory held.
     *
     * @return a number of bytes.
     */
    public long allocatedBytes()
    {
        return rows.allocatedBytes() + copy.allocatedBytes() + rootCopy.allocatedBytes() +
            sequences.allocatedBytes() + slots.allocatedBytes();
    }

    @Override
    public void close()
    {
        rows.close();
        copy.close();
        rootCopy.close();
        sequences.close();
        slots.close();
    }

    /** Where a row lies that is about to change. */
    private long changing(final int slot)
    {
        copy.beforeChange(slot);
        rootCopy.beforeChange(slot);
        return rows.address(slot);
    }

    private static void add(final long address, final long amountHigh, final long amountLow)
    {
        final long high = UnsafeApi.getLong(address);
        final long low = UnsafeApi.getLong(address + LOW);
        UnsafeApi.putLong(address, Amounts.addHigh(high, low, amountHigh, amountLow));
        UnsafeApi.putLong(address + LOW, Amounts.addLow(low, amountLow));
    }

    private static void subtract(final long address, final long amountHigh, final long amountLow)
    {
        final long high = UnsafeApi.getLong(address);
        final long low = UnsafeApi.getLong(address + LOW);
        assert Amounts.compare(high, low, amountHigh, amountLow) >= 0 : "more is released than was reserved";
        UnsafeApi.putLong(address, Amounts.subtractHigh(high, low, amountHigh, amountLow));
        UnsafeApi.putLong(address + LOW, Amounts.subtractLow(low, amountLow));
    }

    private static long roomHigh(final long pending, final long posted, final long limit)
    {
        final long high = totalHigh(pending, posted);
        final long low = totalLow(pending, posted);
        final long limitHigh = UnsafeApi.getLong(limit);
        final long limitLow = UnsafeApi.getLong(limit + LOW);
        return Amounts.compare(limitHigh, limitLow, high, low) <= 0 ? 0 :
            Amounts.subtractHigh(limitHigh, limitLow, high, low);
    }

    private static long roomLow(final long pending, final long posted, final long limit)
    {
        final long high = totalHigh(pending, posted);
        final long low = totalLow(pending, posted);
        final long limitHigh = UnsafeApi.getLong(limit);
        final long limitLow = UnsafeApi.getLong(limit + LOW);
        return Amounts.compare(limitHigh, limitLow, high, low) <= 0 ? 0 : Amounts.subtractLow(limitLow, low);
    }

    private static boolean overflows(final long address, final long amountHigh, final long amountLow)
    {
        return Amounts.sumOverflows(
            UnsafeApi.getLong(address), UnsafeApi.getLong(address + LOW), amountHigh, amountLow);
    }

    private static boolean totalOverflows(
        final long pending, final long posted, final long amountHigh, final long amountLow)
    {
        return Amounts.sumOverflows(totalHigh(pending, posted), totalLow(pending, posted), amountHigh, amountLow);
    }

    private static boolean totalExceeds(
        final long pending, final long posted, final long limit, final long amountHigh, final long amountLow)
    {
        final long totalHigh = totalHigh(pending, posted);
        final long totalLow = totalLow(pending, posted);
        return Amounts.compare(
            Amounts.addHigh(totalHigh, totalLow, amountHigh, amountLow), Amounts.addLow(totalLow, amountLow),
            UnsafeApi.getLong(limit), UnsafeApi.getLong(limit + LOW)) > 0;
    }

    private static long totalHigh(final long pending, final long posted)
    {
        return Amounts.addHigh(
            UnsafeApi.getLong(pending), UnsafeApi.getLong(pending + LOW),
            UnsafeApi.getLong(posted), UnsafeApi.getLong(posted + LOW));
    }

    private static long totalLow(final long pending, final long posted)
    {
        return Amounts.addLow(UnsafeApi.getLong(pending + LOW), UnsafeApi.getLong(posted + LOW));
    }
}
