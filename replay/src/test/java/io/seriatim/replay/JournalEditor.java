package io.seriatim.replay;

import io.seriatim.journal.Entries;
import io.seriatim.journal.FrameChecker;
import io.seriatim.journal.Frames;
import io.seriatim.journal.Manifest;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/**
 * Changes a journal behind the engine's back, and so that no checksum and no link shows it: a stand-in for an engine
 * that judged otherwise.
 */
public final class JournalEditor
{
    /** Changes an entry in place. */
    @FunctionalInterface
    public interface EntryEdit
    {
        void edit(UnsafeBuffer buffer, int offset);
    }

    private static final int PREVIOUS_CRC_OFFSET = 48;
    private static final int CRC_OFFSET = 52;
    private static final int TYPE_OFFSET = 6;
    private static final int TYPE_DATA = 1;

    private final FrameChecker checker = new FrameChecker();
    private final Path archive;
    private final int segmentLength;

    public JournalEditor(final Path journalDirectory)
    {
        archive = journalDirectory.resolve("archive");
        segmentLength = Manifest.read(journalDirectory).segmentLength();
    }

    /** Change the entry with a sequence, and make everything behind it fit. */
    public void edit(final int shard, final long sequence, final EntryEdit edit)
    {
        boolean isFound = false;
        int previousCrc = 0;
        for (long base = 0; Files.exists(segment(base)); base += segmentLength)
        {
            final UnsafeBuffer buffer = new UnsafeBuffer(read(segment(base)));
            int offset = 0;
            while (offset < buffer.capacity() && buffer.getInt(offset, ByteOrder.LITTLE_ENDIAN) > 0)
            {
                final int frame = offset + Frames.TRANSPORT_HEADER_LENGTH;
                final boolean isData = buffer.getShort(offset + TYPE_OFFSET, ByteOrder.LITTLE_ENDIAN) == TYPE_DATA;
                offset += buffer.getInt(offset, ByteOrder.LITTLE_ENDIAN);
                if (isData && Frames.shard(buffer, frame) == shard)
                {
                    final boolean isHere = sequence >= Frames.firstSequence(buffer, frame) &&
                        sequence < Frames.firstSequence(buffer, frame) + Frames.entryCount(buffer, frame);
                    if (isHere)
                    {
                        edit.edit(buffer, entryOffset(buffer, frame, sequence));
                    }
                    if (isFound)
                    {
                        buffer.putInt(frame + PREVIOUS_CRC_OFFSET, previousCrc, ByteOrder.LITTLE_ENDIAN);
                    }
                    isFound |= isHere;
                    if (isFound)
                    {
                        previousCrc = checker.crc(buffer, frame, Frames.length(buffer, frame));
                        buffer.putInt(frame + CRC_OFFSET, previousCrc, ByteOrder.LITTLE_ENDIAN);
                    }
                }
            }
            write(segment(base), buffer.byteArray());
        }
        if (!isFound)
        {
            throw new AssertionError("no such entry: shard=" + shard + ", sequence=" + sequence);
        }
    }

    /** Flip a bit of the journal and let it show. */
    public void flip(final long position)
    {
        final Path segment = segment(position & -(long)segmentLength);
        final byte[] bytes = read(segment);
        bytes[(int)(position & segmentLength - 1)] ^= 1;
        write(segment, bytes);
    }

    /** Put bytes at a position. */
    public void put(final long position, final byte... bytes)
    {
        final Path segment = segment(position & -(long)segmentLength);
        final byte[] all = read(segment);
        System.arraycopy(bytes, 0, all, (int)(position & segmentLength - 1), bytes.length);
        write(segment, all);
    }

    /** Change the text of a manifest and make its checksum fit. */
    public static void editManifest(final Path journalDirectory, final UnaryOperator<String> edit)
    {
        final Path file = journalDirectory.resolve(Manifest.FILE_NAME);
        final String text = new String(read(file), StandardCharsets.ISO_8859_1);
        final String body = edit.apply(text.substring(0, text.lastIndexOf("crc32c=")));
        final CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.ISO_8859_1));
        write(
            file,
            (body + "crc32c=" + String.format("%08x", crc.getValue()) + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static int entryOffset(final UnsafeBuffer buffer, final int frame, final long sequence)
    {
        int offset = frame + Frames.HEADER_LENGTH;
        while (Entries.sequence(buffer, offset) != sequence)
        {
            offset += Entries.length(buffer, offset, buffer.capacity());
        }
        return offset;
    }

    private Path segment(final long base)
    {
        return archive.resolve("0-" + base + ".rec");
    }

    private static byte[] read(final Path file)
    {
        try
        {
            return Files.readAllBytes(file);
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(final Path file, final byte... bytes)
    {
        try
        {
            Files.write(file, bytes);
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }
}
