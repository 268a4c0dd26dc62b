package io.seriatim.journal;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Snapshot files: what was written is read, and whatever bit is turned or byte missing, nothing of it is believed.
 */
class SnapshotFileTest
{
    private static final SnapshotHeader HEADER = new SnapshotHeader(
        SnapshotHeader.Kind.STATE, new UUID(1, 2), 3, 0, 4_096, 77, 0xCAFE);
    private static final byte[] DIGEST = new byte[SnapshotWriter.DIGEST_LENGTH];

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void setUp()
    {
        Arrays.fill(DIGEST, (byte)7);
        file = directory.resolve("some.snap");
    }

    private SnapshotWriter writer() throws IOException
    {
        final SnapshotWriter writer = new SnapshotWriter(file, HEADER);
        writer.write(1, new UnsafeBuffer(new byte[] {1, 2, 3}), 0, 3);
        writer.write(2, new UnsafeBuffer(new byte[200]), 10, 100);
        writer.end(DIGEST);
        return writer;
    }

    private byte[] write() throws IOException
    {
        try (SnapshotWriter writer = writer())
        {
            writer.publish();
            writer.forceDirectory();
            assertEquals(Files.size(file), writer.length());
        }
        return Files.readAllBytes(file);
    }

    private List<String> read()
    {
        final List<String> blocks = new ArrayList<>();
        try (SnapshotReader reader = new SnapshotReader(file))
        {
            assertEquals(HEADER, reader.header());
            assertArrayEquals(DIGEST, reader.read((type, buffer, offset, length) -> blocks.add(type + ":" + length)));
        }
        return blocks;
    }

