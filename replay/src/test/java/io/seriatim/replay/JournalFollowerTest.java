package io.seriatim.replay;

import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.journal.FrameWriter;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.MemoryJournal;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class JournalFollowerTest
{
    private static final int FRAME_LENGTH_MAX = 512;
    private static final int ENTRY_LENGTH = 160;

    private final MemoryJournal journal = MemoryJournal.stepped(FRAME_LENGTH_MAX, 4 * 1024 * 1024);
    private final List<Long> ends = new ArrayList<>();
    private final UnsafeBuffer entry = new UnsafeBuffer(new byte[ENTRY_LENGTH]);
    private final FrameWriter[] writers = new FrameWriter[2];
    private final JournalFollower follower = new JournalFollower(journal.openReader());

    JournalFollowerTest()
    {
        for (int shard = 0; shard < writers.length; shard++)
        {
            writers[shard] = newWriter(shard, 0, 0);
        }
    }

    @AfterEach
    void close()
    {
        follower.close();
        journal.close();
    }

    @Test
    void shouldHoldTheFramesOfAGroupBackUntilItIsComplete()
    {
        // Two entries fit a frame, so this group has three.
        append(0, 5);
        assertEquals(3, ends.size());
        assertEquals("", follow(ends.get(0)));
        assertEquals("", follow(ends.get(1)));
        assertEquals(0, follower.position());
        assertEquals("0:0 0:1 0:2 0:3 0:4", follow(ends.get(2)));
        assertEquals(ends.get(2), follower.position());
    }

    @Test
    void shouldHandOutWhatIsCompleteBeforeAGroupThatIsNot()
    {
        append(0, 1);
        append(1, 1);
        append(0, 3);
        assertEquals("0:0 1:0", follow(ends.get(2)));
        assertEquals(ends.get(1), follower.position());
        assertEquals("", follow(ends.get(2)));
        assertEquals("0:1 0:2 0:3", follow(ends.get(3)));
        assertEquals("", follow(ends.get(3)));
    }

    @Test
    void shouldPassOverMarks()
    {
        append(0, 1);
        ends.add(writers[0].mark(Frames.CLOSE));
        ends.add(writers[0].mark(Frames.OPEN));
        append(0, 1);
        assertEquals("0:0 0:1", follow(ends.get(3)));
    }

    @Test
    void shouldTellWhichEntryIsTheFirstOfItsFrame()
    {
        append(0, 3);
        assertTrue(next(ends.get(1)) && follower.isFirstOfFrame());
        assertEquals(0, follower.framePosition());
        assertTrue(next(ends.get(1)) && !follower.isFirstOfFrame());
        assertTrue(next(ends.get(1)) && follower.isFirstOfFrame());
        assertEquals(ends.get(0), follower.framePosition());
        assertEquals(ENTRY_LENGTH, follower.length());
        assertEquals(2, Entries.sequence(follower.buffer(), follower.offset()));
        assertFalse(next(ends.get(1)));
    }

    @Test
    void shouldRefuseAFrameThatDoesNotFollowOnTheLastOneOfItsShard()
    {
        append(0, 1);
        writers[0] = newWriter(0, 2, writers[0].previousCrc());
        append(0, 1);
        final JournalException gap = assertThrows(JournalException.class, () -> follow(ends.get(1)));
        assertTrue(gap.getMessage().contains("first sequence=2, expected=1"), gap.getMessage());
    }

    @Test
    void shouldRefuseAFrameThatIsLinkedToAnotherOne()
    {
        append(0, 1);
        writers[0] = newWriter(0, 1, 12345);
        append(0, 1);
        final JournalException link = assertThrows(JournalException.class, () -> follow(ends.get(1)));
        assertTrue(link.getMessage().contains("previousCrc=0x3039"), link.getMessage());
    }

    @Test
    void shouldRefuseAFrameOfAnotherShardInsideAGroup()
    {
        add(0, 3);
        append(1, 1);
        final JournalException inside =
            assertThrows(JournalException.class, () -> follow(ends.get(ends.size() - 1)));
        assertTrue(inside.getMessage().startsWith(
            "a frame does not follow on the last one of its shard: shard=1, "), inside.getMessage());
        assertTrue(inside.getMessage().endsWith(", open group of shard=0"), inside.getMessage());
    }

    @Test
    void shouldHoldAGroupThatIsLongerThanWhatItReadsAtOnce()
    {
        final int count = 2 * JournalFollower.READ_LENGTH / ENTRY_LENGTH;
        final long before = follower.allocatedBytes();
        append(0, count);
        final long end = ends.get(ends.size() - 1);
        assertTrue(end > JournalFollower.READ_LENGTH + before, "end=" + end);
        assertEquals("", follow(ends.get(ends.size() - 2)));
        append(0, 1);
        assertTrue(follow(end).endsWith(" 0:" + (count - 1)), "in one go");
        assertTrue(follower.allocatedBytes() > before);
        assertEquals(end, follower.position());
        assertEquals("0:" + count, follow(ends.get(ends.size() - 1)));
        follower.close();
        assertEquals(0, follower.allocatedBytes());
    }

    @Test
    void shouldHandOutEveryEntryInOrderWhereverTheCommitStands()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final StringBuilder expected = new StringBuilder();
        final StringBuilder actual = new StringBuilder();
        final long[] next = new long[2];
        int committed = 0;
        for (int i = 0; i < 3_000; i++)
        {
            final int shard = random.nextInt(2);
            final int count = 1 + random.nextInt(random.nextInt(50) == 0 ? 500 : 7);
            append(shard, count);
            for (int k = 0; k < count; k++)
            {
                expected.append(expected.length() == 0 ? "" : " ").append(shard).append(':').append(next[shard]++);
            }
            committed = i == 2_999 ? ends.size() - 1 :
                Math.max(committed, ends.size() - 1 - random.nextInt(12));
            final String found = follow(ends.get(committed));
            actual.append(actual.length() == 0 || found.isEmpty() ? "" : " ").append(found);
        }
        assertEquals(expected.toString(), actual.toString(), "seed=" + seed);
    }

    private FrameWriter newWriter(final int shard, final long nextSequence, final int previousCrc)
    {
        final FrameWriter[] self = new FrameWriter[1];
        self[0] = new FrameWriter(
            journal, shard, 1, nextSequence, previousCrc,
            (position, firstSequence, entryCount, isGroupEnd) ->
            {
                if (entryCount > 0)
                {
                    ends.add(self[0].position());
                }
            });
        return self[0];
    }

    private void append(final int shard, final int count)
    {
        add(shard, count);
        writers[shard].endGroup();
        writers[shard].flush();
    }

    private void add(final int shard, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            entry.putShort(0, (short)TransferEntryDecoder.BLOCK_LENGTH);
            entry.putShort(2, (short)TransferEntryDecoder.TEMPLATE_ID);
            entry.putShort(4, (short)TransferEntryDecoder.SCHEMA_ID);
            entry.putShort(6, (short)TransferEntryDecoder.SCHEMA_VERSION);
            entry.putLong(8, writers[shard].nextSequence());
            writers[shard].appendEntry(entry, 0, ENTRY_LENGTH);
        }
    }

    private boolean next(final long position)
    {
        commit(position);
        return follower.next(position);
    }

    private String follow(final long position)
    {
        final StringBuilder found = new StringBuilder();
        while (next(position))
        {
            found.append(found.length() == 0 ? "" : " ").append(follower.shard()).append(':')
                .append(follower.sequence());
        }
        return found.toString();
    }

    private void commit(final long position)
    {
        if (position > journal.committedPosition())
        {
            journal.commit(position);
        }
    }
}
