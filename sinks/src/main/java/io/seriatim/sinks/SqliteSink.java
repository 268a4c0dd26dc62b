package io.seriatim.sinks;

import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.BookAccount;
import io.seriatim.replay.EntryKind;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedException;
import io.seriatim.replay.FeedHandler;
import io.seriatim.replay.FeedOffset;
import io.seriatim.replay.FeedOffsetStore;
import io.seriatim.replay.FeedOffsetText;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * Writes entries to an SQLite database that an auditor can query: a table of entries, and views of accounts, transfers,
 * balances, refusals and gaps, see {@code projection.sql}. It keeps the offset of its feed in the same transactions, so
 * that each entry is there exactly once, whatever ends when: give the feed this object as its handler and as its offset
 * store.
 * <p>
 * Cost: one transaction for what comes between two offsets, forced; other connections can read meanwhile.<br>
 * Threads: any, one at a time.
 */
public final class SqliteSink implements FeedHandler, FeedOffsetStore, AutoCloseable
{
    private static final int SCHEMA_VERSION = 2;
    private static final String SCHEMA_FILE = "projection.sql";
    private static final BigInteger INTEGER_MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final String INSERT =
        "INSERT INTO entries (shard, sequence, ledger_sequence, timestamp_ns, kind, outcome, ledger, code, flags, " +
        "id, debit_account, credit_account, amount, stage, pending_sequence, previous_debit_sequence, " +
        "previous_credit_sequence, in_part, entry) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    private static final String FORGET =
        "DELETE FROM entries WHERE shard = ? AND sequence = ? AND stage = 'pending' AND NOT in_part";
    private static final String OPEN =
        "INSERT OR REPLACE INTO opening_balances (shard, account, ledger, debits_posted, credits_posted, " +
        "debits_pending, credits_pending) VALUES (?, ?, ?, ?, ?, ?, ?)";

    private final Path file;
    private final UUID logUuid;
    private final String part;
    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement forget;

    /**
     * Open a database, or make it, for what a feed hands out from the beginning of the order on.
     *
     * @param file    of the database; made readable by its owner only.
     * @param logUuid of the log that is written there.
     * @throws IOException   if the file can not be made.
     * @throws SQLException  if it can not be opened, or is not a database.
     * @throws FeedException if it is that of another log, of a part of the order, or of a version that this one does
     *                       not know.
     */
    public SqliteSink(final Path file, final UUID logUuid) throws IOException, SQLException
    {
        this(file, logUuid, null);
    }

