package io.seriatim.engine;

import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.journal.Entries;
import io.seriatim.journal.FrameWriter;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalReader;
import io.seriatim.journal.MemoryJournal;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Where entries lie: which frames get a mark, at the exact bounds, and that every entry is found from the marks. */
class ShardEntryPositionsTest
{
    private static final int SEQUENCES = EntryPositions.SEQUENCE_DISTANCE;
    private static final int BYTES = EntryPositions.POSITION_DISTANCE;
    private static final int ENTRY_LENGTH = 160;
    private static final int FRAME_LENGTH_MAX = 1_024;

    private final EntryPositions positions = new EntryPositions();

    @AfterEach
    void close()
    {
        positions.close();
        positions.close();
    }

    @Test
    void shouldMarkAFrameThatIsFarEnoughBehindTheLastMark()
    {
        assertFalse(EntryPositions.isDue(100, 1_000, 100 + SEQUENCES - 1, 1_000 + BYTES - 1));
        assertTrue(EntryPositions.isDue(100, 1_000, 100 + SEQUENCES, 1_001));
        assertTrue(EntryPositions.isDue(100, 1_000, 101, 1_000 + BYTES));

        assertEquals(0, positions.count());
        positions.onFrame(0, 0);
        positions.onFrame(500, SEQUENCES - 1);
        assertEquals(1, positions.count());
        positions.onFrame(600, SEQUENCES);
        assertEquals(2, positions.count());
        assertEquals(SEQUENCES, positions.lastSequence());
        assertEquals(600, positions.lastPosition());
        positions.onFrame(600 + BYTES - 1, SEQUENCES + 1);
        assertEquals(2, positions.count());
        positions.onFrame(600 + BYTES, SEQUENCES + 2);
        assertEquals(3, positions.count());
        assertEquals(SEQUENCES + 2, positions.lastSequence());
        assertEquals(600 + BYTES, positions.lastPosition());
        assertTrue(positions.allocatedBytes() >= 3 * EntryPositions.ROW_LENGTH);
    }

    @Test
    void shouldFindTheMarkAtOrBeforeAnEntry()
    {
        for (int i = 0; i < 1_000; i++)
        {
            positions.load(10 + 100L * i, 32 + 1_000L * i);
        }
        assertThrows(IllegalStateException.class, () -> positions.floor(9));
        for (int i = 0; i < 1_000; i++)
        {
            assertEquals(32 + 1_000L * i, positions.floor(10 + 100L * i));
            assertEquals(32 + 1_000L * i, positions.floor(109 + 100L * i));
        }
        assertEquals(32 + 999_000L, positions.floor(Long.MAX_VALUE));
    }

    @Test
    void shouldTakeMarksThatRiseAndGiveThemBack()
    {
        final UnsafeBuffer row = new UnsafeBuffer(new byte[EntryPositions.ROW_LENGTH + 8]);
        positions.load(5, 100);
        // The same entry may be marked again, by a later frame of a group.
        positions.load(5, 101);
        assertThrows(IllegalStateException.class, () -> positions.load(4, 102));
        assertThrows(IllegalStateException.class, () -> positions.load(6, 101));
        positions.load(6, 102);
        assertEquals(3, positions.count());
        positions.read(2, row, 8);
        assertEquals(6, row.getLong(8));
        assertEquals(102, row.getLong(16));
        positions.read(0, row, 0);
        assertEquals(5, row.getLong(0));
        assertEquals(100, row.getLong(8));
    }

