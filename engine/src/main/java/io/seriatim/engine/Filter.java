package io.seriatim.engine;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What a query asks for, encoded in place: the filters of all kinds of queries share this layout, and each kind looks
 * at its own fields. A zero is no filter on that field.
 *
 * <pre>
 *    0  id                 of the account
 *   16  user data 128
 *   32  user data 64
 *   40  user data 32
 *   44  ledger
 *   48  code               uint16
 *   50  state              of a pending transfer, uint16: code of a PendingState
 *   52  limit              uint32
 *   56  flags              uint32
 *   64  timestamp min
 *   72  timestamp max
 *   80  sequence
 *   88  first sequence     set by the shard: of the entry that created or spent the id of the entry to explain
 * </pre>
 *
 * A flyweight: wrap, set or read, forget.<br>
 * Source: SEMANTICS, sections 2.3 and 14.
 */
public final class Filter
{
    /** Flag of an account filter: transfers that debit the account. */
    public static final int DEBITS = 1;

    /** Flag of an account filter: transfers that credit the account. */
    public static final int CREDITS = 1 << 1;

    /** Flag of an account filter: newest first. */
    public static final int REVERSED = 1 << 2;

    /** Flag of an account filter, for balances only: the zero row before the first transfer, too. */
    public static final int OPENING = 1 << 3;

    /** Flag of a query filter: newest first. */
    public static final int QUERY_REVERSED = 1;

    /** Length in bytes. */
    public static final int LENGTH = 96;

    private static final int USER_DATA_128_OFFSET = 16;
    private static final int USER_DATA_64_OFFSET = 32;
    private static final int USER_DATA_32_OFFSET = 40;
    private static final int LEDGER_OFFSET = 44;
    private static final int CODE_OFFSET = 48;
    private static final int STATE_OFFSET = 50;
    private static final int LIMIT_OFFSET = 52;
    private static final int FLAGS_OFFSET = 56;
    private static final int TIMESTAMP_MIN_OFFSET = 64;
    private static final int TIMESTAMP_MAX_OFFSET = 72;
    private static final int SEQUENCE_OFFSET = 80;
    private static final int FIRST_SEQUENCE_OFFSET = 88;

    private MutableDirectBuffer buffer;
    private int offset;

    /**
     * Wrap the bytes of a filter.
     *
     * @param newBuffer holding it.
     * @param newOffset of its first byte.
     * @return this.
     */
    public Filter wrap(final MutableDirectBuffer newBuffer, final int newOffset)
    {
        buffer = newBuffer;
        offset = newOffset;
        return this;
    }

    /**
     * High half of the account's id.
     *
     * @return high half.
     */
    public long idHigh()
    {
        return buffer.getLong(offset);
    }

    /**
     * Low half of the account's id.
     *
     * @return low half.
     */
    public long idLow()
    {
        return buffer.getLong(offset + Long.BYTES);
    }

    /**
     * Ask for an account.
     *
     * @param high half of its id.
     * @param low  half of its id.
     * @return this.
     */
    public Filter id(final long high, final long low)
    {
        buffer.putLong(offset, high);
        buffer.putLong(offset + Long.BYTES, low);
        return this;
    }

    /**
     * High half of the user data.
     *
     * @return high half.
     */
    public long userData128High()
    {
        return buffer.getLong(offset + USER_DATA_128_OFFSET);
    }

    /**
     * Low half of the user data.
     *
     * @return low half.
     */
    public long userData128Low()
    {
        return buffer.getLong(offset + USER_DATA_128_OFFSET + Long.BYTES);
    }

    /**
     * Ask for user data.
     *
     * @param high half.
     * @param low  half.
     * @return this.
     */
    public Filter userData128(final long high, final long low)
    {
        buffer.putLong(offset + USER_DATA_128_OFFSET, high);
        buffer.putLong(offset + USER_DATA_128_OFFSET + Long.BYTES, low);
        return this;
    }

    /**
     * User data of 64 bits.
     *
     * @return the value; 0 = any.
     */
    public long userData64()
    {
        return buffer.getLong(offset + USER_DATA_64_OFFSET);
    }

    /**
     * Ask for user data of 64 bits.
     *
     * @param userData64 the value; 0 = any.
     * @return this.
     */
    public Filter userData64(final long userData64)
    {
        buffer.putLong(offset + USER_DATA_64_OFFSET, userData64);
        return this;
    }

    /**
     * User data of 32 bits.
     *
     * @return the value; 0 = any.
     */
    public int userData32()
    {
        return buffer.getInt(offset + USER_DATA_32_OFFSET);
    }

    /**
     * Ask for user data of 32 bits.
     *
     * @param userData32 the value; 0 = any.
     * @return this.
     */
    public Filter userData32(final int userData32)
    {
        buffer.putInt(offset + USER_DATA_32_OFFSET, userData32);
        return this;
    }

