package io.seriatim.bench;

import io.seriatim.engine.CounterTable;
import io.seriatim.engine.StageCounters;
import io.seriatim.engine.StageKind;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.UUID;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

class RoundsTest
{
    @Test
    void shouldGiveEveryTurnEveryPlaceEquallyOften()
    {
        assertArrayEquals(new int[] {0, 1}, Rounds.order(2, 0));
        assertArrayEquals(new int[] {1, 0}, Rounds.order(2, 1));
        for (int turnCount = 1; turnCount <= 5; turnCount++)
        {
            final int[][] places = new int[turnCount][turnCount];
            for (int round = 0; round < 2 * turnCount; round++)
            {
                final int[] order = Rounds.order(turnCount, round);
                for (int place = 0; place < turnCount; place++)
                {
                    places[order[place]][place]++;
                }
            }
            for (final int[] ofTurn : places)
            {
                assertThat(ofTurn).as("turns=%d, places=%s", turnCount, Arrays.deepToString(places)).containsOnly(2);
            }
        }
    }

    @Test
    void shouldCountPassesThatCommittedSomething()
    {
        final StageCounters stage =
            CounterTable.create(new UUID(1, 2), 1, 1).newStage(StageKind.JOURNAL_THREAD, 0, "journal 0: thread");
        for (final long bytes : new long[] {0, 256, 0, 16_384, 100_000_000})
        {
            stage.addItems(bytes, 1);
            stage.recordBatch(bytes);
        }

        final JournalWork work = JournalWork.of(stage);

        assertEquals(new JournalWork(100_016_640, 3), work);
        assertEquals(new JournalWork(100_016_384, 1), work.since(new JournalWork(256, 2)));
        assertThat(work.text(1_000)).isEqualTo("0.0030 passes and 100016.6 bytes of the journals a transfer");
    }
}
