package io.seriatim.bench;

import io.seriatim.ledger.TransferOutcome;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * PostgreSQL with a connection and a thread for each caller. A transfer is one call of a prepared function, a
 * transaction of its own; a batch is one call of a function over sets.
 * <p>
 * Threads: confined to the one that measures, which waits for those of the callers.
 */
final class PostgresPeer implements Peer
{
    static final String NAME = "postgresql";

    private static final String FUNCTIONS = "peers-postgresql.sql";

    /** Half of each page stays free, so that a new version of a row finds room beside the old. */
    private static final String ROOM = "with (fillfactor = 50)";

    private static final int CREATED = TransferOutcome.CREATED.code();

    private final PostgresServer server;
    private final PeerPoint point;
    private final Books books;
    private final List<Caller> callers = new ArrayList<>();
    private final ExecutorService executor;
    private final Map<Integer, Long> refusals = new TreeMap<>();
    private long lastId;
    private long createdCount;

    /**
     * Empty tables, and the connections of the callers.
     *
     * @param server       that runs.
     * @param point        callers and batches.
     * @param accountCount how many.
     */
    PostgresPeer(final PostgresServer server, final PeerPoint point, final int accountCount)
    {
        this.server = server;
        this.point = point;
        books = new Books(accountCount, 1);
        executor = Executors.newFixedThreadPool(point.callers());
        try
        {
            create(accountCount);
            for (int i = 0; i < point.callers(); i++)
            {
                callers.add(new Caller());
            }
        }
        catch (final SQLException ex)
        {
            close();
            throw new BenchException("PostgreSQL refuses: " + ex.getMessage(), ex);
        }
    }

    private void create(final int accountCount) throws SQLException
    {
        try (Connection connection = server.connect(); Statement statement = connection.createStatement())
        {
            statement.execute("drop schema public cascade");
            statement.execute("create schema public");
            SqlBooks.create(connection, "bigint", ROOM, accountCount);
            statement.execute(functions());
            connection.commit();
            connection.setAutoCommit(true);
            statement.execute("vacuum analyze accounts");
        }
    }

    private static String functions()
    {
        try (InputStream in = PostgresPeer.class.getResourceAsStream(FUNCTIONS))
        {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** One connection, with one request in flight. */
    private final class Caller
    {
        private final Connection connection;
        private final PreparedStatement call;
        private final Long[] ids = new Long[point.batchCount()];
        private final Long[] debits = new Long[point.batchCount()];
        private final Long[] credits = new Long[point.batchCount()];
        private final Long[] amounts = new Long[point.batchCount()];

        Caller() throws SQLException
        {
            connection = server.connect();
            call = connection.prepareStatement(
                "select " + (point.isBatched() ? "transfer_all" : "transfer") + "(?, ?, ?, ?, " + PeerStore.LEDGER +
                ", " + PeerStore.CODE + ", 0)");
        }

        /** Requests until the time is over; how many there were. */
        long run(final long endNs, final Recording recording) throws SQLException
        {
            long count = 0;
            long startNs = System.nanoTime();
            while (startNs - endNs < 0)
            {
                draw();
                set();
                startNs = System.nanoTime();
                try (ResultSet answer = call.executeQuery())
                {
                    answer.next();
                    take(answer, startNs, recording);
                }
                count++;
                startNs = System.nanoTime();
            }
            return count;
        }

        private void draw()
        {
            synchronized (books)
            {
                for (int i = 0; i < ids.length; i++)
                {
                    books.next(PeerStore.AMOUNT);
                    ids[i] = ++lastId;
                    debits[i] = books.debitAccount() + 1L;
                    credits[i] = books.creditAccount() + 1L;
                    amounts[i] = PeerStore.AMOUNT;
                }
            }
        }

        private void set() throws SQLException
        {
            if (point.isBatched())
            {
                setArrays();
                return;
            }
            call.setLong(1, ids[0]);
            call.setLong(2, debits[0]);
            call.setLong(3, credits[0]);
            call.setLong(4, amounts[0]);
        }

        private void setArrays() throws SQLException
        {
            int index = 0;
            for (final Long[] values : List.of(ids, debits, credits, amounts))
            {
                final Array array = connection.createArrayOf("bigint", values);
                call.setArray(++index, array);
                array.free();
            }
        }

        private void take(final ResultSet answer, final long fromNs, final Recording recording) throws SQLException
        {
            final long nowNs = System.nanoTime();
            final Integer[] outcomes = point.isBatched() ?
                (Integer[])answer.getArray(1).getArray() : new Integer[] {answer.getInt(1)};
            synchronized (books)
            {
                recording.record(nowNs, nowNs - fromNs);
                for (final int outcome : outcomes)
                {
                    createdCount += outcome == CREATED ? 1 : 0;
                    if (outcome != CREATED)
                    {
                        refusals.merge(outcome, 1L, Long::sum);
                    }
                }
            }
        }
    }

    @Override
    public String name()
    {
        return NAME;
    }

    @Override
    public Slice run(final long durationNs, final Recording recording)
    {
        final long startMs = System.currentTimeMillis();
        final long startNs = System.nanoTime();
        recording.begin(startMs, startNs);
        final List<Future<Long>> running = new ArrayList<>();
        callers.forEach(caller -> running.add(executor.submit(() -> caller.run(startNs + durationNs, recording))));
        long sentCount = 0;
        for (final Future<Long> each : running)
        {
            sentCount += await(each);
        }
        final long endNs = System.nanoTime();
        recording.end(endNs);
        return new Slice(
            NAME, point.batchCount(), sentCount, sentCount, recording.count(), 0, 0, startMs, endNs - startNs,
            recording);
    }

    private static long await(final Future<Long> each)
    {
        try
        {
            return each.get();
        }
        catch (final ExecutionException ex)
        {
            throw new BenchException("PostgreSQL refuses: " + ex.getCause().getMessage(), ex);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while PostgreSQL was measured", ex);
        }
    }

    @Override
    public ProcessUse use()
    {
        return server.use();
    }

    @Override
    public boolean isInThisProcess()
    {
        return false;
    }

    @Override
    public Books books()
    {
        return books;
    }

    @Override
    public void requireBooked()
    {
        if (!refusals.isEmpty() || createdCount != books.transferCount())
        {
            throw new BenchException(
                NAME + ": not every transfer was created: sent=" + books.transferCount() + ", created=" +
                createdCount + ", other outcomes by code: " + refusals);
        }
        try (Connection connection = server.connect())
        {
            SqlBooks.require(NAME, connection, books, createdCount);
        }
        catch (final SQLException ex)
        {
            throw new BenchException("PostgreSQL does not answer: " + ex.getMessage(), ex);
        }
    }

    @Override
    public void close()
    {
        executor.shutdownNow();
        try
        {
            for (final Caller caller : callers)
            {
                caller.connection.close();
            }
        }
        catch (final SQLException ex)
        {
            throw new BenchException("a connection can not be closed: " + ex.getMessage(), ex);
        }
    }
}