    /**
     * Open a database, or make it, for a part of the order: whoever feeds it says what is before the part.
     *
     * @param file    of the database; made readable by its owner only.
     * @param logUuid of the log that is written there.
     * @param part    in words, which have to be those with which the database was made; null for all of the order.
     * @throws IOException   if the file can not be made.
     * @throws SQLException  if it can not be opened, or is not a database.
     * @throws FeedException if it is that of another log, of another part, or of a version that this one does not know.
     */
    public SqliteSink(final Path file, final UUID logUuid, final String part) throws IOException, SQLException
    {
        this.file = file;
        this.logUuid = logUuid;
        this.part = part;
        if (!Files.exists(file))
        {
            Files.createFile(
                file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try
        {
            try (Statement statement = connection.createStatement())
            {
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = FULL");
                statement.execute("PRAGMA busy_timeout = 10000");
            }
            connection.setAutoCommit(false);
            prepareSchema();
            insert = connection.prepareStatement(INSERT);
            forget = connection.prepareStatement(FORGET);
        }
        catch (final SQLException | IOException | RuntimeException ex)
        {
            connection.close();
            throw ex;
        }
    }

    @Override
    public synchronized FeedOffset load() throws SQLException
    {
        try (Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("SELECT feed_offset FROM log"))
        {
            final String text = rows.next() ? rows.getString(1) : null;
            return text == null ? null : FeedOffsetText.decode(text, logUuid, "database=" + file);
        }
    }

    @Override
    public synchronized void onEntry(final FeedEntry entry) throws SQLException
    {
        insert(entry, true);
    }

    /**
     * Take an entry before the part, and keep it if the part may speak of it: a definition, an account, or a pending
     * transfer, until it is resolved.
     *
     * @param entry of a shard whose entries before this one were taken.
     * @throws SQLException if it can not be written.
     */
    public synchronized void onEntryBeforePart(final FeedEntry entry) throws SQLException
    {
        final String stage = stageOf(entry);
        if ("pending".equals(stage) || entry.isCreated() &&
            (entry.kind() == EntryKind.LEDGER_DEFINITION || entry.kind() == EntryKind.ACCOUNT))
        {
            insert(entry, false);
        }
        else if (stage != null && !"posted".equals(stage))
        {
            final Object pendingSequence = EntryText.fields(entry.buffer(), 0).get("pending_sequence");
            forget.setInt(1, entry.shard());
            forget.setLong(2, Long.parseLong(pendingSequence.toString()));
            if (forget.executeUpdate() == 0)
            {
                // It was entered before, and happened later: an entry of the part is resolved by this one.
                insert(entry, false);
            }
        }
    }

    /**
     * Say what accounts held just before the part; it is durable when this returns, with all that was written.
     *
     * @param shard    that has them.
     * @param accounts as they stood then.
     * @throws SQLException if it can not be written.
     */
    public synchronized void opening(final int shard, final Collection<BookAccount> accounts) throws SQLException
    {
        try (PreparedStatement open = connection.prepareStatement(OPEN))
        {
            for (final BookAccount account : accounts)
            {
                open.setInt(1, shard);
                open.setString(2, account.id().toString());
                open.setLong(3, Integer.toUnsignedLong(account.ledger()));
                setAmount(open, 4, account.debitsPosted());
                setAmount(open, 5, account.creditsPosted());
                setAmount(open, 6, account.debitsPending());
                setAmount(open, 7, account.creditsPending());
                open.executeUpdate();
            }
        }
        connection.commit();
    }

    private void insert(final FeedEntry entry, final boolean isInPart) throws SQLException
    {
        final Map<String, Object> fields = EntryText.fields(entry.buffer(), 0);
        int column = 1;
        insert.setInt(column++, entry.shard());
        insert.setLong(column++, entry.sequence());
        setLong(column++, fields.get("ledger_sequence"));
        setLong(column++, fields.get("timestamp_ns"));
        insert.setString(column++, entry.kind().label());
        insert.setString(column++, (String)fields.get("outcome"));
        setLong(column++, entry.ledger() == 0 ? null : Integer.toUnsignedString(entry.ledger()));
        setLong(column++, fields.get("code"));
        insert.setString(column++, (String)fields.get("flags"));
        insert.setString(column++, (String)fields.get("id"));
        insert.setString(column++, entry.kind() == EntryKind.ACCOUNT || !entry.hasDebitAccount() ? null :
            new Uint128(entry.debitAccountIdHigh(), entry.debitAccountIdLow()).toString());
        insert.setString(column++, !entry.hasCreditAccount() ? null :
            new Uint128(entry.creditAccountIdHigh(), entry.creditAccountIdLow()).toString());
        setAmount(insert, column++, fields.getOrDefault("amount_moved", fields.get("amount")));
        insert.setString(column++, stageOf(entry));
        setLong(column++, "0".equals(fields.get("pending_sequence")) ? null : fields.get("pending_sequence"));
        setSequence(column++, entry.hasDebitAccount() ? entry.previousDebitSequence() : FeedEntry.NO_SEQUENCE);
        setSequence(column++, entry.hasCreditAccount() ? entry.previousCreditSequence() : FeedEntry.NO_SEQUENCE);
        insert.setInt(column++, isInPart ? 1 : 0);
        insert.setString(column, new String(EntryJson.encode(entry), StandardCharsets.UTF_8));
        insert.executeUpdate();
    }

    /** What was written, and the offset, count together from now on. */
    @Override
    public synchronized void store(final FeedOffset offset) throws SQLException
    {
        try (PreparedStatement update = connection.prepareStatement("UPDATE log SET feed_offset = ?"))
        {
            update.setString(1, FeedOffsetText.encode(offset, logUuid));
            update.executeUpdate();
        }
        connection.commit();
    }

    /** Close; what came behind the last offset is not kept, and comes again. */
    @Override
    public synchronized void close() throws SQLException
    {
        try
        {
            connection.rollback();
        }
        finally
        {
            connection.close();
        }
    }

    /** What an entry does to the balances of its accounts; null if nothing. */
    private static String stageOf(final FeedEntry entry)
    {
        if (entry.kind() == EntryKind.EXPIRY)
        {
            return "expiry";
        }
        if (entry.kind() != EntryKind.TRANSFER || !entry.isCreated())
        {
            return null;
        }
        final int flags = entry.flags();
        return (flags & TransferFlags.PENDING) != 0 ? "pending" :
            (flags & TransferFlags.POST_PENDING_TRANSFER) != 0 ? "post" :
            (flags & TransferFlags.VOID_PENDING_TRANSFER) != 0 ? "void" : "posted";
    }

    private void setLong(final int column, final Object value) throws SQLException
    {
        if (value == null)
        {
            insert.setNull(column, Types.INTEGER);
        }
        else
        {
            insert.setLong(column, Long.parseLong(value.toString()));
        }
    }

    private void setSequence(final int column, final long sequence) throws SQLException
    {
        setLong(column, sequence == FeedEntry.NO_SEQUENCE ? null : sequence);
    }

    private static void setAmount(final PreparedStatement statement, final int column, final Object amount)
        throws SQLException
    {
        if (amount == null)
        {
            statement.setNull(column, Types.INTEGER);
        }
        else if (new BigInteger(amount.toString()).compareTo(INTEGER_MAX) <= 0)
        {
            statement.setLong(column, Long.parseLong(amount.toString()));
        }
        else
        {
            statement.setString(column, amount.toString());
        }
    }

    private void prepareSchema() throws SQLException, IOException
    {
        try (Statement statement = connection.createStatement())
        {
            final boolean isNew;
            try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM sqlite_master"))
            {
                isNew = rows.next() && rows.getInt(1) == 0;
            }
            if (isNew)
            {
                for (final String part : schema().split(";"))
                {
                    if (!part.isBlank())
                    {
                        statement.executeUpdate(part);
                    }
                }
                try (PreparedStatement log = connection.prepareStatement(
                    "INSERT INTO log (uuid, schema_version, part) VALUES (?, ?, ?)"))
                {
                    log.setString(1, logUuid.toString());
                    log.setInt(2, SCHEMA_VERSION);
                    log.setString(3, part);
                    log.executeUpdate();
                }
                connection.commit();
            }
            requireOwn(statement, isNew);
        }
    }

    private void requireOwn(final Statement statement, final boolean isNew) throws SQLException
    {
        try (ResultSet rows = statement.executeQuery("SELECT * FROM log"))
        {
            if (!rows.next() || rows.getInt("schema_version") != SCHEMA_VERSION)
            {
                throw new FeedException(
                    "not a projection of this version: found=" + (isNew ? "nothing" : rows.getInt("schema_version")) +
                    ", expected=" + SCHEMA_VERSION + ", database=" + file + "; take another file", null);
            }
            if (!rows.getString("uuid").equals(logUuid.toString()))
            {
                throw new FeedException(
                    "the projection is that of another log: found=" + rows.getString("uuid") + ", expected=" +
                    logUuid + ", database=" + file + "; take another file", null);
            }
            if (!Objects.equals(rows.getString("part"), part))
            {
                throw new FeedException(
                    "the projection is that of another part: found=" + partText(rows.getString("part")) +
                    ", expected=" + partText(part) + ", database=" + file + "; take another file", null);
            }
        }
        catch (final SQLException ex)
        {
            throw new FeedException(
                "not a projection of a log: database=" + file + ": " + ex.getMessage() + "; take another file", null);
        }
        connection.rollback();
    }

    private static String partText(final String words)
    {
        return words == null ? "all of the order" : words;
    }

    private static String schema() throws IOException
    {
        try (InputStream stream = SqliteSink.class.getResourceAsStream(SCHEMA_FILE))
        {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^--.*$", "");
        }
    }
}
