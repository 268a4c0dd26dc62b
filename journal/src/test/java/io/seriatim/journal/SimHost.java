package io.seriatim.journal;

import io.aeron.Publication;
import io.aeron.archive.codecs.CatalogHeaderEncoder;
import io.aeron.archive.codecs.RecordingDescriptorEncoder;
import io.aeron.archive.codecs.RecordingDescriptorHeaderEncoder;
import io.aeron.archive.codecs.RecordingState;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.SemanticVersion;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;

/**
 * A recording on a {@link SimDisk}, written from what Aeron's does: messages with their headers one behind the other,
 * padding to the end of a term, blocks that are written and then forced, and only then a new recorded position.
 * <p>
 * Threads: confined to one.
 */
final class SimHost implements RecordingHost, RecordedStream
{
    private static final int BLOCK_MESSAGES_MAX = 8;
    private static final int CATALOG_LENGTH = 64 * 1024;
    private static final int CATALOG_ALIGNMENT = 1024;
    private static final int DESCRIPTOR_LENGTH = 1024 - RecordingDescriptorHeaderEncoder.BLOCK_LENGTH;

    private final SimDisk disk;
    private final RecordingLayout layout;
    private final ArrayDeque<byte[]> published = new ArrayDeque<>();
    private boolean isForced;
    private int sessionId;
    private long publishedPosition;
    private long writtenPosition;
    private long recordedPosition;
    private boolean isStopped;
    private Throwable firstError;

    SimHost(final SimDisk disk, final RecordingLayout layout)
    {
        this.disk = disk;
        this.layout = layout;
    }

    @Override
    public void launch(final Durability durability)
    {
        isForced = durability == Durability.FSYNC;
    }

    @Override
    public void record(final boolean isNew, final long position, final long incarnation)
    {
        sessionId = RecordingLayout.sessionIdOf(incarnation);
        publishedPosition = position;
        writtenPosition = position;
        recordedPosition = position;
        try
        {
            if (isNew)
            {
                writeCatalog();
                disk.create(layout.segmentFile(0), layout.segmentLength());
            }

            disk.onRecovered(layout.directory());
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public RecordedStream stream()
    {
        return this;
    }

    @Override
    public long offer(final DirectBuffer buffer, final int offset, final int length)
    {
        if (isStopped)
        {
            return Publication.NOT_CONNECTED;
        }

        final int aligned = BitUtil.align(length + Frames.TRANSPORT_HEADER_LENGTH, Frames.ALIGNMENT);
        if (publishedPosition + aligned - recordedPosition > layout.termLength() / 2)
        {
            return Publication.BACK_PRESSURED;
        }

        final int room = layout.termLength() - termOffset();
        if (aligned > room)
        {
            publish(message(RecordingLayout.TYPE_PADDING, room, Frames.TRANSPORT_HEADER_LENGTH), room);
            return Publication.ADMIN_ACTION;
        }

        final byte[] message =
            message(RecordingLayout.TYPE_DATA, length + Frames.TRANSPORT_HEADER_LENGTH, aligned);
        buffer.getBytes(offset, message, Frames.TRANSPORT_HEADER_LENGTH, length);
        publish(message, aligned);
        return publishedPosition;
    }

    private void publish(final byte[] message, final int length)
    {
        published.add(message);
        publishedPosition += length;
    }

    private byte[] message(final int type, final int frameLength, final int length)
    {
        final byte[] message = new byte[length];
        final UnsafeBuffer header = new UnsafeBuffer(message);
        header.putInt(0, frameLength, ByteOrder.LITTLE_ENDIAN);
        header.putByte(5, (byte) 0xC0);
        header.putShort(6, (short) type, ByteOrder.LITTLE_ENDIAN);
        header.putInt(8, termOffset(), ByteOrder.LITTLE_ENDIAN);
        header.putInt(12, sessionId, ByteOrder.LITTLE_ENDIAN);
        header.putInt(16, layout.streamId(), ByteOrder.LITTLE_ENDIAN);
        header.putInt(20, layout.termId(publishedPosition), ByteOrder.LITTLE_ENDIAN);
        return message;
    }

    @Override
    public long availableWindow()
    {
        return isStopped ? 0 : layout.termLength() / 2 - (publishedPosition - recordedPosition);
    }

    @Override
    public int termOffset()
    {
        return (int) (publishedPosition & layout.termLength() - 1);
    }

    /** A turn writes, and the next one forces: what is cut in between is written and not forced. */
    @Override
    public int invoke()
    {
        if (isStopped || disk.isSlowNow())
        {
            return 0;
        }

        try
        {
            if (writtenPosition > recordedPosition)
            {
                if (isForced)
                {
                    disk.force(layout.segmentFile(layout.segmentBase(recordedPosition)));
                }

                recordedPosition = writtenPosition;
                return 1;
            }

            return write();
        }
        catch (final IOException ex)
        {
            firstError = firstError == null ? ex : firstError;
            isStopped = true;
            return 0;
        }
    }

    /** A block lies in one file, and padding is one by itself. */
    private int write() throws IOException
    {
        int count = 0;
        final int most = 1 + disk.random(BLOCK_MESSAGES_MAX);
        final long base = layout.segmentBase(writtenPosition);
        while (count < most && !published.isEmpty() && layout.segmentBase(writtenPosition) == base)
        {
            final byte[] message = published.peek();
            final int frameLength = RecordingLayout.frameLength(new UnsafeBuffer(message), 0);
            final boolean isPadding =
                RecordingLayout.type(new UnsafeBuffer(message), 0) == RecordingLayout.TYPE_PADDING;
            if (isPadding && count > 0)
            {
                break;
            }

            published.remove();
            final Path file = layout.segmentFile(base);
            if (!Files.exists(file))
            {
                disk.create(file, layout.segmentLength());
            }

            disk.write(file, writtenPosition - base, ByteBuffer.wrap(message));
            writtenPosition += isPadding ? frameLength : message.length;
            count++;
            if (isPadding)
            {
                break;
            }
        }

        return count;
    }

    @Override
    public boolean isAlive()
    {
        return true;
    }

    @Override
    public long recordedPosition()
    {
        return isStopped ? -1 : recordedPosition;
    }

    @Override
    public String pollError()
    {
        return firstError == null ? null : firstError.getMessage();
    }

    @Override
    public Throwable firstError()
    {
        return firstError;
    }

    @Override
    public void close()
    {
        isStopped = true;
    }

    private void writeCatalog() throws IOException
    {
        final byte[] bytes = new byte[CATALOG_LENGTH];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        new CatalogHeaderEncoder().wrap(buffer, 0)
            .version(SemanticVersion.compose(3, 1, 0))
            .length(CatalogHeaderEncoder.BLOCK_LENGTH)
            .nextRecordingId(1)
            .alignment(CATALOG_ALIGNMENT);
        final int offset = CatalogHeaderEncoder.BLOCK_LENGTH;
        new RecordingDescriptorHeaderEncoder().wrap(buffer, offset)
            .length(DESCRIPTOR_LENGTH)
            .state(RecordingState.VALID);
        new RecordingDescriptorEncoder().wrap(buffer, offset + RecordingDescriptorHeaderEncoder.BLOCK_LENGTH)
            .recordingId(0)
            .startPosition(0)
            .stopPosition(-1)
            .initialTermId(layout.initialTermId())
            .segmentFileLength(layout.segmentLength())
            .termBufferLength(layout.termLength())
            .mtuLength(layout.mtu())
            .streamId(layout.streamId());
        Files.write(layout.directory().resolve(CatalogFile.FILE_NAME), bytes);
    }
}
