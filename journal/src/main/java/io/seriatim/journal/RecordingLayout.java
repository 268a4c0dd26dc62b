package io.seriatim.journal;

import org.agrona.DirectBuffer;

import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Where in which file a position lies, and what the transport's header of every message must say there.
 * <p>
 * <pre>
 *   offset  length  field            must be
 *        0       4  frame length     that of our frame and 32; of padding: up to the end of the term
 *        4       1  version          0
 *        5       1  flags            0xC0: the message is whole
 *        6       2  type             1 data, 0 padding
 *        8       4  term offset      position modulo term length
 *       12       4  session id       low 31 bits of the incarnation
 *       16       4  stream id        that of the journal
 *       20       4  term id          initial term id and position divided by term length
 *       24       8  reserved value   0
 * </pre>
 * Files are named {@code <recording id>-<position of the first byte>.rec} and hold the messages as they lie in the
 * terms.
 * <p>
 * Threads: immutable.<br>
 * Source: {@code DataHeaderFlyweight} and {@code Archive.segmentFileName} of Aeron 1.51.0; a test compares with a
 * replay by Aeron itself.
 *
 * @param directory     of the archive.
 * @param recordingId   of the journal's recording.
 * @param streamId      of the recorded stream.
 * @param initialTermId of the recorded stream.
 * @param termLength    in bytes.
 * @param mtu           in bytes.
 * @param segmentLength in bytes.
 * @param logTag        that every frame carries.
 */
record RecordingLayout(
    Path directory,
    long recordingId,
    int streamId,
    int initialTermId,
    int termLength,
    int mtu,
    int segmentLength,
    int logTag)
{
    static final int TYPE_PADDING = 0;
    static final int TYPE_DATA = 1;
    static final String FILE_SUFFIX = ".rec";

    private static final int VERSION_OFFSET = 4;
    private static final int FLAGS_OFFSET = 5;
    private static final int TYPE_OFFSET = 6;
    private static final int TERM_OFFSET_OFFSET = 8;
    private static final int SESSION_ID_OFFSET = 12;
    private static final int STREAM_ID_OFFSET = 16;
    private static final int TERM_ID_OFFSET = 20;
    private static final int RESERVED_OFFSET = 24;
    private static final byte WHOLE_MESSAGE = (byte) 0xC0;

    /** Layout of the recording that a manifest describes; recording 0 while it is being made. */
    static RecordingLayout of(final Manifest manifest, final Path archiveDirectory)
    {
        return new RecordingLayout(
            archiveDirectory,
            Math.max(0, manifest.recordingId()),
            manifest.streamId(),
            manifest.initialTermId(),
            manifest.termLength(),
            manifest.mtu(),
            manifest.segmentLength(),
            Frames.logTagOf(manifest.logUuid()));
    }

    /** Session id that messages of an incarnation carry. */
    static int sessionIdOf(final long incarnation)
    {
        return (int) (incarnation & Integer.MAX_VALUE);
    }

    long segmentBase(final long position)
    {
        return position & -(long) segmentLength;
    }

    Path segmentFile(final long segmentBase)
    {
        return directory.resolve(recordingId + "-" + segmentBase + FILE_SUFFIX);
    }

    int termOffset(final long position)
    {
        return (int) (position & (termLength - 1));
    }

    int termId(final long position)
    {
        return initialTermId + (int) (position >>> Integer.numberOfTrailingZeros(termLength));
    }

    static int frameLength(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset, ByteOrder.LITTLE_ENDIAN);
    }

    static int type(final DirectBuffer buffer, final int offset)
    {
        return buffer.getShort(offset + TYPE_OFFSET, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
    }

    static int sessionId(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset + SESSION_ID_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Check the header that the transport wrote at a position.
     *
     * @return null if every byte but the session id is what it must be; else what is not.
     */
    String checkHeader(final DirectBuffer buffer, final int offset, final long position)
    {
        final int type = type(buffer, offset);
        if (type != TYPE_DATA && type != TYPE_PADDING)
        {
            return "message type is unknown: found=" + type + ", allowed=0 (padding) or 1 (data)";
        }

        final int length = frameLength(buffer, offset);
        final int room = termLength - termOffset(position);
        final boolean isLengthRight = type == TYPE_PADDING ?
            length == room && length < mtu :
            length >= Frames.TRANSPORT_HEADER_LENGTH + Frames.LENGTH_MIN && length <= Math.min(mtu, room) &&
            (length & (Frames.ALIGNMENT - 1)) == 0;
        if (!isLengthRight)
        {
            return "message length is out of range: found=" + length + ", type=" + type + ", mtu=" + mtu +
                ", room in the term=" + room;
        }

        if (buffer.getByte(offset + VERSION_OFFSET) != 0 || buffer.getByte(offset + FLAGS_OFFSET) != WHOLE_MESSAGE)
        {
            return "message version or flags differ: version=" + buffer.getByte(offset + VERSION_OFFSET) +
                ", expected=0, flags=0x" + Integer.toHexString(buffer.getByte(offset + FLAGS_OFFSET) & 0xFF) +
                ", expected=0xc0";
        }

        return checkPlace(buffer, offset, position);
    }

    private String checkPlace(final DirectBuffer buffer, final int offset, final long position)
    {
        final int termOffset = buffer.getInt(offset + TERM_OFFSET_OFFSET, ByteOrder.LITTLE_ENDIAN);
        final int termId = buffer.getInt(offset + TERM_ID_OFFSET, ByteOrder.LITTLE_ENDIAN);
        final int stream = buffer.getInt(offset + STREAM_ID_OFFSET, ByteOrder.LITTLE_ENDIAN);
        final long reserved = buffer.getLong(offset + RESERVED_OFFSET, ByteOrder.LITTLE_ENDIAN);
        if (termOffset != termOffset(position) || termId != termId(position) || stream != streamId || reserved != 0)
        {
            return "message was not written for this place: term offset=" + termOffset + ", expected=" +
                termOffset(position) + ", term id=" + termId + ", expected=" + termId(position) + ", stream=" +
                stream + ", expected=" + streamId + ", reserved=" + reserved + ", expected=0";
        }

        return null;
    }
}