    @Test
    void shouldReadEveryEntryBackInAnyOrder()
    {
        final MemoryJournal journal = MemoryJournal.stepped(FRAME_LENGTH_MAX, 4 * 1024 * 1024);
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final int count = 700;
        try (StoredEntries stored = new StoredEntries(0, FRAME_LENGTH_MAX);
            StoredEntries copy = new StoredEntries(0, FRAME_LENGTH_MAX))
        {
            write(journal, stored, count, random);
            journal.commit(journal.appendedPosition());
            assertTrue(stored.markCount() > 5, "marks: " + stored.markCount());
            final UnsafeBuffer row = new UnsafeBuffer(new byte[StoredEntries.MARK_LENGTH]);
            for (int i = 0; i < stored.markCount(); i++)
            {
                stored.readMark(i, row, 0);
                copy.loadMark(row, 0);
            }
            assertEquals(stored.markCount(), copy.markCount());
            try (JournalReader reader = journal.openReader(); JournalReader other = journal.openReader())
            {
                stored.source(reader);
                copy.source(other);
                final List<Integer> order = new ArrayList<>();
                for (int i = 0; i < count; i++)
                {
                    order.add(i);
                }
                check(stored, order);
                Collections.reverse(order);
                check(copy, order);
                Collections.shuffle(order, random);
                check(stored, order);
                for (final int sequence : order)
                {
                    assertEquals(ENTRY_LENGTH, copy.length(sequence), "seed=" + seed);
                }
            }
            assertTrue(stored.allocatedBytes() > FRAME_LENGTH_MAX);
        }
        finally
        {
            journal.close();
        }
    }

    @Test
    void shouldSayThatAnEntryIsMissing()
    {
        final MemoryJournal journal = MemoryJournal.stepped(FRAME_LENGTH_MAX, 1024 * 1024);
        try (StoredEntries stored = new StoredEntries(0, FRAME_LENGTH_MAX);
            JournalReader reader = journal.openReader())
        {
            final FrameWriter writer = new FrameWriter(journal, 0, 1, 10, 0, (position, first, entries, isEnd) -> {});
            append(writer, 10);
            writer.endGroup();
            journal.commit(writer.flush());
            stored.onFrame(0, 9);
            stored.source(reader);
            final JournalException ex = assertThrows(
                JournalException.class, () -> stored.read(9, new UnsafeBuffer(new byte[264]), 0));
            assertTrue(ex.getMessage().contains("sequence=9, next found=10"), ex.getMessage());
        }
        finally
        {
            journal.close();
        }
    }

    /** Entries of two shards, in frames of one to five. */
    private static void write(
        final MemoryJournal journal, final StoredEntries stored, final int count, final Random random)
    {
        final FrameWriter[] writers = new FrameWriter[2];
        for (int shard = 0; shard < 2; shard++)
        {
            final boolean isOurs = shard == 0;
            writers[shard] = new FrameWriter(journal, shard, 1, 0, 0, (position, first, entries, isEnd) ->
            {
                if (isOurs && entries > 0)
                {
                    stored.onFrame(position, first);
                }
            });
        }
        final long[] next = new long[2];
        while (next[0] < count)
        {
            final int shard = random.nextInt(3) == 0 ? 1 : 0;
            final int entries = (int)Math.min(1 + random.nextInt(5), shard == 0 ? count - next[0] : 5);
            for (int i = 0; i < entries; i++)
            {
                append(writers[shard], next[shard]++);
            }
            writers[shard].endGroup();
            writers[shard].flush();
        }
    }

    private static void append(final FrameWriter writer, final long sequence)
    {
        final UnsafeBuffer entry = new UnsafeBuffer(new byte[ENTRY_LENGTH]);
        new TransferEntryEncoder().wrapAndApplyHeader(entry, 0, new MessageHeaderEncoder())
            .sequence(sequence).timestampNs(sequence * 7);
        writer.appendEntry(entry, 0, ENTRY_LENGTH);
    }

    private static void check(final StoredEntries stored, final List<Integer> order)
    {
        final UnsafeBuffer entry = new UnsafeBuffer(new byte[ENTRY_LENGTH + 8]);
        for (final int sequence : order)
        {
            stored.read(sequence, entry, 8);
            assertEquals(sequence, Entries.sequence(entry, 8));
            assertEquals(sequence * 7L, entry.getLong(8 + 24, ByteOrder.LITTLE_ENDIAN));
        }
    }
}
