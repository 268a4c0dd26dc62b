package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.ledger.BatchResults;
import io.seriatim.ledger.EntryWindow;
import org.agrona.BitUtil;

/**
 * How the rows of replies to reads are laid out, little-endian, numbers of 128 bits high half first.
 *
 * <pre>
 *   account        the codec's accountRecord of 128 bytes
 *   transfer       the codec's transferRecord of 120 bytes, as stored, then its timestamp
 *   outcome          0  id
 *                   16  a row of BatchResults
 *   balance          0  debits pending, debits posted, credits pending, credits posted
 *                   64  timestamp
 *   change event     0  timestamp of the event
 *                    8  code of its {@link ChangeEventType}, int32, then 4 zero bytes
 *                   16  transfer
 *                  144  debit account, as just after the event
 *                  272  credit account, as just after the event
 *   clock            0  what the clock shows
 *                    8  how many pending transfers expired
 *   explanation      0  length of the entry, int32
 *                    4  which of the parts are there, int32: bits below
 *                    8  the entry, from its SBE header on
 *                  280  debit account, as just before the entry was judged
 *                  408  credit account, likewise
 *                  536  pending transfer that a post or void names, or that expires
 *                  664  code of its state just before the entry was judged, int32, then 4 zero bytes
 *                  672  object that has the same id: a transfer or, of an account's entry, an account
 *                  800  sequence of the entry that created it or spent the id
 *                  808  greatest timestamp among objects of the entry's kind, just before it was judged
 * </pre>
 */
public final class QueryRows
{
    /** Most rows of a reply to a query: a bigger limit is capped. */
    public static final int ROW_COUNT_MAX = 8_189;

    /** Length of an account's row in bytes. */
    public static final int ACCOUNT_LENGTH = AccountRecordDecoder.ENCODED_LENGTH;

    /** Length of a transfer's row in bytes. */
    public static final int TRANSFER_LENGTH = TransferRecordDecoder.ENCODED_LENGTH + Long.BYTES;

    /** Length of an outcome's row in bytes. */
    public static final int OUTCOME_LENGTH = 2 * Long.BYTES + BatchResults.ROW_LENGTH;

    /** Length of a balance's row in bytes. */
    public static final int BALANCE_LENGTH = 72;

    /** Offset of the timestamp in a balance's row. */
    public static final int BALANCE_TIMESTAMP_OFFSET = 64;

    /** Offset of the type in a change event's row. */
    public static final int EVENT_TYPE_OFFSET = 8;

    /** Offset of the transfer in a change event's row. */
    public static final int EVENT_TRANSFER_OFFSET = 16;

    /** Offset of the debit account in a change event's row. */
    public static final int EVENT_DEBIT_ACCOUNT_OFFSET = EVENT_TRANSFER_OFFSET + TRANSFER_LENGTH;

    /** Offset of the credit account in a change event's row. */
    public static final int EVENT_CREDIT_ACCOUNT_OFFSET = EVENT_DEBIT_ACCOUNT_OFFSET + ACCOUNT_LENGTH;

    /** Length of a change event's row in bytes. */
    public static final int CHANGE_EVENT_LENGTH = EVENT_CREDIT_ACCOUNT_OFFSET + ACCOUNT_LENGTH;

    /** Length of a clock's row in bytes. */
    public static final int CLOCK_LENGTH = 2 * Long.BYTES;

    /** Part of an explanation: the debit account is there. */
    public static final int HAS_DEBIT_ACCOUNT = 1;

    /** Part of an explanation: the credit account is there. */
    public static final int HAS_CREDIT_ACCOUNT = 1 << 1;

    /** Part of an explanation: the pending transfer is there. */
    public static final int HAS_PENDING = 1 << 2;

    /** Part of an explanation: the object with the same id is there. */
    public static final int HAS_ORIGINAL = 1 << 3;

    /** Offset of the bits that say which parts of an explanation are there. */
    public static final int EXPLAINED_PARTS_OFFSET = 4;

    /** Offset of the entry in an explanation. */
    public static final int EXPLAINED_ENTRY_OFFSET = 8;

    /** Offset of the debit account in an explanation. */
    public static final int EXPLAINED_DEBIT_ACCOUNT_OFFSET =
        EXPLAINED_ENTRY_OFFSET + BitUtil.align(EntryWindow.ENTRY_LENGTH_MAX, 16);

    /** Offset of the credit account in an explanation. */
    public static final int EXPLAINED_CREDIT_ACCOUNT_OFFSET = EXPLAINED_DEBIT_ACCOUNT_OFFSET + ACCOUNT_LENGTH;

    /** Offset of the pending transfer in an explanation. */
    public static final int EXPLAINED_PENDING_OFFSET = EXPLAINED_CREDIT_ACCOUNT_OFFSET + ACCOUNT_LENGTH;

    /** Offset of the pending transfer's state in an explanation. */
    public static final int EXPLAINED_PENDING_STATE_OFFSET = EXPLAINED_PENDING_OFFSET + TRANSFER_LENGTH;

    /** Offset of the object with the same id in an explanation. */
    public static final int EXPLAINED_ORIGINAL_OFFSET = EXPLAINED_PENDING_STATE_OFFSET + Long.BYTES;

    /** Offset of that object's sequence in an explanation. */
    public static final int EXPLAINED_ORIGINAL_SEQUENCE_OFFSET = EXPLAINED_ORIGINAL_OFFSET + TRANSFER_LENGTH;

    /** Offset of the greatest timestamp in an explanation. */
    public static final int EXPLAINED_TIMESTAMP_MAX_OFFSET = EXPLAINED_ORIGINAL_SEQUENCE_OFFSET + Long.BYTES;

    /** Length of an explanation in bytes. */
    public static final int EXPLANATION_LENGTH = EXPLAINED_TIMESTAMP_MAX_OFFSET + Long.BYTES;

    private QueryRows()
    {
    }
}
