package io.seriatim.replay;

import io.seriatim.engine.Reply;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What happened in a simulated life: how often, what came last, and a checksum over the order of all answers.
 * <p>
 * Threads: confined to that of the simulation.
 */
final class LifeLog
{
    private static final int LATELY = 12;

    private final TreeMap<String, Long> counts = new TreeMap<>();
    private final ArrayDeque<String> lately = new ArrayDeque<>();
    private final CRC32C trace = new CRC32C();
    private final UnsafeBuffer answer = new UnsafeBuffer(new byte[2 * Long.BYTES]);

    void count(final String name)
    {
        add(name, 1);
    }

    void add(final String name, final long count)
    {
        counts.merge(name, count, Long::sum);
    }

    /** What happened last is told with a failure. */
    void note(final String event)
    {
        lately.add(event);
        if (lately.size() > LATELY)
        {
            lately.remove();
        }
    }

    void answered(final int shard, final Reply reply)
    {
        answer.putInt(0, shard);
        answer.putInt(Integer.BYTES, reply.count());
        answer.putLong(2 * Integer.BYTES, reply.validAtSequence());
        trace.update(answer.byteArray());
        count("answers");
    }

    Map<String, Long> counts()
    {
        return Collections.unmodifiableMap(counts);
    }

    long trace()
    {
        return trace.getValue();
    }

    @Override
    public String toString()
    {
        return counts + "; lately: " + lately;
    }
}
