package io.seriatim.journal;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every field of a message's header, at its bounds. */
class RecordingLayoutTest
{
    private static final int TERM_LENGTH = 64 * 1024;
    private static final int MTU = 2048;
    private static final int SHORTEST = Frames.TRANSPORT_HEADER_LENGTH + Frames.LENGTH_MIN;

    private final RecordingLayout layout =
        new RecordingLayout(Path.of("none"), 3, 1000, 17, TERM_LENGTH, MTU, 2 * TERM_LENGTH, 5);
    private final UnsafeBuffer header = new UnsafeBuffer(new byte[Frames.TRANSPORT_HEADER_LENGTH]);

    /** A message of data in the second term. */
    @BeforeEach
    void encode()
    {
        encode(TERM_LENGTH + 4096L, MTU, RecordingLayout.TYPE_DATA);
    }

    private void encode(final long position, final int length, final int type)
    {
        header.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
        header.putByte(4, (byte)0);
        header.putByte(5, (byte)0xC0);
        header.putShort(6, (short)type, ByteOrder.LITTLE_ENDIAN);
        header.putInt(8, (int)(position % TERM_LENGTH), ByteOrder.LITTLE_ENDIAN);
        header.putInt(12, 99, ByteOrder.LITTLE_ENDIAN);
        header.putInt(16, 1000, ByteOrder.LITTLE_ENDIAN);
        header.putInt(20, 17 + (int)(position / TERM_LENGTH), ByteOrder.LITTLE_ENDIAN);
        header.putLong(24, 0, ByteOrder.LITTLE_ENDIAN);
    }

    private String check()
    {
        return layout.checkHeader(header, 0, TERM_LENGTH + 4096L);
    }

    @Test
    void shouldTakeWhatTheTransportWrites()
    {
        assertNull(check());
        assertEquals(MTU, RecordingLayout.frameLength(header, 0));
        assertEquals(RecordingLayout.TYPE_DATA, RecordingLayout.type(header, 0));
        assertEquals(99, RecordingLayout.sessionId(header, 0));
        assertEquals(7, RecordingLayout.sessionIdOf(7));
        assertEquals(1, RecordingLayout.sessionIdOf((1L << 31) + 1));
        assertEquals(2L * TERM_LENGTH, layout.segmentBase(2L * TERM_LENGTH + 1));
        assertTrue(layout.segmentFile(2L * TERM_LENGTH).endsWith("3-131072.rec"));
    }

    @Test
    void shouldRefuseLengthsOutsideTheirBounds()
    {
        for (final int length : new int[] {SHORTEST, MTU})
        {
            header.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
            assertNull(check(), "length=" + length);
        }
        for (final int length : new int[] {0, SHORTEST - Frames.ALIGNMENT, SHORTEST + 1, MTU + Frames.ALIGNMENT})
        {
            header.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
            assertTrue(check().startsWith("message length is out of range: found=" + length + ","), "length=" + length);
        }
        final long nearEnd = TERM_LENGTH - MTU + Frames.ALIGNMENT;
        encode(nearEnd, MTU, RecordingLayout.TYPE_DATA);
        assertTrue(layout.checkHeader(header, 0, nearEnd).contains("room in the term=" + (MTU - Frames.ALIGNMENT)));
        encode(nearEnd, MTU - Frames.ALIGNMENT, RecordingLayout.TYPE_DATA);
        assertNull(layout.checkHeader(header, 0, nearEnd));
    }

    @Test
    void shouldTakePaddingOnlyToTheEndOfATermAndShorterThanAMessage()
    {
        final long position = TERM_LENGTH - MTU + Frames.ALIGNMENT;
        encode(position, MTU - Frames.ALIGNMENT, RecordingLayout.TYPE_PADDING);
        assertNull(layout.checkHeader(header, 0, position));
        encode(position, MTU - 2 * Frames.ALIGNMENT, RecordingLayout.TYPE_PADDING);
        assertTrue(layout.checkHeader(header, 0, position).startsWith("message length"));
        encode(TERM_LENGTH - MTU, MTU, RecordingLayout.TYPE_PADDING);
        assertTrue(layout.checkHeader(header, 0, TERM_LENGTH - MTU).startsWith("message length"));
        encode(position, MTU - Frames.ALIGNMENT, 2);
        assertTrue(layout.checkHeader(header, 0, position).startsWith("message type is unknown: found=2"));
    }

    @Test
    void shouldSayWhichFieldDiffers()
    {
        header.putByte(4, (byte)1);
        assertTrue(check().contains("version=1, expected=0, flags=0xc0"), check());
        encode();
        header.putByte(5, (byte)0x80);
        assertTrue(check().contains("version=0, expected=0, flags=0x80"), check());
        encode();
        header.putInt(8, 4097, ByteOrder.LITTLE_ENDIAN);
        assertTrue(check().contains("term offset=4097, expected=4096"), check());
        encode();
        header.putInt(16, 1001, ByteOrder.LITTLE_ENDIAN);
        assertTrue(check().contains("stream=1001, expected=1000"), check());
        encode();
        header.putInt(20, 19, ByteOrder.LITTLE_ENDIAN);
        assertTrue(check().contains("term id=19, expected=18"), check());
        encode();
        header.putLong(24, 1, ByteOrder.LITTLE_ENDIAN);
        assertTrue(check().contains("reserved=1, expected=0"), check());
    }
}
