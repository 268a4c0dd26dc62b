package io.seriatim.journal;

import io.seriatim.codecs.FrameHeaderDecoder;
import io.seriatim.codecs.FrameHeaderEncoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.nio.ByteOrder;
import java.util.UUID;

/**
 * The frame format: what carries entries to the disk.
 * <p>
 * <pre>
 *   offset  length  field
 *        0       8  SBE header: blockLength 56, templateId 1, schemaId 840, version 0
 *        8       4  magic, 'ERIM' on the disk
 *       12       2  formatVersion, 1
 *       14       2  shard
 *       16       8  firstSequence
 *       24       8  committedSequence
 *       32       8  incarnation
 *       40       4  entryCount
 *       44       4  length
 *       48       4  previousCrc
 *       52       4  crc
 *       56       2  flags: 1 MORE, 2 OPEN, 4 CLOSE
 *       58       6  zero
 *       64       n  entries, without gaps
 *     64+n  1..32   fill: zero bytes and one last byte 0xA5
 * </pre>
 * The 32-byte header that Aeron writes in front and the frame together fill a multiple of 32 bytes, so that nothing
 * follows the last byte of the fill, and no page of a recorded frame is all zero.
 * <p>
 * Threads: static, any.<br>
 * Source: {@code FrameHeader} in the SBE schema of module {@code codecs}.
 */
public final class Frames
{
    /** Length of the header with its SBE header, in bytes: the offset of the first entry. */
    public static final int HEADER_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH + FrameHeaderDecoder.BLOCK_LENGTH;

    /** What a frame needs beside its entries, at least, in bytes: its header and one byte of fill. */
    public static final int OVERHEAD = HEADER_LENGTH + 1;

    /** Length of the header that the transport puts in front of a frame, in bytes. */
    public static final int TRANSPORT_HEADER_LENGTH = 32;

    /** Frames begin and end at multiples of this, in bytes. */
    public static final int ALIGNMENT = 32;

    /** The characters 'ERIM' on the disk. */
    public static final int MAGIC = 0x4D495245;

    /** Version of the frame format that is written, and the only one that is read. */
    public static final int FORMAT_VERSION = 1;

    /** Flag: the group goes on in the next frame of the shard, which lies right behind. */
    public static final int MORE = 1;

    /** Flag: first frame of the shard in this incarnation. */
    public static final int OPEN = 1 << 1;

    /** Flag: the shard was closed cleanly. */
    public static final int CLOSE = 1 << 2;

    static final int ALL_FLAGS = MORE | OPEN | CLOSE;
    static final byte SENTINEL = (byte) 0xA5;
    static final int LENGTH_MIN = BitUtil.align(OVERHEAD, ALIGNMENT);

    static final int MAGIC_OFFSET = field(FrameHeaderDecoder.magicEncodingOffset());
    static final int FORMAT_VERSION_OFFSET = field(FrameHeaderDecoder.formatVersionEncodingOffset());
    static final int SHARD_OFFSET = field(FrameHeaderDecoder.shardEncodingOffset());
    static final int FIRST_SEQUENCE_OFFSET = field(FrameHeaderDecoder.firstSequenceEncodingOffset());
    static final int COMMITTED_SEQUENCE_OFFSET = field(FrameHeaderDecoder.committedSequenceEncodingOffset());
    static final int INCARNATION_OFFSET = field(FrameHeaderDecoder.incarnationEncodingOffset());
    static final int ENTRY_COUNT_OFFSET = field(FrameHeaderDecoder.entryCountEncodingOffset());
    static final int LENGTH_OFFSET = field(FrameHeaderDecoder.lengthEncodingOffset());
    static final int PREVIOUS_CRC_OFFSET = field(FrameHeaderDecoder.previousCrcEncodingOffset());
    static final int CRC_OFFSET = field(FrameHeaderDecoder.crcEncodingOffset());
    static final int FLAGS_OFFSET = field(FrameHeaderDecoder.flagsEncodingOffset());
    static final int RESERVED_OFFSET = field(FrameHeaderDecoder.reserved16EncodingOffset());
    static final int RESERVED_LENGTH = 2;
    static final int LOG_TAG_OFFSET = field(FrameHeaderDecoder.logTagEncodingOffset());

    private Frames()
    {
    }

    /**
     * Length of the frame that carries entries of a total length.
     *
     * @param entriesLength sum of the lengths of the entries in bytes; 0 for a mark.
     * @return length of the frame in bytes, a multiple of {@link #ALIGNMENT}.
     */
    public static int lengthOf(final int entriesLength)
    {
        return BitUtil.align(OVERHEAD + entriesLength, ALIGNMENT);
    }

