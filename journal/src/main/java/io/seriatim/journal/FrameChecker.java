package io.seriatim.journal;

import io.seriatim.codecs.FrameHeaderDecoder;
import org.agrona.DirectBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Checks every byte of a frame against the rules of the format: a frame that passes is valid alone. Whether it is the
 * right frame at this place (sequence, link, incarnation) is for its reader to say.
 * <p>
 * Shape: a checksum and one view of the byte buffer that was checked last.<br>
 * Cost: one pass of CRC-32C and a few reads for each entry; nothing is allocated while the frames lie in one buffer and
 * are valid.<br>
 * Threads: confined to one.
 */
public final class FrameChecker
{
    private static final byte[] ZERO_CRC = new byte[Integer.BYTES];

    private final CRC32C checksum = new CRC32C();
    private ByteBuffer source;
    private ByteBuffer view;

    /**
     * Check a frame.
     *
     * @param buffer    holding it.
     * @param offset    of its first byte.
     * @param available how many bytes may be looked at from there on; the frame need not fill them.
     * @return null if it is valid; else which rule it breaks, with what was found and what is allowed.
     */
    public String check(final DirectBuffer buffer, final int offset, final int available)
    {
        if (available < Frames.LENGTH_MIN)
        {
            return "frame has no room: available=" + available + ", least=" + Frames.LENGTH_MIN;
        }

        if (uint16(buffer, offset) != FrameHeaderDecoder.BLOCK_LENGTH ||
            uint16(buffer, offset + 2) != FrameHeaderDecoder.TEMPLATE_ID ||
            uint16(buffer, offset + 4) != FrameHeaderDecoder.SCHEMA_ID ||
            uint16(buffer, offset + 6) != FrameHeaderDecoder.SCHEMA_VERSION)
        {
            return "frame begins with another SBE header: found=" +
                uint16(buffer, offset) + "/" + uint16(buffer, offset + 2) + "/" + uint16(buffer, offset + 4) + "/" +
                uint16(buffer, offset + 6) + ", expected=" + FrameHeaderDecoder.BLOCK_LENGTH + "/" +
                FrameHeaderDecoder.TEMPLATE_ID + "/" + FrameHeaderDecoder.SCHEMA_ID + "/" +
                FrameHeaderDecoder.SCHEMA_VERSION;
        }

        final int magic = buffer.getInt(offset + Frames.MAGIC_OFFSET, ByteOrder.LITTLE_ENDIAN);
        if (magic != Frames.MAGIC)
        {
            return "frame magic differs: expected=0x" + Integer.toHexString(Frames.MAGIC) +
                ", actual=0x" + Integer.toHexString(magic);
        }

        final int formatVersion = uint16(buffer, offset + Frames.FORMAT_VERSION_OFFSET);
        if (formatVersion != Frames.FORMAT_VERSION)
        {
            return "frame format version is unknown: found=" + formatVersion + ", known=" + Frames.FORMAT_VERSION;
        }

        final int length = Frames.length(buffer, offset);
        if (length < Frames.LENGTH_MIN || length > available || (length & (Frames.ALIGNMENT - 1)) != 0)
        {
            return "frame length is out of range: found=" + length + ", allowed=" + Frames.LENGTH_MIN + " to " +
                available + " in steps of " + Frames.ALIGNMENT;
        }

        final int expectedCrc = crc(buffer, offset, length);
        final int actualCrc = Frames.crc(buffer, offset);
        if (expectedCrc != actualCrc)
        {
            return "frame checksum differs: expected=0x" + Integer.toHexString(expectedCrc) +
                ", actual=0x" + Integer.toHexString(actualCrc);
        }

        final String problem = checkHeader(buffer, offset);
        return problem != null ? problem : checkEntries(buffer, offset, length);
    }

