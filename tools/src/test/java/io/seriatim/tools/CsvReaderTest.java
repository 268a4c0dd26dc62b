package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvReaderTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldReadRowsOfFields()
    {
        assertEquals(List.of("[1, 2]", "[, x y]", "[, ]"), rows("a,b\n1,2\n,x y\n,\n"));
    }

    @Test
    void shouldReadTheSameWithCrLfAndByteOrderMarkAndNoLastLineEnd()
    {
        assertEquals(List.of("[1, 2]", "[3, 4]"), rows("\uFEFFa,b\r\n1,2\r\n3,4"));
        assertEquals(List.of(), rows("a,b"));
    }

    @Test
    void shouldReadFieldsInQuotes()
    {
        assertEquals(
            List.of("[1,2, a \"b\" c]", "[, \"]"),
            rows("\"a\",\"b\"\n\"1,2\",\"a \"\"b\"\" c\"\n\"\",\"\"\"\"\n"));
    }

    @Test
    void shouldTellGzipByItsBytes() throws IOException
    {
        final Path file = TestFiles.gzip(directory, "plain-name.csv", "a,b\n1,2\n");
        assertEquals(List.of("[1, 2]"), rows(file));
    }

    @Test
    void shouldReadGzipOfSeveralMembers() throws IOException
    {
        final byte[] first = Files.readAllBytes(TestFiles.gzip(directory, "1.gz", "a,b\n1,2\n"));
        final byte[] second = Files.readAllBytes(TestFiles.gzip(directory, "2.gz", "3,4\n"));
        final byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        assertEquals(List.of("[1, 2]", "[3, 4]"), rows(Files.write(directory.resolve("both.gz"), both)));
    }

    @Test
    void shouldCountLinesAndBytes()
    {
        final Path file = TestFiles.write(directory, "a.csv", "a\n1\n2\n");
        try (CsvReader reader = new CsvReader(file))
        {
            assertEquals(1, reader.line());
            assertTrue(reader.next());
            assertEquals(2, reader.line());
            assertTrue(reader.next());
            assertEquals(3, reader.line());
            assertFalse(reader.next());
            assertFalse(reader.next());
            assertEquals(6, reader.position());
            assertEquals(6, reader.fileLength());
        }
    }

    @Test
    void shouldKeepLinesWholeWhereTheBufferEnds()
    {
        final StringBuilder text = new StringBuilder("a,b\n");
        final List<String> expected = new ArrayList<>();
        for (int i = 0; i < 60_000; i++)
        {
            final String field = "x".repeat(i % 97);
            text.append(i).append(',').append(field).append(i % 2 == 0 ? "\n" : "\r\n");
            expected.add("[" + i + ", " + field + "]");
        }
        assertEquals(expected, rows(text.toString()));
    }

    @Test
    void shouldReadALineUpToItsLimitAndRefuseALongerOne()
    {
        final String field = "x".repeat(CsvReader.LINE_LENGTH_MAX - 1);
        assertEquals(List.of("[" + field + "]"), rows("a\n" + field + "\n"));
        assertEquals("the line is longer than 1048576 bytes: file=FILE, line=2", refusal("a\n" + field + "xx\n1\n"));
    }

    @Test
    void shouldNameWhatIsWrongWithAFile() throws IOException
    {
        assertEquals("there is no such file: file=FILE", refusal(directory.resolve("missing.csv")));
        assertEquals("a directory is not a CSV file: file=FILE", refusal(directory));
        assertEquals("the file is empty, its first line has to be the header: file=FILE", refusal(""));
        assertEquals("the file is empty, its first line has to be the header: file=FILE", refusal("\uFEFF"));
        assertEquals("the file is UTF-16, it has to be UTF-8: file=FILE", refusal(
            Files.write(directory.resolve("u.csv"), "\uFEFFid,code\n".getBytes(StandardCharsets.UTF_16LE))));
    }

    @Test
    void shouldRefuseGzipThatEndsEarlyOrIsDamaged() throws IOException
    {
        final StringBuilder text = new StringBuilder("a,b\n");
        for (int i = 0; i < 100_000; i++)
        {
            text.append(i * 7919L % 100_003).append(",2\n");
        }
        final byte[] whole = Files.readAllBytes(TestFiles.gzip(directory, "whole.gz", text.toString()));

        final Path half = Files.write(directory.resolve("half.gz"), Arrays.copyOf(whole, whole.length / 2));
        final String message = refusal(half);
        assertTrue(message.matches(
            "the gzip data ends early, the file is not complete, after \\d{4,} whole lines: file=FILE"), message);

        assertEquals("the gzip data ends early, the file is not complete, after 0 whole lines: file=FILE",
            refusal(Files.write(directory.resolve("head.gz"), Arrays.copyOf(whole, 5))));

        final Path tail = Files.write(directory.resolve("tail.gz"), Arrays.copyOf(whole, whole.length - 1));
        assertTrue(refusal(tail).startsWith("the gzip data ends early"), refusal(tail));

        whole[whole.length - 6] ^= 1;
        final String damaged = refusal(Files.write(directory.resolve("crc.gz"), whole));
        assertTrue(damaged.startsWith("the gzip data is damaged (Corrupt GZIP trailer), after "), damaged);
    }

    @Test
    void shouldNameLineAndColumnOfABadRow()
    {
        assertEquals(
            "the row has too few fields, the column 2 (b) is the first without one: found=1, allowed=3 as in the " +
            "header: file=FILE, line=3", refusal("a,b,c\n1,2,3\n4\n"));
        assertEquals(
            "the row has too many fields: found=4, allowed=3 as in the header, column=4: file=FILE, line=2",
            refusal("a,b,c\n1,2,3,4\n"));
        assertEquals("the line is empty, it has to be taken out: file=FILE, line=3", refusal("a,b\n1,2\n\n3,4\n"));
        assertEquals("the line is empty, it has to be taken out: file=FILE, line=3", refusal("a,b\n1,2\n\r\n"));
        assertEquals(
            "a quote is not closed on its line: found=\"\"2\", allowed=a closing quote" +
            ", file=FILE, line=2, column=2 (b)", refusal("a,b\n1,\"2\n3,4\n"));
        assertEquals(
            "a quote stands inside a field: found=\"1\"2\", allowed=quotes around a whole field, doubled inside it" +
            ", file=FILE, line=2, column=1 (a)", refusal("a\n1\"2\n"));
        assertEquals(
            "something follows a closing quote: found=\"x\", allowed=a comma or the line's end" +
            ", file=FILE, line=2, column=1 (a)", refusal("a\n\"1\"x\n"));
        assertEquals(
            "a carriage return stands inside a line: found=\"1\\u000d2\", allowed=LF or CRLF" +
            ", file=FILE, line=2, column=1 (a)", refusal("a\n1\r2\n"));
        assertEquals(
            "a carriage return stands inside a line: found=\"1\\u000d\", allowed=LF or CRLF" +
            ", file=FILE, line=2, column=1 (a)", refusal("a\r\n1\r"));
    }

    private List<String> rows(final String text)
    {
        return rows(TestFiles.write(directory, "rows.csv", text));
    }

    private static List<String> rows(final Path file)
    {
        final List<String> rows = new ArrayList<>();
        try (CsvReader reader = new CsvReader(file))
        {
            assertEquals("a", reader.header().get(0));
            while (reader.next())
            {
                final List<String> fields = new ArrayList<>();
                for (int i = 0; i < reader.header().size(); i++)
                {
                    fields.add(reader.field(i));
                }
                rows.add(fields.toString());
            }
        }
        return rows;
    }

    private String refusal(final String text)
    {
        return refusal(TestFiles.write(directory, "refused.csv", text));
    }

    private static String refusal(final Path file)
    {
        final InputException e = assertThrows(InputException.class, () -> rows(file));
        assertEquals(ExitCode.BAD_INPUT, e.exitCode());
        return e.getMessage().replace(file.toString(), "FILE");
    }
}
