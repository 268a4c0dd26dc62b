package io.seriatim.replay;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.SegmentReader;
import io.seriatim.ledger.LedgerStateMachine;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Brings back the states that a shard had after some of its entries, by executing its journal up to there. It only
 * reads, beside a running engine too.
 * <p>
 * Cost: one execution of every entry up to there.<br>
 * Threads: confined to one.
 */
public final class StateReplay
{
    private static final int PROGRESS_DISTANCE = 4_096;

    private StateReplay()
    {
    }

    /**
     * Execute the entries of a shard up to the last one of some.
     *
     * @param dataDirectory of an engine.
     * @param shard         number of the shard.
     * @param sequences     of entries that are ends of groups, ascending.
     * @param endPosition   of a frame of that journal behind them, up to which it is known to be whole.
     * @param progress      is told from time to time how many were.
     * @param handler       is given the state after each of them, which is to be read until it returns.
     * @throws JournalException if the journal is damaged, ends before, or holds what is executed otherwise.
     */
    public static void run(
        final Path dataDirectory,
        final int shard,
        final long[] sequences,
        final long endPosition,
        final LongConsumer progress,
        final Consumer<LedgerStateMachine> handler)
    {
        final long lastSequence = sequences[sequences.length - 1];
        final JournalFiles files = JournalFiles.open(dataDirectory);
        final int journal = files.journalOf(shard);
        try (SegmentReader reader = files.reader(journal); SegmentReader storedReader = files.reader(journal);
            JournalFollower follower = new JournalFollower(reader);
            ShardReplay replay = new ShardReplay(shard, files.manifest(journal), storedReader, 1, null, Map.of()))
        {
            long sequence = -1;
            int next = 0;
            while (sequence < lastSequence && (follower.next(endPosition) || follower.next(Long.MAX_VALUE)))
            {
                if (follower.shard() == shard)
                {
                    replay.onEntry(follower);
                    sequence = follower.sequence();
                    requireSame(replay);
                    if (sequence == sequences[next])
                    {
                        handler.accept(replay.stateMachine());
                        next++;
                    }
                    if (sequence % PROGRESS_DISTANCE == 0)
                    {
                        progress.accept(sequence);
                    }
                }
            }
            if (sequence < lastSequence)
            {
                throw new JournalException(
                    "the journal ends before sequence " + lastSequence + " of shard " + shard + ": last=" + sequence);
            }
        }
    }

    private static void requireSame(final ShardReplay replay)
    {
        if (replay.firstDifference() != null)
        {
            throw new JournalException(
                "the journal is executed otherwise than it was recorded: " + replay.firstDifference());
        }
    }
}
