package io.seriatim.tools;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.BooksWalk;
import io.seriatim.replay.JournalEntries;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The commands that look into the past: as-of, diff, statement. */
@Timeout(180)
class PastCommandsTest
{
    private static final long DAY_NS = TimeUnit.DAYS.toNanos(1);
    private static final Path BERKA = TestFiles.root().resolve("../shared/data/berka").normalize();

    @TempDir
    private Path directory;
    private Path books;

    /** On the first three days of 1970: an account each two, a transfer of 12.50, a hold of 5.00, a post of 3.00. */
    @BeforeEach
    void write()
    {
        books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(books)
            .durability(Durability.OS).clock(new ManualClock()).clockJumpMaxNs(30 * DAY_NS)))
        {
            final Ledger usd = engine.ledger(840);
            usd.defineLedgers(List.of(new LedgerDefinition(840, "USD", 2)));
            usd.createAccounts(List.of(Account.of(1, 10, 0), Account.of(2, 10, 0)));
            usd.createTransfer(100, 1, 2, 1_250, 7);
            usd.advanceClock(DAY_NS);
            usd.createTransfer(Transfer.of(101, 1, 2, 500, 7).withFlags(TransferFlags.PENDING));
            usd.advanceClock(DAY_NS);
            usd.createTransfer(Transfer.post(102, 101, 300));
            usd.createTransfer(103, 2, 1, 50, 8);
        }
    }

    @Test
    void shouldShowWhatAccountsHeldAtASequenceAndAtATime()
    {
        final String head = "id,ledger,code,flags,debits_posted,credits_posted,balance,debits_pending," +
            "credits_pending,asset\n";
        assertEquals(
            head + "1,840,10,,0.00,0.00,0.00,0.00,0.00,USD\n2,840,10,,0.00,0.00,0.00,0.00,0.00,USD\n",
            done("as-of", "--data", books, "--at", "3", "--format", "csv").out());
        assertEquals(
            head + "1,840,10,,12.50,0.00,-12.50,5.00,0.00,USD\n2,840,10,,0.00,12.50,12.50,0.00,5.00,USD\n",
            done("as-of", "--data", books, "--at", "5", "--format", "csv").out());
        assertEquals(
            head + "2,840,10,,50,1550,1500,0,0,USD\n",
            done("as-of", "--data", books, "--at", "7", "--format", "csv", "--raw", "--account", "2").out());
        assertEquals(
            done("as-of", "--data", books, "--at", "4", "--format", "csv").out(),
            done("as-of", "--data", books, "--at", "1970-01-01", "--format", "csv").out());
        assertEquals(
            done("as-of", "--data", books, "--at", "5", "--format", "csv").out(),
            done("as-of", "--data", books, "--at", "1970-01-02T12:00:00Z", "--format", "csv", "--ledger", "840").out());
        assertEquals(head, done("as-of", "--data", books, "--at", "7", "--format", "csv", "--ledger", "978").out());
        assertTrue(done("as-of", "--data", books, "--at", "5").out().contains(" 12.50 |"));

        assertRun(2, "a moment is a sequence; or a time in UTC", "as-of", "--data", books, "--at", "yesterday");
        assertRun(2, "a moment is a sequence", "as-of", "--data", books, "--at", "2026-02-30");
        assertRun(2, "a moment is a sequence", "as-of", "--data", books, "--at", "9999-01-01");
        assertRun(2, "has not come so far: at=8, last sequence=7", "as-of", "--data", books, "--at", "8");
        assertRun(2, "there was no such account", "as-of", "--data", books, "--at", "7", "--account", "3");
        assertRun(2, "", "as-of", "--data", books, "--at", "7", "--account", "x");
    }

    @Test
    void shouldShowWhatChangedBetweenTwoMoments()
    {
        assertEquals(
            "id,ledger,before,after,change,movements,debits_pending_change,credits_pending_change,asset\n" +
            "1,840,-12.50,-15.00,-2.50,3,0.00,0.00,USD\n2,840,12.50,15.00,2.50,3,0.00,0.00,USD\n",
            done("diff", "--data", books, "--from", "4", "--format", "csv").out());
        assertEquals(
            "id,ledger,before,after,change,movements,debits_pending_change,credits_pending_change,asset\n" +
            "1,840,-1250,-1250,0,1,500,0,USD\n2,840,1250,1250,0,1,0,500,USD\n",
            done("diff", "--data", books, "--from", "1970-01-01", "--to", "1970-01-02", "--format", "csv", "--raw")
                .out());
        assertFalse(done("diff", "--data", books, "--from", "7", "--format", "csv").out().contains("840"));
    }

    @Test
    void shouldShowWhatHappenedToAnAccount() throws IOException
    {
        final String csv = done("statement", "--data", books, "--account", "2", "--format", "csv").out();
        assertEquals(
            "sequence,time,what,transfer_id,counterparty,code,debit,credit,pending_change,balance\n" +
            ",,opening balance,,,,,,,0.00\n" +
            "4,1970-01-01T00:00:00.000000007Z,transfer,100,1,7,,12.50,,12.50\n" +
            "5,1970-01-02T00:00:00.000000008Z,pending,101,1,7,,,5.00,12.50\n" +
            "6,1970-01-03T00:00:00.000000009Z,posted,102,1,7,,3.00,-5.00,15.50\n" +
            "7,1970-01-03T00:00:00.000000011Z,transfer,103,1,8,0.50,,,15.00\n" +
            ",,closing balance,,,,,,,15.00\n",
            csv);
        final String part = done(
            "statement", "--data", books, "--account", "2", "--from", "1970-01-02", "--to", "1970-01-02", "--format",
            "csv").out();
        assertTrue(part.contains(",1970-01-02,opening balance,,,,,,,12.50\n5,"), part);
        assertTrue(part.contains("\n,1970-01-02,closing balance,,,,,,,12.50\n"), part);
        final String bySequence = done(
            "statement", "--data", books, "--account", "2", "--from", "5", "--to", "6", "--format", "csv").out();
        assertEquals(5, bySequence.lines().count());
        final Path page = directory.resolve("statement.html");
        done("statement", "--data", books, "--account", "2", "--html", page);
        final String html = Files.readString(page);
        assertTrue(html.startsWith("<!DOCTYPE html>"), html);
        assertTrue(html.contains("<dt>Closing balance</dt><dd>15.00</dd>"), html);
        assertTrue(html.endsWith("</table>\n</body>\n</html>\n"), html);
        assertFalse(html.contains("http"), "needs nothing but itself");
        assertRun(2, "there is no such account", "statement", "--data", books, "--account", "9");
    }

    @Test
    void shouldEqualTheBanksOwnRunningBalanceAtEveryRow() throws IOException
    {
        assumeTrue(Files.isDirectory(BERKA), () -> "SKIPPED: there is no " + BERKA);
        final Path bank = directory.resolve("bank");
        done(
            "import", "--data", bank, "--accounts", BERKA.resolve("import/accounts.csv.gz"), "--transfers",
            BERKA.resolve("import/transfers.csv.gz"), "--durability", "os");
        // After the last entry of a row: its residual, if it has one, follows it and has its id and 10^8.
        final Map<Long, long[]> expected = new HashMap<>();
        try (BufferedReader rows = new BufferedReader(new InputStreamReader(
            new GZIPInputStream(Files.newInputStream(BERKA.resolve("transactions.csv.gz"))), StandardCharsets.UTF_8)))
        {
            rows.readLine();
            for (String row = rows.readLine(); row != null; row = rows.readLine())
            {
                final String[] cells = row.split(",");
                expected.put(
                    Long.valueOf(cells[0]), new long[] {Long.parseLong(cells[1]), Long.parseLong(cells[6])});
            }
        }
        assertEquals(61_586, expected.size());
        final Map<Long, Long> sequenceById = new HashMap<>();
        final long[] compared = new long[1];
        final BooksWalk walk = new BooksWalk((movement, debit, credit) ->
            sequenceById.put(movement.transferId().low(), movement.sequence()));
        new JournalEntries(bank).read(0, 0, (buffer, offset, length) ->
        {
            walk.onEntry(buffer, offset);
            return true;
        });
        final BooksWalk[] again = new BooksWalk[1];
        again[0] = new BooksWalk((movement, debit, credit) ->
        {
            final long id = movement.transferId().low();
            final boolean isResidual = id >= 100_000_000;
            final long row = isResidual ? id - 100_000_000 : id;
            if (expected.containsKey(row) && (isResidual || !sequenceById.containsKey(row + 100_000_000)))
            {
                final long[] bankRow = expected.get(row);
                assertEquals(
                    bankRow[1], again[0].account(new Uint128(0, bankRow[0])).balance().longValueExact(),
                    () -> "row " + row + ", sequence " + movement.sequence());
                compared[0]++;
            }
        });
        new JournalEntries(bank).read(0, 0, (buffer, offset, length) ->
        {
            again[0].onEntry(buffer, offset);
            return true;
        });
        assertEquals(61_586, compared[0]);
    }

    private static CommandRun done(final Object... args)
    {
        return assertRun(0, "", args);
    }

    private static CommandRun assertRun(final int exitCode, final String said, final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(exitCode, run.exitCode(), run::toString);
        assertTrue(run.err().contains(said), run::toString);
        return run;
    }
}