    /**
     * Longest frame that one unfragmented message can carry.
     *
     * @param mtu of the transport in bytes, a multiple of {@link #ALIGNMENT}.
     * @return length of the longest frame in bytes.
     */
    public static int lengthMax(final int mtu)
    {
        return mtu - TRANSPORT_HEADER_LENGTH;
    }

    /**
     * How many bytes of the journal a frame takes, with the header that the transport puts in front.
     *
     * @param frameLength in bytes.
     * @return distance from the position in front of the frame to that behind it.
     */
    public static int positionsOf(final int frameLength)
    {
        return BitUtil.align(TRANSPORT_HEADER_LENGTH + frameLength, ALIGNMENT);
    }

    /**
     * The shard that a frame belongs to.
     *
     * @param buffer holding the frame.
     * @param offset of the frame.
     * @return its shard.
     */
    public static int shard(final DirectBuffer buffer, final int offset)
    {
        return buffer.getShort(offset + SHARD_OFFSET, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
    }

    /**
     * Sequence of a frame's first entry; of the next entry to come if it has none.
     *
     * @param buffer holding the frame.
     * @param offset of the frame.
     * @return a sequence.
     */
    public static long firstSequence(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset + FIRST_SEQUENCE_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * How many entries a frame carries.
     *
     * @param buffer holding the frame.
     * @param offset of the frame.
     * @return a count; 0 for a mark.
     */
    public static int entryCount(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset + ENTRY_COUNT_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Length of a frame as its header has it.
     *
     * @param buffer holding the frame.
     * @param offset of the frame.
     * @return length in bytes.
     */
    public static int length(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset + LENGTH_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Flags of a frame.
     *
     * @param buffer holding the frame.
     * @param offset of the frame.
     * @return {@link #MORE}, {@link #OPEN}, {@link #CLOSE} or 0.
     */
    public static int flags(final DirectBuffer buffer, final int offset)
    {
        return buffer.getShort(offset + FLAGS_OFFSET, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
    }

    /**
     * How often the journal had been opened when a frame was written, from 1.
     *
     * @param buffer holding the frame.
     * @param offset of the frame.
     * @return its incarnation.
     */
    public static long incarnation(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset + INCARNATION_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /** What the frames of a log carry to be told from those of others: the low 32 bits of its uuid. */
    static int logTagOf(final UUID logUuid)
    {
        return (int) logUuid.getLeastSignificantBits();
    }

    static int logTag(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset + LOG_TAG_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Last sequence of the shard that was known to be forced when a frame was encoded.
     *
     * @param buffer holding the frame.
     * @param offset of the frame.
     * @return a sequence; or -1 if none was.
     */
    public static long committedSequence(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset + COMMITTED_SEQUENCE_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The checksum of the shard's frame before this one.
     *
     * @param buffer holding the frame.
     * @param offset of the frame.
     * @return a CRC; 0 in the first frame of a shard.
     */
    public static int previousCrc(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset + PREVIOUS_CRC_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The checksum of a frame as its header has it.
     *
     * @param buffer holding the frame.
     * @param offset of the frame.
     * @return CRC-32C over the whole frame, taken with these four bytes as zero.
     */
    public static int crc(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset + CRC_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Write what never changes in a writer's frames: SBE header, magic, versions, shard, incarnation and the zeros.
     */
    static void encodeConstants(
        final FrameHeaderEncoder encoder,
        final MutableDirectBuffer buffer,
        final int shard,
        final int logTag,
        final long incarnation)
    {
        buffer.setMemory(0, HEADER_LENGTH, (byte) 0);
        buffer.putShort(0, (short) FrameHeaderEncoder.BLOCK_LENGTH, ByteOrder.LITTLE_ENDIAN);
        buffer.putShort(2, (short) FrameHeaderEncoder.TEMPLATE_ID, ByteOrder.LITTLE_ENDIAN);
        buffer.putShort(4, (short) FrameHeaderEncoder.SCHEMA_ID, ByteOrder.LITTLE_ENDIAN);
        buffer.putShort(6, (short) FrameHeaderEncoder.SCHEMA_VERSION, ByteOrder.LITTLE_ENDIAN);
        encoder.wrap(buffer, MessageHeaderDecoder.ENCODED_LENGTH)
            .magic(MAGIC)
            .formatVersion(FORMAT_VERSION)
            .shard(shard)
            .logTag(Integer.toUnsignedLong(logTag))
            .incarnation(incarnation);
    }

    /**
     * Write the fill: zeros from the end of the entries, and the sentinel as the last byte of the frame.
     */
    static void encodeFill(final MutableDirectBuffer buffer, final int entriesEnd, final int frameLength)
    {
        buffer.setMemory(entriesEnd, frameLength - entriesEnd - 1, (byte) 0);
        buffer.putByte(frameLength - 1, SENTINEL);
    }

    private static int field(final int encodingOffset)
    {
        return MessageHeaderDecoder.ENCODED_LENGTH + encodingOffset;
    }
}
