package io.seriatim.ledger;

import org.agrona.UnsafeApi;

/**
 * Rows of one fixed length in off-heap memory that grows a segment at a time: a row never moves, nothing is copied
 * when it grows, and no growth stalls the shard for longer than it takes to clear one segment, or to have the system
 * clear one huge page.
 * <p>
 * Shape: segments of {@link #SEGMENT_LENGTH} bytes or one row, whichever is more; their addresses in a table that
 * doubles. The first segments have memory of their own; when there are {@link #HUGE_PAGE_LENGTH} bytes of them, the
 * following are cut from blocks that the system can put into huge pages. A block is address space: what no segment has
 * come to is not touched, and takes no memory.<br>
 * Cost: an address is one shift, one mask and one read of the table; nothing is allocated on the heap, ever.<br>
 * Threads: confined to the thread that owns the state machine. Addresses are not checked in production, so rows are
 * handed out by {@link #ensure} before they are touched.
 */
public final class Segments implements AutoCloseable
{
    /** Clearing this much takes well under a millisecond, also in pages of 4 KiB that were never touched before. */
    static final int SEGMENT_LENGTH = 256 * 1024;

    /** What one entry of the processor's cache of addresses reaches on x86-64, and on ARM with pages of 4 KiB. */
    static final long HUGE_PAGE_LENGTH = 2 << 20;

    /** Longer than what the C library would take from its heap, where it were neither aligned nor given back. */
    static final long BLOCK_LENGTH = 32 << 20;

    private static final int ADDRESS_LENGTH = Long.BYTES;
    private static final int LINE_LENGTH = 64;
    private static final long NO_BLOCK = 0;

    private final int rowLength;
    private final int rowShift;
    private final long rowMask;
    private final long segmentLength;
    private long addressTable;
    private int addressCapacity = 16;
    private int segmentCount;

    /** Begins with the address of the block before it. */
    private long lastBlock = NO_BLOCK;
    private long nextSegment;
    private long blockEnd;

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
        segmentLength = align((long)rowsPerSegment * rowLength, LINE_LENGTH);
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
        return UnsafeApi.getLong(addressTable + (row >> rowShift) * ADDRESS_LENGTH) + (row & rowMask) * rowLength;
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
        while (lastBlock != NO_BLOCK)
        {
            final long block = lastBlock;
            lastBlock = UnsafeApi.getLong(block);
            UnsafeApi.freeMemory(block);
        }
        UnsafeApi.freeMemory(addressTable);
        segmentCount = 0;
        addressTable = 0;
    }

    private void addSegment()
    {
        if (segmentCount == addressCapacity)
        {
            addressCapacity *= 2;
            addressTable = UnsafeApi.reallocateMemory(addressTable, (long)addressCapacity * ADDRESS_LENGTH);
        }
        if (blockEnd - nextSegment < segmentLength)
        {
            if (segmentCount * segmentLength < HUGE_PAGE_LENGTH)
            {
                addBlock(segmentLength, LINE_LENGTH);
            }
            else
            {
                addBlock(Math.max(segmentLength, BLOCK_LENGTH), HUGE_PAGE_LENGTH);
            }
        }
        UnsafeApi.setMemory(nextSegment, segmentLength, (byte)0);
        UnsafeApi.putLong(addressTable + (long)segmentCount * ADDRESS_LENGTH, nextSegment);
        nextSegment += segmentLength;
        segmentCount++;
    }

    private void addBlock(final long length, final long alignment)
    {
        final long block = UnsafeApi.allocateMemory(ADDRESS_LENGTH + alignment + length);
        UnsafeApi.putLong(block, lastBlock);
        lastBlock = block;
        nextSegment = align(block + ADDRESS_LENGTH, alignment);
        blockEnd = nextSegment + length;
    }

    private static long align(final long value, final long alignment)
    {
        return value + alignment - 1 & -alignment;
    }
}
