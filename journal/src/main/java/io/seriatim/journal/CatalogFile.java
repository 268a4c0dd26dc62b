package io.seriatim.journal;

import io.aeron.archive.codecs.CatalogHeaderDecoder;
import io.aeron.archive.codecs.RecordingDescriptorDecoder;
import io.aeron.archive.codecs.RecordingDescriptorHeaderDecoder;
import io.aeron.archive.codecs.RecordingState;
import org.agrona.SemanticVersion;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The archive's catalog, looked at and put right before Aeron starts. The archive repairs a recording whose stop
 * position is missing, and that repair can refuse good data and believe bad data; so the stop position that our own
 * scan has found is written here, and then there is nothing left to repair. The start position is that of the first
 * segment that was never removed: what was, Aeron is not asked for.
 * <p>
 * <pre>
 *   offset  length  field
 *        0      32  catalog header: version of the format first
 *       32      32  header of the first recording's descriptor: its length n, its state
 *       64       n  the descriptor
 *   64 + n      32  header of the next one, and so on; a length of 0 ends the list
 * </pre>
 * Threads: confined to one.<br>
 * Source: {@code Catalog} of Aeron 1.51.0, format 3.
 */
final class CatalogFile
{
    static final String FILE_NAME = "archive.catalog";

    private static final int MAJOR_VERSION = 3;
    private static final int HEADER_LENGTH = CatalogHeaderDecoder.BLOCK_LENGTH;
    private static final int DESCRIPTOR_HEADER_LENGTH = RecordingDescriptorHeaderDecoder.BLOCK_LENGTH;

    private final Path file;
    private final RecordingLayout layout;
    private final RecordingDescriptorDecoder descriptor = new RecordingDescriptorDecoder();

    CatalogFile(final RecordingLayout layout)
    {
        this.layout = layout;
        file = layout.directory().resolve(FILE_NAME);
    }

    /**
     * Check that the catalog describes the journal's recording as the manifest does.
     *
     * @param startPositionMax end of the last segment that was removed; 0 if none was.
     * @return offset of its descriptor in the file.
     * @throws JournalException if it does not; nothing was changed.
     */
    int check(final long startPositionMax)
    {
        final UnsafeBuffer buffer = read();
        final RecordingDescriptorHeaderDecoder header = new RecordingDescriptorHeaderDecoder();
        int offset = HEADER_LENGTH;
        while (offset + DESCRIPTOR_HEADER_LENGTH <= buffer.capacity())
        {
            header.wrap(buffer, offset, DESCRIPTOR_HEADER_LENGTH, RecordingDescriptorHeaderDecoder.SCHEMA_VERSION);
            final int length = header.length();
            if (length <= 0 || length > buffer.capacity() - offset - DESCRIPTOR_HEADER_LENGTH)
            {
                break;
            }

            descriptor.wrap(
                buffer,
                offset + DESCRIPTOR_HEADER_LENGTH,
                RecordingDescriptorDecoder.BLOCK_LENGTH,
                RecordingDescriptorDecoder.SCHEMA_VERSION);
            if (descriptor.recordingId() == layout.recordingId())
            {
                checkDescriptor(stateOf(header), startPositionMax);
                return offset + DESCRIPTOR_HEADER_LENGTH;
            }

            offset += DESCRIPTOR_HEADER_LENGTH + length;
        }

        throw refused("it has no recording " + layout.recordingId(), null);
    }

    /**
     * Write where the recording begins and ends, forced.
     *
     * @param startPosition end of the last segment that was removed; 0 if none was.
     * @param stopPosition  that the scan has found.
     */
    void write(final long startPosition, final long stopPosition)
    {
        final int offset = check(startPosition);
        if (descriptor.startPosition() == startPosition && descriptor.stopPosition() == stopPosition)
        {
            return;
        }

        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
        {
            writeLong(channel, offset + RecordingDescriptorDecoder.stopTimestampEncodingOffset(),
                System.currentTimeMillis());
            writeLong(channel, offset + RecordingDescriptorDecoder.stopPositionEncodingOffset(), stopPosition);
            writeLong(channel, offset + RecordingDescriptorDecoder.startPositionEncodingOffset(), startPosition);
            channel.force(true);
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not write the archive's catalog: file=" + file, ex);
        }
    }

    private static void writeLong(final FileChannel channel, final long offset, final long value) throws IOException
    {
        final ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
        PosixFiles.writeFully(channel, bytes, offset);
    }

    private UnsafeBuffer read()
    {
        final UnsafeBuffer buffer;
        try
        {
            buffer = new UnsafeBuffer(Files.readAllBytes(file));
        }
        catch (final IOException ex)
        {
            throw refused("it can not be read", ex);
        }

        if (buffer.capacity() < HEADER_LENGTH)
        {
            throw refused("it is shorter than its header: length=" + buffer.capacity(), null);
        }

        final CatalogHeaderDecoder header = new CatalogHeaderDecoder();
        header.wrap(buffer, 0, HEADER_LENGTH, CatalogHeaderDecoder.SCHEMA_VERSION);
        if (SemanticVersion.major(header.version()) != MAJOR_VERSION || header.alignment() <= 0)
        {
            throw refused(
                "its format is unknown: version=" + SemanticVersion.toString(header.version()) + ", known=" +
                MAJOR_VERSION + ".x, alignment=" + header.alignment(), null);
        }

        return buffer;
    }

    private RecordingState stateOf(final RecordingDescriptorHeaderDecoder header)
    {
        try
        {
            return header.state();
        }
        catch (final IllegalArgumentException ex)
        {
            throw refused("the state of its recording is unknown: " + ex.getMessage(), ex);
        }
    }

    private void checkDescriptor(final RecordingState state, final long startPositionMax)
    {
        if (state != RecordingState.VALID || descriptor.startPosition() < 0 ||
            descriptor.startPosition() > startPositionMax ||
            layout.segmentBase(descriptor.startPosition()) != descriptor.startPosition() ||
            descriptor.initialTermId() != layout.initialTermId() ||
            descriptor.segmentFileLength() != layout.segmentLength() ||
            descriptor.termBufferLength() != layout.termLength() ||
            descriptor.mtuLength() != layout.mtu() ||
            descriptor.streamId() != layout.streamId())
        {
            throw refused(
                "it describes another recording than the manifest: state=" + state + ", startPosition=" +
                descriptor.startPosition() + " (at most " + startPositionMax + "), initialTermId=" +
                descriptor.initialTermId() + ", segmentLength=" +
                descriptor.segmentFileLength() + ", termLength=" + descriptor.termBufferLength() + ", mtu=" +
                descriptor.mtuLength() + ", streamId=" + descriptor.streamId() + ", expected=" + layout, null);
        }
    }

    private JournalException refused(final String reason, final Throwable cause)
    {
        return new JournalException(
            "the archive's catalog does not fit the journal: " + reason + ", file=" + file +
            "; the recording beside it was not changed; put back the catalog from a backup", cause);
    }
}
