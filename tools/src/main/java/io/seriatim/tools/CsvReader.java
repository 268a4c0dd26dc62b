package io.seriatim.tools;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of a file of comma separated values (RFC 4180, one line each), plain or gzip, as fields in a byte buffer.
 * <p>
 * It is our own because a ledger's input needs what libraries do not give together: every error with its line and
 * column, refusal instead of repair, and fields as bytes, so that numbers of 128 bits are read without a string for
 * each.
 * <p>
 * Accepted: a UTF-8 byte order mark, line ends LF and CRLF, a missing line end after the last row, fields in quotes.
 * <br>
 * Refused: quotes that do not end on their line or stand inside a field, bare CR, empty lines, rows that have not as
 * many fields as the header, UTF-16, gzip data that ends early.<br>
 * Shape: one buffer that holds at least one whole line, of at most {@link #LINE_LENGTH_MAX} bytes.<br>
 * Cost: two passes over the bytes; nothing is allocated per row.<br>
 * Threads: confined to one, but for {@link #position()}.
 */
final class CsvReader implements AutoCloseable
{
    /** No honest row is longer. */
    static final int LINE_LENGTH_MAX = 1024 * 1024;

    private static final int BUFFER_LENGTH = 256 * 1024;

    private final String file;
    private final FileInput in;
    private final List<String> header = new ArrayList<>();

    private byte[] buffer = new byte[BUFFER_LENGTH];
    private int start;
    private int end;
    private boolean atEnd;

    private long line;
    private int fieldCount;
    private int[] offsets = new int[16];
    private int[] lengths = new int[16];

    /**
     * Opens a file and reads its header.
     *
     * @param path of the file; whether it is gzip is told by its first bytes, not by its name.
     * @throws InputException if there is no such file, or no header in it.
     */
    CsvReader(final Path path)
    {
        file = path.toString();
        in = new FileInput(path);
        boolean isOpen = false;
        try
        {
            readHeader();
            isOpen = true;
        }
        finally
        {
            if (!isOpen)
            {
                in.close();
            }
        }
    }

    private void readHeader()
    {
        fill();
        if (end == 0)
        {
            throw InputException.ofFile("the file is empty, its first line has to be the header", file, null);
        }
        final int first = buffer[0] & 0xFF;
        final int second = end > 1 ? buffer[1] & 0xFF : 0;
        if (first == 0xEF && second == 0xBB && end > 2 && (buffer[2] & 0xFF) == 0xBF)
        {
            start = 3;
        }
        else if (first == 0xFE && second == 0xFF || first == 0xFF && second == 0xFE)
        {
            throw InputException.ofFile("the file is UTF-16, it has to be UTF-8", file, null);
        }

        if (!readLine())
        {
            throw InputException.ofFile("the file is empty, its first line has to be the header", file, null);
        }
        for (int i = 0; i < fieldCount; i++)
        {
            header.add(field(i));
        }
    }

    /**
     * Goes to the next row. Its fields are as many as those of the header.
     *
     * @return false if there is none.
     * @throws InputException if the row can not be read; what was read before it stays good.
     */
    boolean next()
    {
        if (!readLine())
        {
            return false;
        }
        if (fieldCount != header.size())
        {
            throw InputException.ofLine(fieldCount < header.size() ?
                "the row has too few fields, the column " + columnName(fieldCount) + " is the first without one" +
                ": found=" + fieldCount + ", allowed=" + header.size() + " as in the header" :
                "the row has too many fields: found=" + fieldCount + ", allowed=" + header.size() +
                " as in the header, column=" + (header.size() + 1), file, line);
        }
        return true;
    }

    private boolean readLine()
    {
        int scanned = start;
        while (true)
        {
            for (int i = scanned; i < end; i++)
            {
                if (buffer[i] == '\n')
                {
                    line++;
                    final int lineStart = start;
                    start = i + 1;
                    split(lineStart, i > lineStart && buffer[i - 1] == '\r' ? i - 1 : i);
                    return true;
                }
            }
            if (atEnd)
            {
                if (start == end)
                {
                    return false;
                }
                line++;
                final int lineStart = start;
                start = end;
                split(lineStart, end);
                return true;
            }
            scanned = end - start;
            fill();
        }
    }

    /** Moves what is left to the front and reads on, so that a line is always in one piece. */
    private void fill()
    {
        final int left = end - start;
        if (left == buffer.length)
        {
            if (left >= LINE_LENGTH_MAX)
            {
                throw InputException.ofLine(
                    "the line is longer than " + LINE_LENGTH_MAX + " bytes", file, line + 1);
            }
            final byte[] longer = new byte[buffer.length * 2];
            System.arraycopy(buffer, start, longer, 0, left);
            buffer = longer;
        }
        else
        {
            System.arraycopy(buffer, start, buffer, 0, left);
        }
        start = 0;
        end = left;
        while (end < buffer.length)
        {
            final int count = in.read(buffer, end, buffer.length - end, line);
            if (count < 0)
            {
                atEnd = true;
                return;
            }
            end += count;
        }
    }

    private void split(final int lineStart, final int lineEnd)
    {
        fieldCount = 0;
        if (lineStart == lineEnd)
        {
            throw InputException.ofLine("the line is empty, it has to be taken out", file, line);
        }
        int index = lineStart;
        while (true)
        {
            index = index < lineEnd && buffer[index] == '"' ?
                splitQuoted(index, lineEnd) : splitPlain(index, lineEnd);
            if (index == lineEnd)
            {
                return;
            }
            index++;
        }
    }

    private int splitPlain(final int offset, final int lineEnd)
    {
        int index = offset;
        while (index < lineEnd && buffer[index] != ',')
        {
            final byte b = buffer[index];
            if (b == '"' || b == '\r')
            {
                throw fieldError(
                    b == '"' ? "a quote stands inside a field" : "a carriage return stands inside a line",
                    offset, lineEnd, b == '"' ? "quotes around a whole field, doubled inside it" : "LF or CRLF");
            }
            index++;
        }
        add(offset, index - offset);
        return index;
    }

    /** Takes out the doubled quotes where they stand: what is left is never longer. */
    private int splitQuoted(final int offset, final int lineEnd)
    {
        int written = offset + 1;
        int index = offset + 1;
        while (index < lineEnd)
        {
            if (buffer[index] != '"')
            {
                buffer[written++] = buffer[index++];
            }
            else if (index + 1 < lineEnd && buffer[index + 1] == '"')
            {
                buffer[written++] = '"';
                index += 2;
            }
            else if (index + 1 == lineEnd || buffer[index + 1] == ',')
            {
                add(offset + 1, written - offset - 1);
                return index + 1;
            }
            else
            {
                throw fieldError("something follows a closing quote", index + 1, lineEnd, "a comma or the line's end");
            }
        }
        throw fieldError("a quote is not closed on its line", offset, lineEnd, "a closing quote");
    }

    private void add(final int offset, final int fieldLength)
    {
        if (fieldCount == offsets.length)
        {
            offsets = Arrays.copyOf(offsets, fieldCount * 2);
            lengths = Arrays.copyOf(lengths, fieldCount * 2);
        }
        offsets[fieldCount] = offset;
        lengths[fieldCount] = fieldLength;
        fieldCount++;
    }

    private InputException fieldError(final String what, final int offset, final int lineEnd, final String allowed)
    {
        final String found = new String(buffer, offset, lineEnd - offset, StandardCharsets.UTF_8);
        return InputException.ofField(what, found, allowed, file, line, columnName(fieldCount));
    }

    List<String> header()
    {
        return header;
    }

    /** Line of the current row, from 1. */
    long line()
    {
        return line;
    }

    byte[] buffer()
    {
        return buffer;
    }

    int offset(final int index)
    {
        return offsets[index];
    }

    int length(final int index)
    {
        return lengths[index];
    }

    String field(final int index)
    {
        return new String(buffer, offsets[index], lengths[index], StandardCharsets.UTF_8);
    }

    /** Number, from 1, and name of a column, for messages. */
    String columnName(final int index)
    {
        return index < header.size() ? (index + 1) + " (" + header.get(index) + ")" : Integer.toString(index + 1);
    }

    String file()
    {
        return file;
    }

    /** Bytes of the file that have been read, compressed as they may be; any thread may ask. */
    long position()
    {
        return in.position();
    }

    /** Bytes of the file. */
    long fileLength()
    {
        return in.length();
    }

    @Override
    public void close()
    {
        in.close();
    }
}
