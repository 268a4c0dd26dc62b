package io.seriatim.ledger;

import org.agrona.UnsafeApi;

/**
 * Rows of one fixed length in off-heap memory that grows a segment at a time: a row never moves, nothing is copied
 * when it grows, and no growth stalls the shard for longer than it takes to clear one segment.
 * <p>
 * Shape: segments of {@link #SEGMENT_LENGTH} bytes or one row, whichever is more; their addresses in a table that
 * doubles.<br>
 * Cost: an address is one shift, one mask and one read of the table; nothing is allocated on the heap, ever.<br>
 * Threads: confined to the thread that owns the state machine. Addresses are not checked in production, so rows are
 * handed out by {@link #ensure} before they are touched.
 */
public final class Segments implements AutoCloseable
{
    /** Clearing this much takes well under a millisecond, also on memory that is touched for the first time. */
    static final int SEGMENT_LENGTH = 256 * 1024;

    private static final int ADDRESS_LENGTH = Long.BYTES;
    private static final int LINE_LENGTH = 64;

    private final int rowLength;
    private final int rowShift;
    private final long rowMask;
    private final long segmentLength;
    private long addressTable;
    private int addressCapacity = 16;
    private int segmentCount;

    /**
     * Empty; takes no more than its table of addresses.
     *
     * @param rowLength in bytes, above zero and a multiple of 8.
     */
    public Segments(final int rowLength)
    {
        this.rowLength = rowLength;
        final int rowsPerSegment = Math.max(1, Integer.highestOneBit(SEGMENT_LENGTH / rowLength));
        rowShift = Integer.numberOfTrailingZeros(rowsPerSegment);
        rowMask = rowsPerSegment - 1;
        segmentLength = (long)rowsPerSegment * rowLength;
        addressTable = UnsafeApi.allocateMemory((long)addressCapacity * ADDRESS_LENGTH);
    }

    /**
     * Make sure that the rows up to and including one exist; new ones are zero.
     *
     * @param row index of the row, from 0.
     */
    public void ensure(final long row)
    {
        while (row >> rowShift >= segmentCount)
        {
            addSegment();
        }
    }

    /**
     * Where a row lies.
     *
     * @param row index of a row that exists.
     * @return its address; it never moves.
     */
    public long address(final long row)
    {
        assert row >= 0 && row >> rowShift < segmentCount : "row is outside: row=" + row;
        return alignedAddress((int)(row >> rowShift)) + (row & rowMask) * rowLength;
    }

    /**
     * Off-heap memory held.
     *
     * @return a number of bytes.
     */
    public long allocatedBytes()
    {
        return segmentCount * segmentLength + (long)addressCapacity * ADDRESS_LENGTH;
    }

    @Override
    public void close()
    {
        for (int i = 0; i < segmentCount; i++)
        {
            UnsafeApi.freeMemory(UnsafeApi.getLong(addressTable + (long)i * ADDRESS_LENGTH));
        }
        UnsafeApi.freeMemory(addressTable);
        segmentCount = 0;
        addressTable = 0;
    }

    private long alignedAddress(final int segment)
    {
        return UnsafeApi.getLong(addressTable + (long)segment * ADDRESS_LENGTH) + LINE_LENGTH - 1 & -LINE_LENGTH;
    }

    private void addSegment()
    {
        if (segmentCount == addressCapacity)
        {
            addressCapacity *= 2;
            addressTable = UnsafeApi.reallocateMemory(addressTable, (long)addressCapacity * ADDRESS_LENGTH);
        }
        final long address = UnsafeApi.allocateMemory(segmentLength + LINE_LENGTH);
        UnsafeApi.setMemory(address, segmentLength + LINE_LENGTH, (byte)0);
        UnsafeApi.putLong(addressTable + (long)segmentCount * ADDRESS_LENGTH, address);
        segmentCount++;
    }
}
