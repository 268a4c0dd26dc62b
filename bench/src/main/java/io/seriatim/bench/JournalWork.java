package io.seriatim.bench;

import io.seriatim.engine.StageCounters;
import io.seriatim.engine.StageKind;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the journals of an engine have done: figures that do not depend on the mood of the machine.
 *
 * @param bytes  appended to the recordings and committed, with frame headers and fill.
 * @param passes that committed something: each is one write of a recording and, under fsync, one force.
 */
record JournalWork(long bytes, long passes)
{
    static final JournalWork NONE = new JournalWork(0, 0);

    /** What was done since the launch; nothing where there is no journal. */
    static JournalWork of(final EngineSubject engine)
    {
        JournalWork sum = NONE;
        for (final StageCounters stage : engine.stages(StageKind.JOURNAL_THREAD))
        {
            sum = sum.plus(of(stage));
        }
        return sum;
    }

    /** A pass that moves on by nothing has a bucket of its own, the first. */
    static JournalWork of(final StageCounters stage)
    {
        final long[] counts = new long[StageCounters.BATCH_BUCKETS];
        stage.readBatches(counts);
        long passes = 0;
        for (int i = 1; i < counts.length; i++)
        {
            passes += counts[i];
        }
        return new JournalWork(stage.items(), passes);
    }

    JournalWork plus(final JournalWork other)
    {
        return new JournalWork(bytes + other.bytes, passes + other.passes);
    }

    JournalWork since(final JournalWork before)
    {
        return new JournalWork(bytes - before.bytes, passes - before.passes);
    }

    String text(final long transferCount)
    {
        return String.format(
            Locale.ROOT, "%.4f passes and %.1f bytes of the journals a transfer",
            passes / (double)transferCount, bytes / (double)transferCount);
    }

    Map<String, Object> toMap(final long transferCount)
    {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("passesPerTransfer", Ratios.finite(passes / (double)transferCount));
        map.put("journalBytesPerTransfer", Ratios.finite(bytes / (double)transferCount));
        return map;
    }
}