    /**
     * Number of the ledger.
     *
     * @return the number; 0 = any.
     */
    public int ledger()
    {
        return buffer.getInt(offset + LEDGER_OFFSET);
    }

    /**
     * Ask for a ledger.
     *
     * @param ledger number of the ledger; 0 = any.
     * @return this.
     */
    public Filter ledger(final int ledger)
    {
        buffer.putInt(offset + LEDGER_OFFSET, ledger);
        return this;
    }

    /**
     * Code of the object.
     *
     * @return 1 to 65535; 0 = any.
     */
    public int code()
    {
        return buffer.getShort(offset + CODE_OFFSET) & 0xFFFF;
    }

    /**
     * Ask for a code.
     *
     * @param code 1 to 65535; 0 = any.
     * @return this.
     */
    public Filter code(final int code)
    {
        buffer.putShort(offset + CODE_OFFSET, (short)code);
        return this;
    }

    /**
     * What has become of the pending transfers asked for.
     *
     * @return code of a {@link io.seriatim.ledger.PendingState}.
     */
    public int state()
    {
        return buffer.getShort(offset + STATE_OFFSET) & 0xFFFF;
    }

    /**
     * Ask for pending transfers in a state.
     *
     * @param state code of a {@link io.seriatim.ledger.PendingState}, not 0.
     * @return this.
     */
    public Filter state(final int state)
    {
        buffer.putShort(offset + STATE_OFFSET, (short)state);
        return this;
    }

    /**
     * Most rows asked for.
     *
     * @return unsigned; 0 makes the filter invalid.
     */
    public int limit()
    {
        return buffer.getInt(offset + LIMIT_OFFSET);
    }

    /**
     * Ask for at most so many rows.
     *
     * @param limit unsigned; not 0.
     * @return this.
     */
    public Filter limit(final int limit)
    {
        buffer.putInt(offset + LIMIT_OFFSET, limit);
        return this;
    }

    /**
     * Flags of the filter.
     *
     * @return bits, see {@link #DEBITS} and those after it.
     */
    public int flags()
    {
        return buffer.getInt(offset + FLAGS_OFFSET);
    }

    /**
     * Set the flags of the filter.
     *
     * @param flags bits, see {@link #DEBITS} and those after it.
     * @return this.
     */
    public Filter flags(final int flags)
    {
        buffer.putInt(offset + FLAGS_OFFSET, flags);
        return this;
    }

    /**
     * Earliest timestamp asked for, inclusive.
     *
     * @return nanoseconds; 0 = open.
     */
    public long timestampMinNs()
    {
        return buffer.getLong(offset + TIMESTAMP_MIN_OFFSET);
    }

    /**
     * Ask for nothing before a time.
     *
     * @param timestampMinNs inclusive, in nanoseconds; 0 = open.
     * @return this.
     */
    public Filter timestampMinNs(final long timestampMinNs)
    {
        buffer.putLong(offset + TIMESTAMP_MIN_OFFSET, timestampMinNs);
        return this;
    }

    /**
     * Latest timestamp asked for, inclusive.
     *
     * @return nanoseconds; 0 = open.
     */
    public long timestampMaxNs()
    {
        return buffer.getLong(offset + TIMESTAMP_MAX_OFFSET);
    }

    /**
     * Ask for nothing after a time.
     *
     * @param timestampMaxNs inclusive, in nanoseconds; 0 = open.
     * @return this.
     */
    public Filter timestampMaxNs(final long timestampMaxNs)
    {
        buffer.putLong(offset + TIMESTAMP_MAX_OFFSET, timestampMaxNs);
        return this;
    }

    /**
     * Entry that is asked about.
     *
     * @return its sequence.
     */
    public long sequence()
    {
        return buffer.getLong(offset + SEQUENCE_OFFSET);
    }

    /**
     * Ask about an entry.
     *
     * @param sequence of the entry.
     * @return this.
     */
    public Filter sequence(final long sequence)
    {
        buffer.putLong(offset + SEQUENCE_OFFSET, sequence);
        return this;
    }

    /**
     * Entry that created or spent the id of the entry to explain, which only the shard knows.
     *
     * @return its sequence; 0 if there is none.
     */
    public long firstSequence()
    {
        return buffer.getLong(offset + FIRST_SEQUENCE_OFFSET);
    }

    Filter firstSequence(final long firstSequence)
    {
        buffer.putLong(offset + FIRST_SEQUENCE_OFFSET, firstSequence);
        return this;
    }

    /** Copy the bytes of another filter here. */
    void copyFrom(final DirectBuffer source, final int sourceOffset)
    {
        buffer.putBytes(offset, source, sourceOffset, LENGTH);
    }
}
