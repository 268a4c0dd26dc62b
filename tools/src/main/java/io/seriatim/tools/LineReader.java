package io.seriatim.tools;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Lines of UTF-8, ended by LF or CRLF; the last one may lack its end. A line that is too long or no UTF-8 is told and
 * the next one is as good as ever.
 * <p>
 * Shape: a buffer of the longest line that was met, at most the longest that is allowed.<br>
 * Threads: confined to one.
 */
final class LineReader
{
    private static final int LENGTH_AT_FIRST = 64 * 1024;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final InputStream in;
    private final int lengthMax;
    private final Runnable beforeRead;
    private byte[] buffer = new byte[LENGTH_AT_FIRST];
    private int start;
    private int end;
    private long line;
    private boolean isEnded;

    /**
     * A reader.
     *
     * @param in         where lines come from.
     * @param lengthMax  most bytes of a line.
     * @param beforeRead called each time before bytes are read, which may take its time.
     */
    LineReader(final InputStream in, final int lengthMax, final Runnable beforeRead)
    {
        this.in = in;
        this.lengthMax = lengthMax;
        this.beforeRead = beforeRead;
    }

    /**
     * Number of the line that was read last.
     *
     * @return from 1.
     */
    long line()
    {
        return line;
    }

    /**
     * Reads a line.
     *
     * @return the line without its end; null if there is none any more.
     * @throws JsonRequestException if the line is too long or no UTF-8; it is passed over.
     * @throws IOException if reading fails.
     */
    String next() throws IOException
    {
        int length = 0;
        boolean isTooLong = false;
        while (true)
        {
            final int lineEnd = indexOfEnd(start + length);
            if (lineEnd >= 0 || isEnded)
            {
                final int from = start;
                final int to = lineEnd >= 0 ? lineEnd : end;
                if (lineEnd < 0 && from == to && !isTooLong)
                {
                    return null;
                }
                line++;
                start = lineEnd >= 0 ? lineEnd + 1 : end;
                if (isTooLong || to - from > lengthMax)
                {
                    throw new JsonRequestException(
                        JsonErrorCode.LINE_TOO_LONG, "a line has at most " + lengthMax + " bytes");
                }
                return decode(from, to);
            }
            length = end - start;
            if (length > lengthMax)
            {
                isTooLong = true;
                start = end;
                length = 0;
            }
            fill();
        }
    }

    private int indexOfEnd(final int from)
    {
        for (int i = from; i < end; i++)
        {
            if (buffer[i] == '\n')
            {
                return i;
            }
        }
        return -1;
    }

    private void fill() throws IOException
    {
        if (start > 0)
        {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        if (end == buffer.length)
        {
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, 2L + lengthMax));
        }
        beforeRead.run();
        final int count = in.read(buffer, end, buffer.length - end);
        isEnded = count < 0;
        end += Math.max(0, count);
    }

    private String decode(final int from, final int to)
    {
        final int last = to > from && buffer[to - 1] == '\r' ? to - 1 : to;
        String text;
        try
        {
            text = isAscii(from, last) ? new String(buffer, from, last - from, StandardCharsets.ISO_8859_1) :
                StandardCharsets.UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(buffer, from, last - from))
                    .toString();
        }
        catch (final CharacterCodingException e)
        {
            throw new JsonRequestException(JsonErrorCode.NOT_UTF8, "a line has to be UTF-8", e);
        }
        if (line == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK)
        {
            text = text.substring(1);
        }
        return text;
    }

    private boolean isAscii(final int from, final int to)
    {
        for (int i = from; i < to; i++)
        {
            if (buffer[i] < 0)
            {
                return false;
            }
        }
        return true;
    }
}
