package io.seriatim.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The two tables that every SQL database gets, and what must hold in them at the end.
 */
final class SqlBooks
{
    /** Flag of an account whose debits may not exceed its credits. */
    static final int LIMITED = 1;

    private static final int ROWS_PER_INSERT = 1_000;

    private SqlBooks()
    {
    }

    /**
     * Make the tables and the accounts, numbered from 1.
     *
     * @param connection   to an empty database.
     * @param idType       of a 64-bit key.
     * @param with         what the table of accounts is told behind its columns.
     * @param accountCount how many.
     * @throws SQLException if the database refuses.
     */
    static void create(
        final Connection connection, final String idType, final String with, final int accountCount) throws SQLException
    {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement())
        {
            statement.execute(
                "create table accounts (id " + idType + " primary key, ledger integer not null, " +
                "code integer not null, flags integer not null, debits_posted bigint not null, " +
                "credits_posted bigint not null) " + with);
            statement.execute(
                "create table transfers (id " + idType + " primary key, debit_account_id bigint not null, " +
                "credit_account_id bigint not null, amount bigint not null, ledger integer not null, " +
                "code integer not null, user_data bigint not null, timestamp_ns bigint not null)");
        }
        try (PreparedStatement insert = connection.prepareStatement(
            "insert into accounts values (?, " + PeerStore.LEDGER + ", " + PeerStore.CODE + ", 0, 0, 0)"))
        {
            for (int id = 1; id <= accountCount; id++)
            {
                insert.setLong(1, id);
                insert.addBatch();
                if (id % ROWS_PER_INSERT == 0 || id == accountCount)
                {
                    insert.executeBatch();
                }
            }
        }
        connection.commit();
    }

    /**
     * Rows, sums and each balance.
     *
     * @param name         of the database.
     * @param connection   to it; nobody writes.
     * @param books        what is expected.
     * @param createdCount transfers that were answered as created.
     * @throws BenchException if something differs.
     */
    static void require(final String name, final Connection connection, final Books books, final long createdCount)
    {
        try (Statement statement = connection.createStatement())
        {
            long debits = 0;
            long credits = 0;
            try (ResultSet rows = statement.executeQuery(
                "select id, debits_posted, credits_posted from accounts order by id"))
            {
                int count = 0;
                for (; rows.next(); count++)
                {
                    debits += rows.getLong(2);
                    credits += rows.getLong(3);
                    requireBalance(name, rows, books);
                }
                requireEqual(name, "accounts", count, books.accountCount());
            }
            try (ResultSet sums = statement.executeQuery("select count(*), coalesce(sum(amount), 0) from transfers"))
            {
                sums.next();
                requireEqual(name, "rows of transfers", sums.getLong(1), createdCount);
                requireEqual(name, "sum of amounts", sums.getLong(2), books.total());
            }
            requireEqual(name, "sum of debits", debits, books.total());
            requireEqual(name, "sum of credits", credits, books.total());
        }
        catch (final SQLException ex)
        {
            throw new BenchException(name + " can not be checked: " + ex.getMessage(), ex);
        }
    }

    private static void requireBalance(final String name, final ResultSet row, final Books books) throws SQLException
    {
        final long id = row.getLong(1);
        if (id < 1 || id > books.accountCount())
        {
            throw new BenchException(name + ": an account is strange: account=" + id);
        }
        final int index = (int)id - 1;
        if (row.getLong(2) != books.debits(index) || row.getLong(3) != books.credits(index))
        {
            throw new BenchException(
                name + ": a balance is wrong: account=" + id + ", debits=" + row.getLong(2) + ", expected=" +
                books.debits(index) + ", credits=" + row.getLong(3) + ", expected=" + books.credits(index));
        }
    }

    /** Two figures that must agree. */
    static void requireEqual(final String name, final String what, final long actual, final long expected)
    {
        if (actual != expected)
        {
            throw new BenchException(name + ": " + what + ": found=" + actual + ", expected=" + expected);
        }
    }
}