    /**
     * CRC-32C of a frame, its own field taken as zero.
     *
     * @param buffer holding the frame.
     * @param offset of its first byte.
     * @param length of the frame in bytes.
     * @return the checksum.
     */
    public int crc(final DirectBuffer buffer, final int offset, final int length)
    {
        checksum.reset();
        final int start = buffer.wrapAdjustment() + offset;
        final int tail = Frames.CRC_OFFSET + Integer.BYTES;
        final byte[] array = buffer.byteArray();
        if (array != null)
        {
            checksum.update(array, start, Frames.CRC_OFFSET);
            checksum.update(ZERO_CRC, 0, ZERO_CRC.length);
            checksum.update(array, start + tail, length - tail);
        }
        else
        {
            final ByteBuffer bytes = viewOf(buffer);
            checksum.update(bytes.limit(start + Frames.CRC_OFFSET).position(start));
            checksum.update(ZERO_CRC, 0, ZERO_CRC.length);
            checksum.update(bytes.limit(start + length).position(start + tail));
        }

        return (int) checksum.getValue();
    }

    private ByteBuffer viewOf(final DirectBuffer buffer)
    {
        final ByteBuffer bytes = buffer.byteBuffer();
        if (bytes == null)
        {
            throw new IllegalArgumentException("a frame must lie in a byte array or a byte buffer: " + buffer);
        }

        if (bytes != source)
        {
            source = bytes;
            view = bytes.duplicate();
        }

        return view.clear();
    }

    private static String checkHeader(final DirectBuffer buffer, final int offset)
    {
        for (int i = 0; i < Frames.RESERVED_LENGTH; i++)
        {
            if (buffer.getByte(offset + Frames.RESERVED_OFFSET + i) != 0)
            {
                return "frame has a reserved byte that is not zero: offset=" + (Frames.RESERVED_OFFSET + i);
            }
        }

        final int flags = Frames.flags(buffer, offset);
        final int entryCount = Frames.entryCount(buffer, offset);
        final boolean isMark = flags == Frames.OPEN || flags == Frames.CLOSE;
        final boolean isCarrier = flags == 0 || flags == Frames.MORE;
        if (!(isMark && entryCount == 0 || isCarrier && entryCount > 0))
        {
            return "frame flags and entry count contradict: flags=0x" + Integer.toHexString(flags) +
                ", entryCount=" + entryCount + ", allowed=0x0 or 0x1 with entries, 0x2 or 0x4 without";
        }

        final long firstSequence = Frames.firstSequence(buffer, offset);
        final long committedSequence = Frames.committedSequence(buffer, offset);
        final long incarnation = Frames.incarnation(buffer, offset);
        if (firstSequence < 0 || committedSequence < -1 || committedSequence >= firstSequence || incarnation < 1)
        {
            return "frame numbers contradict: firstSequence=" + firstSequence + ", committedSequence=" +
                committedSequence + " (from -1 to one before the first), incarnation=" + incarnation + " (from 1)";
        }

        return null;
    }

    private static String checkEntries(final DirectBuffer buffer, final int offset, final int length)
    {
        final int entryCount = Frames.entryCount(buffer, offset);
        final long firstSequence = Frames.firstSequence(buffer, offset);
        final int limit = offset + length - 1;
        int entryOffset = offset + Frames.HEADER_LENGTH;
        for (int i = 0; i < entryCount; i++)
        {
            final int entryLength = Entries.length(buffer, entryOffset, limit);
            if (entryLength == Entries.NOT_AN_ENTRY)
            {
                return "frame holds something that is no entry: index=" + i + ", entryCount=" + entryCount +
                    ", offset=" + (entryOffset - offset) + ", length=" + length;
            }

            final long sequence = Entries.sequence(buffer, entryOffset);
            if (sequence != firstSequence + i)
            {
                return "entry sequence differs: expected=" + (firstSequence + i) + ", actual=" + sequence +
                    ", offset=" + (entryOffset - offset);
            }

            entryOffset += entryLength;
        }

        if (Frames.lengthOf(entryOffset - offset - Frames.HEADER_LENGTH) != length)
        {
            return "frame is longer than its entries need: length=" + length + ", needed=" +
                Frames.lengthOf(entryOffset - offset - Frames.HEADER_LENGTH);
        }

        for (int i = entryOffset; i < limit; i++)
        {
            if (buffer.getByte(i) != 0)
            {
                return "frame fill is not zero: offset=" + (i - offset);
            }
        }

        final byte last = buffer.getByte(limit);
        return last == Frames.SENTINEL ? null :
            "frame does not end in 0xa5: found=0x" + Integer.toHexString(last & 0xFF);
    }

    private static int uint16(final DirectBuffer buffer, final int offset)
    {
        return buffer.getShort(offset, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
    }
}
