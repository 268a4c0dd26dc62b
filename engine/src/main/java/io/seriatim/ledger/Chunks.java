package io.seriatim.ledger;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * How the parts of a snapshot are cut: a chunk has a section, a number of rows, and the rows, all of one length.
 * Little-endian.
 *
 * <pre>
 *   0  section      int32
 *   4  row count    int32
 *   8  rows
 * </pre>
 *
 * <p>
 * The sections, with the lengths of their rows in bytes:
 *
 * <pre>
 *   1  head          48  next sequence, last slot, and how many accounts, ledgers, expiries and definitions follow
 *   2  account      136  its record, then the sequence of its entry; in the order of creation
 *   3  ledger        32  ledger, 4 bytes free, last ledgerSequence, number of accounts, 8 bytes free
 *   4  expiry        16  when an open pending transfer expires, then the sequence of its entry
 *   5  definition    24  as {@link LedgerDefinitions} has it
 *   6  id            24  id of a transfer, high then low; then as {@link TransferIndex} has it; in the order of entries
 *   7  transfer mark 16  timestamp and sequence, see {@link TimestampMarks}
 *   8  release mark  16  the same, of releases
 *   9  totals        72  see {@link IndexTotals}
 * </pre>
 *
 * Sections 1 to 5 make the image of a state, once each section in this order; 6 to 9 a run of the index.
 */
final class Chunks
{
    static final int HEAD = 1;
    static final int ACCOUNT = 2;
    static final int LEDGER = 3;
    static final int EXPIRY = 4;
    static final int DEFINITION = 5;
    static final int ID = 6;
    static final int TRANSFER_MARK = 7;
    static final int RELEASE_MARK = 8;
    static final int TOTALS = 9;

    static final int HEADER_LENGTH = 8;
    static final int HEAD_ROW_LENGTH = 6 * Long.BYTES;
    static final int ACCOUNT_ROW_LENGTH = AccountTable.COPY_LENGTH;
    static final int ID_ROW_LENGTH = 3 * Long.BYTES;
    static final int MARK_ROW_LENGTH = 2 * Long.BYTES;

    private static final int ROW_COUNT_OFFSET = 4;

    private Chunks()
    {
    }

    static int section(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset);
    }

    static int rowCount(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset + ROW_COUNT_OFFSET);
    }

    /** Write the header of a chunk; the length of the chunk is returned. */
    static int header(final MutableDirectBuffer buffer, final int offset, final int section, final int rowCount)
    {
        buffer.putInt(offset, section);
        buffer.putInt(offset + ROW_COUNT_OFFSET, rowCount);
        return HEADER_LENGTH + rowCount * rowLength(section);
    }

    /** Length of the rows of a section; 0 if there is no such section. */
    static int rowLength(final int section)
    {
        switch (section)
        {
            case HEAD:
                return HEAD_ROW_LENGTH;
            case ACCOUNT:
                return ACCOUNT_ROW_LENGTH;
            case LEDGER:
                return LedgerTable.ROW_LENGTH;
            case EXPIRY:
                return ExpiryQueue.ROW_LENGTH;
            case DEFINITION:
                return LedgerDefinitions.ROW_LENGTH;
            case ID:
                return ID_ROW_LENGTH;
            case TRANSFER_MARK:
            case RELEASE_MARK:
                return MARK_ROW_LENGTH;
            case TOTALS:
                return IndexTotals.LENGTH;
            default:
                return 0;
        }
    }

    /** Check that a chunk is what its header says. */
    static void validate(final DirectBuffer buffer, final int offset, final int length)
    {
        final boolean hasHeader = length >= HEADER_LENGTH;
        final long rowLength = hasHeader ? rowLength(section(buffer, offset)) : 0;
        if (rowLength == 0 || rowCount(buffer, offset) < 0 ||
            HEADER_LENGTH + rowLength * rowCount(buffer, offset) != length)
        {
            throw new IllegalStateException(
                "not a chunk of a snapshot: length=" + length + (hasHeader ? ", section=" +
                section(buffer, offset) + ", rows=" + rowCount(buffer, offset) : ""));
        }
    }
}
