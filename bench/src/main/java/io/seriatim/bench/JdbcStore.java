package io.seriatim.bench;

import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferOutcome;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/**
 * SQLite or H2 in this process. A transfer is three prepared statements, which check as they write: the row is
 * inserted unless its id is known, the debit counts if account, ledger and limit allow it, and then the credit. What
 * is refused half-way is taken back.
 * <p>
 * Threads: one at a time.
 */
final class JdbcStore implements PeerStore
{
    private static final String DUPLICATE_KEY = "23505";
    private static final int CACHE_KB = 256 * 1024;

    private final String name;
    private final String version;
    private final Connection connection;
    private final Statement statement;
    private final PreparedStatement insert;
    private final PreparedStatement delete;
    private final PreparedStatement debit;
    private final PreparedStatement credit;
    private final PreparedStatement find;
    private final String force;

    private JdbcStore(
        final String name,
        final String how,
        final Connection connection,
        final String insertVerb,
        final String limited,
        final String force)
        throws SQLException
    {
        this.name = name;
        this.connection = connection;
        this.force = force;
        version = connection.getMetaData().getDatabaseProductName() + ' ' +
            connection.getMetaData().getDatabaseProductVersion() + ", " + how;
        statement = connection.createStatement();
        insert = connection.prepareStatement(insertVerb + " into transfers values (?, ?, ?, ?, ?, ?, ?, ?)");
        delete = connection.prepareStatement("delete from transfers where id = ?");
        debit = connection.prepareStatement(
            "update accounts set debits_posted = debits_posted + ? where id = ? and ledger = ? and (" + limited +
            " = 0 or debits_posted + ? <= credits_posted)");
        credit = connection.prepareStatement(
            "update accounts set credits_posted = credits_posted + ? where id = ? and ledger = ?");
        find = connection.prepareStatement("select ledger from accounts where id = ?");
    }

    /**
     * A new SQLite database.
     *
     * @param directory    for its files.
     * @param durability   FSYNC or OS.
     * @param accountCount how many.
     * @return it, with its accounts.
     */
    static JdbcStore sqlite(final Path directory, final Durability durability, final int accountCount)
    {
        final String synchronous = durability == Durability.FSYNC ? "full" : "normal";
        return open("sqlite", "jdbc:sqlite:" + directory.resolve("books.sqlite"), connection ->
        {
            try (Statement pragma = connection.createStatement())
            {
                pragma.execute("pragma journal_mode = wal");
                pragma.execute("pragma synchronous = " + synchronous);
                pragma.execute("pragma cache_size = -" + CACHE_KB);
                pragma.execute("pragma temp_store = memory");
            }
            SqlBooks.create(connection, "integer", "", accountCount);
            return new JdbcStore(
                "sqlite", "WAL, synchronous " + synchronous + (durability == Durability.FSYNC ?
                ": each commit is forced" : ": commits reach the page cache, checkpoints are forced"),
                connection, "insert or ignore", "flags & " + SqlBooks.LIMITED, null);
        });
    }

    /**
     * A new H2 database.
     *
     * @param directory    for its files.
     * @param durability   FSYNC or OS.
     * @param accountCount how many.
     * @return it, with its accounts.
     */
    static JdbcStore h2(final Path directory, final Durability durability, final int accountCount)
    {
        final boolean isForced = durability == Durability.FSYNC;
        final String url = "jdbc:h2:file:" + directory.resolve("books").toAbsolutePath() +
            ";WRITE_DELAY=0;CACHE_SIZE=" + CACHE_KB + ";DB_CLOSE_ON_EXIT=FALSE";
        return open("h2", url, connection ->
        {
            SqlBooks.create(connection, "bigint", "", accountCount);
            return new JdbcStore(
                "h2", "write delay 0, which writes each commit but does not force it" + (isForced ?
                "; CHECKPOINT SYNC after each, which does" : ""),
                connection, "insert", "bitand(flags, " + SqlBooks.LIMITED + ')', isForced ? "checkpoint sync" : null);
        });
    }

    /**
     * Makes a store of a connection.
     */
    @FunctionalInterface
    private interface Opener
    {
        JdbcStore open(Connection connection) throws SQLException;
    }

