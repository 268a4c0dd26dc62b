package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest
{
    private static final int LENGTH_MAX = 1_000_000;

    private final List<String> read = new ArrayList<>();
    private int readCount;

    @Test
    void shouldEndLinesAtLfOrCrlfOrTheEndOfTheInput() throws IOException
    {
        assertEquals(List.of("a", "b", "", "ü\u20AC", "c\r d"), lines("a\nb\r\n\nü\u20AC\nc\r d"));
        assertEquals(List.of(), lines(""));
        assertEquals(List.of("a"), lines("a\n"));
        assertEquals(List.of("", ""), lines("\n\n"));
    }

    @Test
    void shouldPassOverAByteOrderMarkAtTheBeginningOnly() throws IOException
    {
        assertEquals(List.of("a", "\uFEFFb"), lines("\uFEFFa\n\uFEFFb"));
    }

    @Test
    void shouldTakeLinesOfAnyLengthUpToTheMost() throws IOException
    {
        for (final int length : new int[] { 65_534, 65_535, 65_536, 65_537, 131_072, 131_073, LENGTH_MAX })
        {
            assertEquals(
                List.of("x".repeat(length), "y".repeat(length), "z"),
                lines("x".repeat(length) + '\n' + "y".repeat(length) + "\nz\n"));
        }
    }

    @Test
    void shouldGoOnAfterALineThatIsTooLong() throws IOException
    {
        final String tooLong = "x".repeat(LENGTH_MAX + 1);
        assertEquals(List.of("a", "2: line_too_long", "b"), lines("a\n" + tooLong + "\nb"));
        assertEquals(List.of("1: line_too_long"), lines(tooLong));
        assertEquals(
            List.of("1: line_too_long", "b", "3: line_too_long"),
            lines("x".repeat(5 * LENGTH_MAX) + "\nb\n" + "x".repeat(3 * LENGTH_MAX)));
    }

    @Test
    void shouldGoOnAfterALineThatIsNoUtf8() throws IOException
    {
        final byte[][] wrong = {
            { (byte) 0xFF }, { (byte) 0xC0, (byte) 0x80 }, { (byte) 0xED, (byte) 0xA0, (byte) 0x80 }, { (byte) 0xE2 } };
        for (final byte[] bytes : wrong)
        {
            final byte[] text = new byte[bytes.length + 4];
            text[0] = 'a';
            text[1] = '\n';
            System.arraycopy(bytes, 0, text, 2, bytes.length);
            text[bytes.length + 2] = '\n';
            text[bytes.length + 3] = 'b';
            assertEquals(List.of("a", "2: not_utf8", "b"), lines(new ByteArrayInputStream(text)));
        }
    }

    @Test
    void shouldReadWhatComesPieceByPieceAndSaySoBefore() throws IOException
    {
        final byte[] bytes = "abc\ndé\r\n\nf".getBytes(StandardCharsets.UTF_8);
        final InputStream slow = new ByteArrayInputStream(bytes)
        {
            @Override
            public synchronized int read(final byte[] buffer, final int offset, final int length)
            {
                return super.read(buffer, offset, Math.min(1, length));
            }
        };
        assertEquals(List.of("abc", "dé", "", "f"), lines(slow));
        assertEquals(bytes.length + 1, readCount);
    }

    @Test
    void shouldNotReadWhileThereAreLines() throws IOException
    {
        lines("a\n".repeat(1_000));
        assertEquals(2, readCount);
    }

    @Test
    void shouldThrowWhatTheInputThrows()
    {
        final InputStream broken = new InputStream()
        {
            @Override
            public int read() throws IOException
            {
                throw new IOException("broken");
            }
        };
        assertThrows(IOException.class, () -> lines(broken));
    }

    private List<String> lines(final String text) throws IOException
    {
        return lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> lines(final InputStream in) throws IOException
    {
        read.clear();
        readCount = 0;
        final LineReader reader = new LineReader(in, LENGTH_MAX, () -> readCount++);
        while (true)
        {
            try
            {
                final String line = reader.next();
                if (line == null)
                {
                    return read;
                }
                read.add(line);
                assertEquals(read.size(), reader.line());
            }
            catch (final JsonRequestException e)
            {
                read.add(reader.line() + ": " + e.code().label());
            }
        }
    }
}
