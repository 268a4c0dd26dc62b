package io.seriatim.bench;

import org.agrona.UnsafeApi;

/**
 * What the memory of this machine lets any ledger do: for each transfer a slot of 16 bytes is written in a line of a
 * table drawn at random, two rows of 128 bytes, also drawn at random, have a balance changed, and an entry is written
 * to a ring. No hash chain, no rule, no id is looked at; nothing waits for anything, so that the processor may do as
 * many at a time as it can.
 * <p>
 * Threads: confined to one.
 */
final class RawMemory implements AutoCloseable
{
    private static final int LINE_LENGTH = 64;
    private static final int ROW_LENGTH = 128;
    private static final int BALANCE_OFFSET = 64;
    private static final int ENTRY_LENGTH = 160;
    private static final int ENTRY_STRIDE = 320;

    private final int accountCount;
    private final int lineCount;
    private final long lines;
    private final long rows;
    private final long ring;
    private final XorShift random = new XorShift();
    private long appliedCount;

    /**
     * Memory that is touched once, so that no measured access is the first.
     *
     * @param accountCount how many rows.
     * @param indexBytes   of the table that slots are written to.
     */
    RawMemory(final int accountCount, final long indexBytes)
    {
        this.accountCount = accountCount;
        lineCount = (int)Math.min(Integer.MAX_VALUE, Math.max(1, indexBytes / LINE_LENGTH));
        lines = allocate((long)lineCount * LINE_LENGTH);
        rows = allocate((long)accountCount * ROW_LENGTH);
        ring = allocate((long)StateMachineLoad.WINDOW_CAPACITY * ENTRY_STRIDE);
    }

    private static long allocate(final long length)
    {
        final long address = UnsafeApi.allocateMemory(length);
        UnsafeApi.setMemory(address, length, (byte)0);
        return address;
    }

    void apply(final int transferCount)
    {
        for (int i = 0; i < transferCount; i++)
        {
            final long slot = lines + (long)random.next(lineCount) * LINE_LENGTH;
            UnsafeApi.putLong(slot, UnsafeApi.getLong(slot) + 1);
            UnsafeApi.putLong(slot + Long.BYTES, appliedCount);
            add(rows + (long)random.next(accountCount) * ROW_LENGTH);
            add(rows + (long)random.next(accountCount) * ROW_LENGTH);
            final long entry = ring + (appliedCount++ % StateMachineLoad.WINDOW_CAPACITY) * ENTRY_STRIDE;
            for (int offset = 0; offset < ENTRY_LENGTH; offset += Long.BYTES)
            {
                UnsafeApi.putLong(entry + offset, appliedCount);
            }
        }
    }

    private static void add(final long row)
    {
        UnsafeApi.putLong(row, UnsafeApi.getLong(row) + 1);
        UnsafeApi.putLong(row + BALANCE_OFFSET, UnsafeApi.getLong(row + BALANCE_OFFSET) + 1);
    }

    /**
     * Whether all that was applied is there.
     *
     * @throws BenchException if not.
     */
    void check()
    {
        long sum = 0;
        for (int i = 0; i < accountCount; i++)
        {
            sum += UnsafeApi.getLong(rows + (long)i * ROW_LENGTH + BALANCE_OFFSET);
        }
        if (sum != 2 * appliedCount)
        {
            throw new BenchException("rows do not add up: sum=" + sum + ", applied=" + appliedCount);
        }
    }

    @Override
    public void close()
    {
        UnsafeApi.freeMemory(lines);
        UnsafeApi.freeMemory(rows);
        UnsafeApi.freeMemory(ring);
    }
}
