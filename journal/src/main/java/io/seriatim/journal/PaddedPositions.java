package io.seriatim.journal;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The numbers that the threads of a journal show each other, each on cache lines of its own.
 * <p>
 * <pre>
 *   offset  field
 *      128  appended position, written by the shard thread
 *      256  committed position, written by the journal thread
 *      384  heartbeat of the journal thread, a value of System.nanoTime
 * </pre>
 * Threads: one writer for each number, any reader.
 */
final class PaddedPositions
{
    private static final int LINE_LENGTH = 128;
    private static final int APPENDED_OFFSET = LINE_LENGTH;
    private static final int COMMITTED_OFFSET = 2 * LINE_LENGTH;
    private static final int HEARTBEAT_OFFSET = 3 * LINE_LENGTH;
    private static final int LENGTH = 4 * LINE_LENGTH;

    private final UnsafeBuffer buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(LENGTH, LINE_LENGTH));

    long appended()
    {
        return buffer.getLongVolatile(APPENDED_OFFSET);
    }

    void appended(final long position)
    {
        buffer.putLongRelease(APPENDED_OFFSET, position);
    }

    long committed()
    {
        return buffer.getLongVolatile(COMMITTED_OFFSET);
    }

    void committed(final long position)
    {
        buffer.putLongRelease(COMMITTED_OFFSET, position);
    }

    long heartbeatNs()
    {
        return buffer.getLongVolatile(HEARTBEAT_OFFSET);
    }

    void heartbeatNs(final long nowNs)
    {
        buffer.putLongRelease(HEARTBEAT_OFFSET, nowNs);
    }
}