    @Test
    void shouldReadWhatWasWritten() throws IOException
    {
        write();
        assertEquals(List.of("1:3", "2:100"), read());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void shouldNotCountBeforeItIsPublished() throws IOException
    {
        try (SnapshotWriter writer = writer())
        {
            assertFalse(Files.exists(writer.file()));
        }
        try (var children = Files.list(directory))
        {
            assertTrue(children.findAny().isEmpty(), "a file that was given up is left");
        }
        assertThrows(IllegalStateException.class, () -> new SnapshotWriter(file, HEADER).publish());
    }

    @Test
    void shouldRefuseEveryBitThatIsTurned() throws IOException
    {
        final byte[] good = write();
        for (int bit = 0; bit < good.length * Byte.SIZE; bit++)
        {
            final byte[] bad = good.clone();
            bad[bit / Byte.SIZE] ^= (byte)(1 << bit % Byte.SIZE);
            Files.write(file, bad);
            assertThrows(JournalException.class, this::read, "bit " + bit);
        }
    }

    @Test
    void shouldRefuseEveryLengthButItsOwn() throws IOException
    {
        final byte[] good = write();
        for (int length = 0; length < good.length; length++)
        {
            Files.write(file, Arrays.copyOf(good, length));
            assertThrows(JournalException.class, this::read, "length " + length);
        }
        Files.write(file, Arrays.copyOf(good, good.length + 1));
        assertThrows(JournalException.class, this::read);
        Files.delete(file);
        assertThrows(JournalException.class, this::read);
    }

    @Test
    void shouldRefuseAFormatThatItDoesNotKnow() throws IOException
    {
        final byte[] bytes = write();
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        buffer.putInt(8, SnapshotHeader.FORMAT_VERSION + 1);
        final CRC32C crc = new CRC32C();
        crc.update(bytes, 0, SnapshotHeader.CRC_OFFSET);
        buffer.putInt(SnapshotHeader.CRC_OFFSET, (int)crc.getValue());
        Files.write(file, bytes);
        assertTrue(assertThrows(JournalException.class, this::read).getMessage().contains("format 2"));
    }

    @Test
    void shouldRefuseAKindThatItDoesNotKnow() throws IOException
    {
        final byte[] bytes = write();
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        buffer.putInt(12, 99);
        final CRC32C crc = new CRC32C();
        crc.update(bytes, 0, SnapshotHeader.CRC_OFFSET);
        buffer.putInt(SnapshotHeader.CRC_OFFSET, (int)crc.getValue());
        Files.write(file, bytes);
        final long handles = openFiles();
        final String refusal = assertThrows(JournalException.class, this::read).getMessage();
        assertTrue(refusal.contains("99"), refusal);
        assertEquals(handles, openFiles());
    }

    @Test
    void shouldRefuseAnEndThatSaysOtherwiseThanItsBlocks() throws IOException
    {
        final byte[] good = write();
        final int endLength = SnapshotWriter.BLOCK_HEADER_LENGTH + SnapshotWriter.END_LENGTH;
        final int end = good.length - endLength;
        final int content = end + SnapshotWriter.BLOCK_HEADER_LENGTH;
        final UnsafeBuffer wrong = new UnsafeBuffer(good.clone());
        wrong.putLong(content, 3);
        assertEndRefused(wrong, end, SnapshotWriter.END_LENGTH, "blocks=2, bytes=103, file length=" + good.length);
        wrong.putLong(content, 2);
        wrong.putLong(content + Long.BYTES, 104);
        assertEndRefused(wrong, end, SnapshotWriter.END_LENGTH, "blocks=2, bytes=103, file length=" + good.length);

        final UnsafeBuffer longer = new UnsafeBuffer(Arrays.copyOf(good, good.length + 1));
        assertEndRefused(
            longer, end, SnapshotWriter.END_LENGTH + 1, "blocks=2, bytes=103, file length=" + (good.length + 1));
        Files.write(file, good);
        assertEquals(List.of("1:3", "2:100"), read());
    }

    /** A block at the end of a file, given a length and the checksum of what it holds. */
    private void assertEndRefused(final UnsafeBuffer bytes, final int end, final int length, final String found)
        throws IOException
    {
        bytes.putInt(end, length);
        final CRC32C crc = new CRC32C();
        crc.update(bytes.byteArray(), end, 2 * Integer.BYTES);
        crc.update(bytes.byteArray(), end + SnapshotWriter.BLOCK_HEADER_LENGTH, length);
        bytes.putInt(end + 2 * Integer.BYTES, (int)crc.getValue());
        Files.write(file, bytes.byteArray());
        final String refusal = assertThrows(JournalException.class, this::read).getMessage();
        assertTrue(
            refusal.startsWith("the snapshot is damaged: the end does not agree with what was read: " + found),
            refusal);
    }

    @Test
    void shouldTakeNothingBehindItsEnd() throws IOException
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[16]);
        final SnapshotWriter writer = writer();
        assertThrows(IllegalArgumentException.class, () -> writer.write(1, buffer, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> writer.end(DIGEST));
        writer.publish();
        writer.close();
        writer.close();
        assertEquals(List.of("1:3", "2:100"), read());

        final SnapshotWriter closed = new SnapshotWriter(file, HEADER);
        closed.close();
        closed.close();
        assertThrows(IllegalArgumentException.class, () -> closed.write(1, buffer, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> closed.end(DIGEST));
        assertEquals(List.of("1:3", "2:100"), read(), "the one before stands");
    }

    @Test
    void shouldRefuseBlocksThatAreNone() throws IOException
    {
        try (SnapshotWriter writer = new SnapshotWriter(file, HEADER))
        {
            final UnsafeBuffer buffer = new UnsafeBuffer(new byte[16]);
            assertThrows(IllegalArgumentException.class, () -> writer.write(0, buffer, 0, 1));
            assertThrows(IllegalArgumentException.class, () -> writer.write(1, buffer, 0, 0));
            assertThrows(
                IllegalArgumentException.class,
                () -> writer.write(1, buffer, 0, SnapshotWriter.BLOCK_LENGTH_MAX + 1));
            assertThrows(IllegalArgumentException.class, () -> writer.end(new byte[31]));
        }
    }

    @Test
    void shouldTakeBlocksUpToTheLongestAndManyOfThem() throws IOException
    {
        final UnsafeBuffer content = new UnsafeBuffer(new byte[SnapshotWriter.BLOCK_LENGTH_MAX + 1]);
        final int[] lengths = {1, SnapshotWriter.BLOCK_LENGTH_MAX, SnapshotWriter.BLOCK_LENGTH_MAX - 1, 7};
        long written = SnapshotHeader.LENGTH;
        try (SnapshotWriter writer = new SnapshotWriter(file, HEADER))
        {
            assertThrows(
                IllegalArgumentException.class,
                () -> writer.write(1, content, 0, SnapshotWriter.BLOCK_LENGTH_MAX + 1));
            assertThrows(IllegalArgumentException.class, () -> writer.write(1, content, 0, 0));
            assertThrows(IllegalArgumentException.class, () -> writer.write(SnapshotWriter.END, content, 0, 1));
            for (int round = 0; round < 60; round++)
            {
                for (final int length : lengths)
                {
                    content.putInt(0, round);
                    writer.write(1 + round, content, 0, length);
                    written += SnapshotWriter.BLOCK_HEADER_LENGTH + length;
                    assertEquals(written, writer.length());
                }
            }

            assertTrue(
                Files.size(file.resolveSibling(file.getFileName() + SnapshotWriter.TEMPORARY)) > written / 2);
            writer.end(DIGEST);
            writer.publish();
        }

        final List<Integer> seen = new ArrayList<>();
        final long handles = openFiles();
        try (SnapshotReader reader = new SnapshotReader(file))
        {
            assertEquals(Files.size(file), reader.length());
            assertEquals(handles + 1, openFiles());
            reader.read((type, buffer, offset, length) ->
            {
                if (length >= Integer.BYTES)
                {
                    assertEquals(type - 1, buffer.getInt(offset));
                }

                seen.add(length);
            });
        }

        assertEquals(handles, openFiles());
        assertEquals(60 * lengths.length, seen.size());
        assertEquals(Arrays.stream(lengths).boxed().toList(), seen.subList(0, lengths.length));
        Files.write(file, new byte[10]);
        assertThrows(JournalException.class, () -> new SnapshotReader(file));
        assertEquals(handles, openFiles(), "closed though it was not opened");
    }

    private long openFiles() throws IOException
    {
        long count = 0;
        for (final String handle : Path.of("/proc/self/fd").toFile().list())
        {
            final Path link = Path.of("/proc/self/fd", handle);
            count += Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(file.toRealPath()) ? 1 : 0;
        }

        return count;
    }
}
