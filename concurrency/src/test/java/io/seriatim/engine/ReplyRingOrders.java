package io.seriatim.engine;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * Replies from the shard to a session, for {@link LinearizabilityTest}; the places of all replies are reserved first.
 */
@Param(name = "value", gen = IntGen.class, conf = "0:9")
public class ReplyRingOrders
{
    private static final int REPLY_COUNT = 16;

    private final ReplyRing ring = new ReplyRing(REPLY_COUNT * ReplyRing.HEAD_LENGTH);
    private final long[] positions = new long[REPLY_COUNT];
    private int answeredCount;

    /** All places are reserved. */
    public ReplyRingOrders()
    {
        for (int i = 0; i < REPLY_COUNT; i++)
        {
            positions[i] = ring.reserve(ReplyRing.HEAD_LENGTH);
        }
    }

    @Operation(nonParallelGroup = "shard")
    public boolean answer(@Param(name = "value") final int value)
    {
        if (answeredCount == REPLY_COUNT)
        {
            return false;
        }
        final long position = positions[answeredCount++];
        ring.writeHead(
            position, ReplyRing.HEAD_LENGTH, RequestKind.CREATE_TRANSFERS, value, 0, 0, ReplyRing.ANSWERED);
        ring.release(ReplyRing.end(position, ReplyRing.HEAD_LENGTH));
        return true;
    }

    @Operation(nonParallelGroup = "session")
    public long poll()
    {
        final int offset = ring.poll();
        if (offset < 0)
        {
            return Long.MAX_VALUE;
        }
        final long value = ring.buffer().getLong(offset + ReplyRing.REQUEST_ID_OFFSET);
        ring.advance(offset);
        return value;
    }
}
