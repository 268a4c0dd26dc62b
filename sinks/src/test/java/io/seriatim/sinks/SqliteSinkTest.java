package io.seriatim.sinks;

import io.seriatim.engine.Account;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedException;
import io.seriatim.replay.FeedOrdering;
import io.seriatim.replay.FeedRetry;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalFeed;
import io.seriatim.replay.TestBooks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A projection in SQLite holds each entry once, however often it is broken off; its views say what the engine says. */
class SqliteSinkTest
{
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(50);

    private static final long PENDING_ID = 7_000_000_000L;
    private static final BigInteger AMOUNT_BEYOND = BigInteger.ONE.shiftLeft(63);

    @TempDir
    private Path directory;
    private Path books;
    private Path database;

    @BeforeEach
    void write()
    {
        books = directory.resolve("books");
        database = directory.resolve("books.db");
        TestBooks.write(books, 2, 3);
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 0)))
        {
            final Ledger ledger = engine.ledger(TestBooks.LEDGERS[0]);
            final long debit = TestBooks.account(ledger, 1);
            final long credit = TestBooks.account(ledger, 2);
            ledger.createTransfers(List.of(
                Transfer.of(PENDING_ID, debit, credit, 100, 1).pending(0),
                Transfer.of(PENDING_ID + 1, debit, credit, 200, 1).pending(0),
                Transfer.of(PENDING_ID + 2, debit, credit, 400, 1).pending(1),
                Transfer.of(PENDING_ID + 3, debit, credit, 800, 1).pending(0),
                Transfer.of(
                    Uint128.of(PENDING_ID + 4), Uint128.of(debit), Uint128.of(credit), Uint128.of(AMOUNT_BEYOND), 1)
                    .pending(0),
                Transfer.post(PENDING_ID + 10, PENDING_ID, 60),
                Transfer.voiding(PENDING_ID + 11, PENDING_ID + 1),
                Transfer.voiding(PENDING_ID + 12, PENDING_ID + 4)));
            while (ledger.lookupAccount(debit).one().debitsPending().equals(Uint128.of(1_200)))
            {
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(FeedOrdering.class)
    void shouldHoldEachEntryOnceThoughTheFeedIsBrokenOffAgainAndAgain(final FeedOrdering ordering) throws Exception
    {
        int breakCount = 0;
        while (!feed(ordering, 37 + 11 * breakCount))
        {
            breakCount++;
        }
        assertTrue(breakCount > 1, "breaks=" + breakCount);
        assertEquals(List.of(), rows("SELECT * FROM sequence_gaps"));
        final List<String> nexts = rows("SELECT shard, count(*), max(sequence) + 1 FROM entries GROUP BY shard");
        assertEquals(2, nexts.size());
        nexts.forEach(row -> assertEquals(row.split("\\|")[1], row.split("\\|")[2], row));
        assertBalancesAreThoseOfTheEngine();
        assertEquals(
            List.of(), rows("SELECT * FROM trial_balance WHERE debits_posted <> credits_posted OR " +
            "debits_pending <> credits_pending"));
        assertTrue(rows("SELECT * FROM refusals").size() > 5);
        assertEquals(List.of("3"), rows("SELECT count(*) FROM transfers WHERE stage IN ('post', 'void')"));
        assertEquals(List.of("1"), rows("SELECT count(*) FROM entries WHERE stage = 'expiry'"));
        assertEquals(
            List.of(Long.toString(PENDING_ID + 3)), rows("SELECT id FROM open_pending_transfers"));
        assertEquals(
            List.of(AMOUNT_BEYOND.toString()),
            rows("SELECT amount FROM entries WHERE typeof(amount) = 'text' AND stage = 'pending'"));
        assertEquals("-rw-------", permissions());
    }

    /** Feed until so many entries were given to the sink, then let go of it as a process does that is killed. */
    private boolean feed(final FeedOrdering ordering, final int countMax) throws Exception
    {
        final UUID logUuid = JournalDirectories.journalsOf(books).get(0).logUuid();
        final AtomicInteger count = new AtomicInteger();
        try (SqliteSink sink = new SqliteSink(database, logUuid);
            JournalFeed feed = JournalFeed.open(JournalDirectories.journalsOf(books), new FeedConfig()
                .ordering(ordering).workerCount(ordering == FeedOrdering.TOTAL ? 1 : 3).isBounded(true)
                .isHistoryKept(true).offsetIntervalNs(100_000).retry(FeedRetry.NEVER).offsetStore(sink).handler(entry ->
                {
                    if (count.incrementAndGet() > countMax)
                    {
                        throw new IOException("enough");
                    }
                    sink.onEntry(entry);
                })))
        {
            return feed.awaitEnd(TIMEOUT_NS);
        }
        catch (final FeedException ex)
        {
            assertTrue(ex.getMessage().contains("enough"), ex.getMessage());
            return false;
        }
    }

    private void assertBalancesAreThoseOfTheEngine() throws SQLException
    {
        final List<String> rows = rows(
            "SELECT shard, ledger, account, debits_posted, credits_posted, debits_pending, credits_pending FROM " +
            "balances ORDER BY shard, ledger, account");
        assertTrue(rows.size() >= TestBooks.LEDGERS.length * TestBooks.ACCOUNT_COUNT, "accounts=" + rows.size());
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 0)))
        {
            for (final String row : rows)
            {
                final String[] fields = row.split("\\|");
                final Account account = engine.shard(Integer.parseInt(fields[0]))
                    .lookupAccounts(List.of(Uint128.parse(fields[2]))).one();
                assertEquals(
                    List.of(account.debitsPosted().toString(), account.creditsPosted().toString()),
                    List.of(fields[3], fields[4]), row);
                // What went in and out beyond 2^63 leaves a floating-point sum.
                assertEquals(account.debitsPending(), Uint128.of(new BigDecimal(fields[5]).toBigInteger()), row);
                assertEquals(account.creditsPending(), Uint128.of(new BigDecimal(fields[6]).toBigInteger()), row);
            }
        }
    }

    @Test
    void shouldRefuseAnotherLogAnotherVersionAndWhatIsNoProjection() throws Exception
    {
        feed(FeedOrdering.TOTAL, Integer.MAX_VALUE);
        assertThrows(FeedException.class, () -> new SqliteSink(database, new UUID(1, 2)));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
            Statement statement = connection.createStatement())
        {
            statement.executeUpdate("UPDATE log SET schema_version = 3");
        }
        final UUID logUuid = JournalDirectories.journalsOf(books).get(0).logUuid();
        assertThrows(FeedException.class, () -> new SqliteSink(database, logUuid));
        final Path other = directory.resolve("other.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
            Statement statement = connection.createStatement())
        {
            statement.executeUpdate("CREATE TABLE mine (x)");
        }
        assertThrows(FeedException.class, () -> new SqliteSink(other, logUuid));
        assertEquals(List.of("mine"), rowsOf(other, "SELECT name FROM sqlite_master"));
        final Path text = Files.writeString(
            directory.resolve("text"), "no database at all, but longer than a header ".repeat(50));
        assertThrows(SQLException.class, () -> new SqliteSink(text, logUuid));
    }

    private List<String> rows(final String query) throws SQLException
    {
        return rowsOf(database, query);
    }

    private static List<String> rowsOf(final Path file, final String query) throws SQLException
    {
        final List<String> lines = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery(query))
        {
            while (rows.next())
            {
                final StringBuilder line = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++)
                {
                    line.append(i == 1 ? "" : "|").append(rows.getString(i));
                }
                lines.add(line.toString());
            }
        }
        return lines;
    }

    private String permissions() throws IOException
    {
        return "-" + PosixFilePermissions.toString(Files.getPosixFilePermissions(database));
    }
}