    private static JdbcStore open(final String name, final String url, final Opener opener)
    {
        Connection connection = null;
        try
        {
            connection = DriverManager.getConnection(url);
            return opener.open(connection);
        }
        catch (final SQLException ex)
        {
            close(connection);
            throw new BenchException(name + " can not be opened: " + ex.getMessage(), ex);
        }
    }

    @Override
    public String name()
    {
        return name;
    }

    @Override
    public String version()
    {
        return version;
    }

    @Override
    public TransferOutcome apply(
        final long id, final long debitAccount, final long creditAccount, final long amount)
    {
        try
        {
            if (debitAccount == creditAccount)
            {
                return TransferOutcome.ACCOUNTS_MUST_BE_DIFFERENT;
            }
            if (!insert(id, debitAccount, creditAccount, amount))
            {
                return TransferOutcome.EXISTS;
            }
            if (!debit(debitAccount, amount, amount))
            {
                delete(id);
                return find(debitAccount, TransferOutcome.DEBIT_ACCOUNT_NOT_FOUND, TransferOutcome.EXCEEDS_CREDITS);
            }
            credit.setLong(1, amount);
            credit.setLong(2, creditAccount);
            credit.setInt(3, LEDGER);
            if (credit.executeUpdate() == 0)
            {
                debit(debitAccount, -amount, -amount);
                delete(id);
                return find(
                    creditAccount, TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND,
                    TransferOutcome.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER);
            }
            return TransferOutcome.CREATED;
        }
        catch (final SQLException ex)
        {
            throw new BenchException(name + " refuses: " + ex.getMessage(), ex);
        }
    }

    private boolean insert(
        final long id, final long debitAccount, final long creditAccount, final long amount) throws SQLException
    {
        insert.setLong(1, id);
        insert.setLong(2, debitAccount);
        insert.setLong(3, creditAccount);
        insert.setLong(4, amount);
        insert.setInt(5, LEDGER);
        insert.setInt(6, CODE);
        insert.setLong(7, 0);
        insert.setLong(8, TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
        try
        {
            return insert.executeUpdate() == 1;
        }
        catch (final SQLException ex)
        {
            if (DUPLICATE_KEY.equals(ex.getSQLState()))
            {
                return false;
            }
            throw ex;
        }
    }

    private boolean debit(final long account, final long amount, final long limit) throws SQLException
    {
        debit.setLong(1, amount);
        debit.setLong(2, account);
        debit.setInt(3, LEDGER);
        debit.setLong(4, limit);
        return debit.executeUpdate() == 1;
    }

    private void delete(final long id) throws SQLException
    {
        delete.setLong(1, id);
        delete.executeUpdate();
    }

    /** Why a statement has not found an account that it could change. */
    private TransferOutcome find(
        final long account, final TransferOutcome ifMissing, final TransferOutcome ifThere) throws SQLException
    {
        find.setLong(1, account);
        try (ResultSet row = find.executeQuery())
        {
            if (!row.next())
            {
                return ifMissing;
            }
            return row.getInt(1) == LEDGER ? ifThere : TransferOutcome.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER;
        }
    }

    @Override
    public void commit()
    {
        try
        {
            connection.commit();
            if (force != null)
            {
                statement.execute(force);
            }
        }
        catch (final SQLException ex)
        {
            throw new BenchException(name + " can not commit: " + ex.getMessage(), ex);
        }
    }

    @Override
    public void requireBooked(final Books books, final long createdCount)
    {
        SqlBooks.require(name, connection, books, createdCount);
    }

    /** Execute a statement and commit it, for a test of the rules and of the check. */
    void execute(final String sql) throws SQLException
    {
        statement.execute(sql);
        connection.commit();
    }

    @Override
    public void close()
    {
        close(connection);
    }

    private static void close(final Connection connection)
    {
        try
        {
            if (connection != null)
            {
                connection.close();
            }
        }
        catch (final SQLException ex)
        {
            throw new BenchException("a database can not be closed: " + ex.getMessage(), ex);
        }
    }
}
