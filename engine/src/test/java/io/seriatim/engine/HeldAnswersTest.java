package io.seriatim.engine;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Answers that wait for a checkpoint: let out at exactly its size, failed when there will be none. */
class HeldAnswersTest
{
    private final SealingWatermarks watermarks = new SealingWatermarks(new SealingConfig());
    private final HeldAnswers held = new HeldAnswers();
    private final List<String> said = new ArrayList<>();
    private long checkpointed;
    private long witnessed;
    private Throwable failure;

    HeldAnswersTest()
    {
        watermarks.add(new SealingAgent()
        {
            @Override
            public long checkpointedSize(final int shard)
            {
                return shard == 2 ? checkpointed : 0;
            }

            @Override
            public long witnessedSize(final int shard)
            {
                return shard == 2 ? witnessed : 0;
            }

            @Override
            public Throwable failure()
            {
                return failure;
            }

            @Override
            public int doWork()
            {
                return 0;
            }

            @Override
            public String roleName()
            {
                return "test";
            }
        });
    }

    @Test
    void shouldLetAnAnswerOutOnceACheckpointCoversItsEntry()
    {
        hold(Acknowledgement.CHECKPOINTED, 10);
        hold(Acknowledgement.CHECKPOINTED, 8);
        hold(Acknowledgement.WITNESSED, 8);
        checkpointed = 8;
        assertEquals(List.of(), release());
        checkpointed = 9;
        assertEquals(List.of("CHECKPOINTED 8"), release());
        checkpointed = 11;
        witnessed = 8;
        assertEquals(List.of("CHECKPOINTED 8", "CHECKPOINTED 10"), release());
        witnessed = 9;
        assertEquals(List.of("CHECKPOINTED 8", "CHECKPOINTED 10", "WITNESSED 8"), release());
    }

    @Test
    void shouldTellThoseWhoWaitThatNothingIsSealedAnyMore()
    {
        hold(Acknowledgement.CHECKPOINTED, 10);
        hold(Acknowledgement.WITNESSED, 3);
        hold(Acknowledgement.CHECKPOINTED, 2);
        checkpointed = 3;
        failure = new IllegalStateException("no disk");
        assertEquals(
            List.of(
                "CHECKPOINTED 2",
                "the request is committed and not checkpointed: shard 2 is not sealed any more: no disk; ask by id " +
                "for its outcome",
                "the request is committed and not witnessed: shard 2 is not sealed any more: no disk; ask by id for " +
                "its outcome"),
            release());
    }

    @Test
    void shouldTellThoseWhoWaitThatTheEngineIsClosed()
    {
        hold(Acknowledgement.CHECKPOINTED, 10);
        held.end(2, Runnable::run);
        held.end(2, Runnable::run);
        assertEquals(
            List.of("the request is committed and not checkpointed: the engine was closed before shard 2 was sealed " +
                "that far; ask by id for its outcome"),
            said);
    }

    @Test
    void shouldSealNothingByDefault()
    {
        final SealingWatermarks none = new SealingWatermarks(null);
        assertFalse(none.isSealing());
        assertFalse(none.hasWitnesses());
        assertEquals(0, none.checkpointedSize(0));
        assertEquals(0, none.witnessedSize(0));
        assertTrue(watermarks.isSealing());
    }

    private void hold(final Acknowledgement level, final long sequence)
    {
        held.add(
            level, sequence, () -> said.add(level + " " + sequence), cause -> () -> said.add(cause.getMessage()));
    }

    private List<String> release()
    {
        held.release(2, watermarks, Runnable::run);
        return said;
    }
}
