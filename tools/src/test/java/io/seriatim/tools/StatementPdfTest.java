package io.seriatim.tools;

import io.seriatim.replay.JournalEntries;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Statements on numbered pages: the text of a PDF file is that of the table. */
@Timeout(180)
class StatementPdfTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldHoldTheHeadAndEachMovementWithTheBalanceAfterIt() throws IOException
    {
        final Path books = directory.resolve("books");
        ExportBooks.write(books);
        final List<String> text = pages(statement(
            books, "2", "--from", "1970-01-02", "--to", "1970-01-05")).get(0).lines().toList();
        assertEquals(
            List.of(
                "Statement of account 2", "Log " + new JournalEntries(books).genesis(0).origin(), "Account 2",
                "Ledger 840", "Asset USD", "From 1970-01-02", "To 1970-01-05",
                "Opening balance 12.50", "Closing balance 14.80", "Movements 7",
                "Sequence Time What Transfer Counterparty Code Debit Credit Pending Balance",
                "opening balance 12.50"),
            text.subList(0, 12));
        assertEquals(
            csv(books, "2", "--from", "1970-01-02", "--to", "1970-01-05"),
            text.subList(11, text.size() - 1));
        assertEquals("Statement of account 2 page 1 of 1", text.get(text.size() - 1));
    }

    @Test
    void shouldRepeatTheColumnHeadsOnEveryPageAndNumberThem() throws IOException
    {
        final Path books = directory.resolve("books");
        ExportBooks.writeMany(books, 300);
        final List<String> pages = pages(statement(books, "1"));
        assertTrue(pages.size() > 5, pages.size() + " pages");
        final List<String> rows = new ArrayList<>();
        for (int i = 0; i < pages.size(); i++)
        {
            final List<String> lines = pages.get(i).lines().toList();
            final int head = lines.indexOf(
                "Sequence Time What Transfer Counterparty Code Debit Credit Pending Balance");
            assertEquals(i == 0 ? 10 : 0, head, pages.get(i));
            assertEquals(
                "Statement of account 1 page " + (i + 1) + " of " + pages.size(), lines.get(lines.size() - 1));
            rows.addAll(lines.subList(head + 1, lines.size() - 1));
        }
        assertEquals(csv(books, "1"), rows);
    }

    @Test
    void shouldCutNothingOfTheWidestNumbers() throws IOException
    {
        final Path books = directory.resolve("books");
        ExportBooks.writeWide(books, ExportBooks.WIDEST);
        final String id = ExportBooks.WIDE_ID.toString();
        final String text = pages(statement(books, id)).get(0).replace("\n", "");
        assertTrue(text.contains("Account " + id), text);
        assertTrue(text.contains("Closing balance -" + ExportBooks.WIDEST), text);
        // Cells that go over several lines are beside each other, each piece of all of them in its line.
        final String rows = String.join("", csv(books, id));
        assertEquals(
            count(rows + "Statement of account " + id + " page 1 of 1"),
            count(text.substring(text.indexOf("opening balance"))), text);
    }

    @Test
    void shouldWriteTheSameBytesEachTimeAndAnAccountThatNothingMoved() throws IOException
    {
        final Path books = directory.resolve("books");
        ExportBooks.writeAccounts(books);
        final Path first = statement(books, "1");
        final byte[] bytes = Files.readAllBytes(first);
        Files.delete(first);
        assertArrayEquals(bytes, Files.readAllBytes(statement(books, "1")));
        final List<String> pages = pages(first);
        assertEquals(1, pages.size());
        assertTrue(pages.get(0).contains("Movements 0"), pages.get(0));
        assertTrue(pages.get(0).contains("opening balance 0\nclosing balance 0\n"), pages.get(0));
    }

    @Test
    void shouldWriteAPageAndPagesAndNoTable() throws IOException
    {
        final Path books = directory.resolve("books");
        ExportBooks.write(books);
        final Path html = directory.resolve("statement.html");
        final Path pdf = directory.resolve("both.pdf");
        final CommandRun run = done(
            "statement", "--data", books, "--account", "2", "--html", html, "--pdf", pdf);
        assertEquals("", run.out());
        assertTrue(Files.readString(html).contains("<td>closing balance</td>"));
        assertTrue(pages(pdf).get(0).contains("closing balance"));
        assertRefused("there is no such account", "statement", "--data", books, "--account", "77", "--pdf", pdf);
        assertRefused(
            "--html and --pdf have forms of their own",
            "statement", "--data", books, "--account", "2", "--format", "csv", "--pdf", pdf);
        assertRefused(
            "nothing lies between --from and --to",
            "statement", "--data", books, "--account", "2", "--from", "1970-01-03", "--to", "1970-01-02");
        assertFalse(Files.exists(directory.resolve("both.pdf.tmp")));
    }

    /** How often each digit and letter is in a text. */
    private static Map<Integer, Long> count(final String text)
    {
        return text.chars().filter(Character::isLetterOrDigit).boxed()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    private Path statement(final Path books, final String account, final Object... options)
    {
        final Path file = directory.resolve("statement.pdf");
        final List<Object> args = new ArrayList<>(
            List.of("statement", "--data", books, "--account", account, "--pdf", file));
        args.addAll(List.of(options));
        done(args.toArray());
        return file;
    }

    /** Rows of the statement in CSV, without empty cells and with blanks between the others. */
    private static List<String> csv(final Path books, final String account, final Object... options)
    {
        final List<Object> args = new ArrayList<>(
            List.of("statement", "--data", books, "--account", account, "--format", "csv"));
        args.addAll(List.of(options));
        return done(args.toArray()).out().lines().skip(1)
            .map(line -> line.replaceAll("^,[^,]*,(opening|closing)", "$1").replaceAll(",+", " ")).toList();
    }

    private static List<String> pages(final Path file) throws IOException
    {
        final List<String> pages = new ArrayList<>();
        try (PDDocument document = Loader.loadPDF(file.toFile()))
        {
            for (int page = 1; page <= document.getNumberOfPages(); page++)
            {
                final PDFTextStripper stripper = new PDFTextStripper();
                stripper.setSortByPosition(true);
                stripper.setStartPage(page);
                stripper.setEndPage(page);
                pages.add(stripper.getText(document));
            }
        }
        return pages;
    }

    private static void assertRefused(final String said, final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(2, run.exitCode(), run::toString);
        assertTrue(run.err().contains(said), run::toString);
    }

    private static CommandRun done(final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(0, run.exitCode(), run::toString);
        return run;
    }
}
