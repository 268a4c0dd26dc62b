package io.seriatim.journal;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteOrder;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FramesTest
{
    private final TestEntries entries = new TestEntries();
    private final FrameChecker checker = new FrameChecker();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[16 * 1024]);
    private int length;

    @Test
    void shouldKeepTheLayoutOfTheSchema()
    {
        assertEquals(64, Frames.HEADER_LENGTH);
        assertEquals(65, Frames.OVERHEAD);
        assertEquals(96, Frames.LENGTH_MIN);
        assertEquals(12, Frames.FORMAT_VERSION_OFFSET);
        assertEquals(16, Frames.FIRST_SEQUENCE_OFFSET);
        assertEquals(44, Frames.LENGTH_OFFSET);
        assertEquals(52, Frames.CRC_OFFSET);
        assertEquals(58, Frames.RESERVED_OFFSET);
    }

    @Test
    void shouldFillUpToAMultipleOf32WithAtLeastOneByte()
    {
        for (int entriesLength = 0; entriesLength < 1000; entriesLength++)
        {
            final int fill = Frames.lengthOf(entriesLength) - Frames.HEADER_LENGTH - entriesLength;
            assertTrue(fill >= 1 && fill <= 32);
            assertEquals(0, (Frames.TRANSPORT_HEADER_LENGTH + Frames.lengthOf(entriesLength)) % 32);
        }
    }

    @Test
    void shouldTellTheLengthOfEveryEntry()
    {
        for (int kind = 0; kind < 6; kind++)
        {
            final int entryLength = entries.ofKind(kind, 5);
            assertEquals(entryLength, Entries.length(entries.buffer(), 0, entryLength));
            assertEquals(entryLength, Entries.length(entries.buffer(), 0, 1000));
            assertEquals(Entries.NOT_AN_ENTRY, Entries.length(entries.buffer(), 0, entryLength - 1));
            assertEquals(5, Entries.sequence(entries.buffer(), 0));
        }

        for (int placementCount = 0; placementCount < 20; placementCount++)
        {
            final int entryLength = entries.genesis(placementCount, "example.org/books");
            assertEquals(entryLength, Entries.length(entries.buffer(), 0, entryLength));
            for (int limit = 0; limit < entryLength; limit++)
            {
                assertEquals(Entries.NOT_AN_ENTRY, Entries.length(entries.buffer(), 0, limit));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7})
    void shouldDetectEveryFlippedBit(final int entryCount)
    {
        buildFrame(entryCount);
        assertNull(checker.check(frame, 0, length));
        for (int bit = 0; bit < length * Byte.SIZE; bit++)
        {
            flip(bit);
            assertNotNull(checker.check(frame, 0, length), "bit " + bit);
            flip(bit);
        }

        assertNull(checker.check(frame, 0, length));
    }

    @Test
    void shouldDetectEveryFlippedBitOfAGenesis()
    {
        final MemoryJournal journal = new MemoryJournal();
        final FrameWriter writer = new FrameWriter(journal, 0, 1, 0, 0);
        writer.appendEntry(entries.buffer(), 0, entries.genesis(3, "example.org/books"));
        writer.endGroup();
        read(journal, writer.flush());
        assertNull(checker.check(frame, 0, length));
        for (int bit = 0; bit < length * Byte.SIZE; bit++)
        {
            flip(bit);
            assertNotNull(checker.check(frame, 0, length), "bit " + bit);
            flip(bit);
        }
    }

    @Test
    void shouldDetectEveryCut()
    {
        buildFrame(3);
        for (int cut = 0; cut < length; cut++)
        {
            assertNotNull(checker.check(frame, 0, cut));
        }
    }

    @Test
    void shouldRefuseFramesThatLieUnderARightChecksum()
    {
        expectProblem("another SBE header", (buffer) -> buffer.putShort(2, (short) 99, ByteOrder.LITTLE_ENDIAN));
        expectProblem("magic", (buffer) -> buffer.putInt(Frames.MAGIC_OFFSET, 7));
        expectProblem("format version", (buffer) -> buffer.putByte(Frames.FORMAT_VERSION_OFFSET, (byte) 2));
        expectProblem("length", (buffer) -> buffer.putInt(Frames.LENGTH_OFFSET, length + 32, ByteOrder.LITTLE_ENDIAN));
        expectProblem("length", (buffer) -> buffer.putInt(Frames.LENGTH_OFFSET, length - 1, ByteOrder.LITTLE_ENDIAN));
        for (int i = 0; i < Frames.RESERVED_LENGTH; i++)
        {
            final int index = Frames.RESERVED_OFFSET + i;
            expectProblem("reserved", (buffer) -> buffer.putByte(index, (byte) 1));
        }

        expectProblem("flags", (buffer) -> buffer.putByte(Frames.FLAGS_OFFSET, (byte) 8));
        expectProblem("flags", (buffer) -> buffer.putByte(Frames.FLAGS_OFFSET, (byte) Frames.OPEN));
        expectProblem("flags", (buffer) -> buffer.putInt(Frames.ENTRY_COUNT_OFFSET, 0));
        expectProblem("no entry", (buffer) -> buffer.putByte(Frames.ENTRY_COUNT_OFFSET, (byte) 4));
        expectProblem("longer", (buffer) -> buffer.putByte(Frames.ENTRY_COUNT_OFFSET, (byte) 2));
        expectProblem("entry sequence", (buffer) -> buffer.putByte(Frames.FIRST_SEQUENCE_OFFSET, (byte) 11));
        expectProblem("numbers", (buffer) -> buffer.putByte(Frames.COMMITTED_SEQUENCE_OFFSET, (byte) 10));
        expectProblem("numbers", (buffer) -> buffer.putLong(Frames.INCARNATION_OFFSET, 0));
        expectProblem("firstSequence=-1,", (buffer) -> buffer.putLong(Frames.FIRST_SEQUENCE_OFFSET, -1));
        expectProblem(
            "committedSequence=-2 (from -1",
            (buffer) -> buffer.putLong(Frames.COMMITTED_SEQUENCE_OFFSET, -2, ByteOrder.LITTLE_ENDIAN));
        expectProblem("no entry", (buffer) -> buffer.putByte(Frames.HEADER_LENGTH + 2, (byte) 99));
        expectProblem("fill", (buffer) -> buffer.putByte(length - 2, (byte) 1));
        expectProblem("0xa5", (buffer) -> buffer.putByte(length - 1, (byte) 0xA4));
    }

    private void expectProblem(final String word, final Consumer<UnsafeBuffer> lie)
    {
        buildFrame(3);
        lie.accept(frame);
        final int claimedLength = Math.max(96, Math.min(frame.capacity(), Frames.length(frame, 0)));
        frame.putInt(Frames.CRC_OFFSET, checker.crc(frame, 0, claimedLength), ByteOrder.LITTLE_ENDIAN);
        final String problem = checker.check(frame, 0, length);
        assertNotNull(problem, word);
        assertTrue(problem.contains(word), problem);
    }

    /** A frame of transfers 10, 11, ... of shard 3; a mark if there are none. */
    private void buildFrame(final int entryCount)
    {
        final MemoryJournal journal = new MemoryJournal();
        final FrameWriter writer = new FrameWriter(journal, 3, 2, 10, 0x1234_5678);
        writer.committedSequence(8);
        for (int i = 0; i < entryCount; i++)
        {
            writer.appendEntry(entries.buffer(), 0, entries.transfer(10 + i));
            writer.endGroup();
        }

        read(journal, entryCount == 0 ? writer.mark(Frames.OPEN) : writer.flush());
    }

    private void read(final MemoryJournal journal, final long end)
    {
        frame.setMemory(0, frame.capacity(), (byte) 0);
        assertEquals(end, journal.readFrame(0, frame, 0));
        length = Frames.length(frame, 0);
    }

    private void flip(final int bit)
    {
        final int index = bit / Byte.SIZE;
        frame.putByte(index, (byte) (frame.getByte(index) ^ 1 << bit % Byte.SIZE));
    }
}
