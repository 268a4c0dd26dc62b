package io.seriatim.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * A session that polls a reply gets the whole of it: head and rows.
 */
@JCStressTest
@Outcome(id = "-1, -1, -1", expect = ACCEPTABLE, desc = "nothing there yet")
@Outcome(id = "7, 9, 11", expect = ACCEPTABLE, desc = "all of it")
@Outcome(expect = FORBIDDEN, desc = "part of a reply")
@State
public class ReplyRingStress
{
    private static final int LENGTH = ReplyRing.HEAD_LENGTH + Long.BYTES;

    private final ReplyRing ring = new ReplyRing(256);
    private final long position = ring.reserve(LENGTH);

    /** The shard. */
    @Actor
    public void answer()
    {
        ring.writeHead(position, LENGTH, RequestKind.CREATE_TRANSFERS, 7, 9, 1, ReplyRing.ANSWERED);
        ring.buffer().putLong(ring.rowsOffset(position), 11);
        ring.release(ReplyRing.end(position, LENGTH));
    }

    /** The session's owner. */
    @Actor
    public void poll(final JJJ_Result result)
    {
        final int offset = ring.poll();
        result.r1 = offset < 0 ? -1 : ring.buffer().getLong(offset + ReplyRing.REQUEST_ID_OFFSET);
        result.r2 = offset < 0 ? -1 : ring.buffer().getLong(offset + ReplyRing.VALID_AT_OFFSET);
        result.r3 = offset < 0 ? -1 : ring.buffer().getLong(offset + ReplyRing.HEAD_LENGTH);
    }
}
