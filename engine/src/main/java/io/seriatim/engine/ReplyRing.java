package io.seriatim.engine;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Replies on their way back to one session. The session reserves the place of a reply when it claims the request, so
 * there is always room for it; the shard writes the reply there; the gate lets it out once it is durable.
 * <p>
 * Shape: a ring of bytes, a power of two, with records aligned to 8 bytes that are never split
 *
 * <pre>
 *   0  length of the record with this head   int32
 *   4  kind, -1 = padding                    int32
 *   8  request id                            int64
 *  16  valid at sequence                     int64
 *  24  count                                 int32
 *  28  status, 0 = answered                  int32
 *  32  rows
 * </pre>
 *
 * Threads: reserve and poll belong to the session's owner, writing and releasing to the shard; or, where the rows come
 * from queries, to the read model.
 */
final class ReplyRing
{
    static final int HEAD_LENGTH = 32;
    static final long NO_ROOM = -1;

    static final int KIND_OFFSET = 4;
    static final int REQUEST_ID_OFFSET = 8;
    static final int VALID_AT_OFFSET = 16;
    static final int COUNT_OFFSET = 24;
    static final int STATUS_OFFSET = 28;

    /** Status: the rows are the answer. */
    static final int ANSWERED = 0;

    /** Status: the read model has failed. */
    static final int QUERIES_FAILED = 1;

    /** Status: the clock can not be set to this time. */
    static final int CLOCK_REFUSED = 2;

    /** Status: no timestamps are left for such a request. */
    static final int TIME_EXHAUSTED = 3;

    private static final int PADDING = -1;
    private static final int CACHE_LINE_LENGTH = 64;
    private static final int RELEASED_NS_OFFSET = CACHE_LINE_LENGTH + Long.BYTES;

    private final UnsafeBuffer buffer;
    private final int capacity;
    private final long mask;
    private long reserved;
    private long read;

    /** What two threads share: how far replies are released, and since when; a cache line lies on each side. */
    private final AtomicBuffer released =
        new UnsafeBuffer(BufferUtil.allocateDirectAligned(3 * CACHE_LINE_LENGTH, CACHE_LINE_LENGTH));

    ReplyRing(final int capacity)
    {
        assert BitUtil.isPowerOfTwo(capacity) : "not a power of two";
        this.capacity = capacity;
        mask = capacity - 1L;
        buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN));
    }

    UnsafeBuffer buffer()
    {
        return buffer;
    }

    int offset(final long position)
    {
        return (int)(position & mask);
    }

    /** Offset of the first row of the record at a position. */
    int rowsOffset(final long position)
    {
        return offset(position) + HEAD_LENGTH;
    }

    int recordLengthMax()
    {
        return capacity / 2;
    }

    /**
     * Reserve the place of a record.
     *
     * @param length of the record with its head.
     * @return its position; or {@link #NO_ROOM} until more has been read.
     */
    long reserve(final int length)
    {
        final int aligned = BitUtil.align(length, Long.BYTES);
        final int toEnd = capacity - offset(reserved);
        final int padding = aligned > toEnd ? toEnd : 0;
        if (reserved + padding + aligned - read > capacity)
        {
            return NO_ROOM;
        }
        if (padding != 0)
        {
            writePadding(reserved, padding);
        }
        final long position = reserved + padding;
        reserved = position + aligned;
        return position;
    }

    /** Position behind a record. */
    static long end(final long position, final int length)
    {
        return position + BitUtil.align(length, Long.BYTES);
    }

    /** Give back what was reserved last. */
    void unreserve(final long position)
    {
        reserved = position;
    }

    /** Offset of the next released record; or -1. Padding is skipped. */
    int poll()
    {
        while (read < released.getLongVolatile(CACHE_LINE_LENGTH))
        {
            final int offset = offset(read);
            if (buffer.getInt(offset + KIND_OFFSET) != PADDING)
            {
                return offset;
            }
            read += buffer.getInt(offset);
        }
        return -1;
    }

    /** Id of the request that the next released record answers; or {@link Long#MAX_VALUE}. */
    long nextRequestId()
    {
        final int offset = poll();
        return offset < 0 ? Long.MAX_VALUE : buffer.getLong(offset + REQUEST_ID_OFFSET);
    }

    /** The record at an offset is done with. */
    void advance(final int offset)
    {
        read += BitUtil.align(buffer.getInt(offset), Long.BYTES);
    }

    // The shard's side.

    void writeHead(
        final long position,
        final int length,
        final RequestKind kind,
        final long requestId,
        final long validAtSequence,
        final int count,
        final int status)
    {
        final int offset = offset(position);
        buffer.putInt(offset, length);
        buffer.putInt(offset + KIND_OFFSET, kind.ordinal());
        buffer.putLong(offset + REQUEST_ID_OFFSET, requestId);
        buffer.putLong(offset + VALID_AT_OFFSET, validAtSequence);
        buffer.putInt(offset + COUNT_OFFSET, count);
        buffer.putInt(offset + STATUS_OFFSET, status);
    }

    /** Say when what is about to be released was found to be committed. */
    void releasedNs(final long nowNs)
    {
        released.putLong(RELEASED_NS_OFFSET, nowNs);
    }

    /** When the newest released reply was found to be committed; 0 if that is not counted. */
    long releasedNs()
    {
        return released.getLong(RELEASED_NS_OFFSET);
    }

    /** Let everything before a position out to the session. */
    void release(final long position)
    {
        released.putLongOrdered(CACHE_LINE_LENGTH, position);
    }

    private void writePadding(final long position, final int length)
    {
        final int offset = offset(position);
        buffer.putInt(offset, length);
        buffer.putInt(offset + KIND_OFFSET, PADDING);
    }
}
