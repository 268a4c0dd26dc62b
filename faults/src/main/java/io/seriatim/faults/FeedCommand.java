package io.seriatim.faults;

import io.seriatim.journal.Durability;
import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;
import io.seriatim.tools.SeriatimMain;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Kills feeds, and the engine that they read beside, again and again: what they have sent is everything, in order, and
 * in a database everything once.
 */
@Command(
    name = "feed",
    description = "kill -9 of processes that feed a file of JSON lines, by account, and a database, and of the " +
        "engine beside them, which writes no faster than a feed reads but with --long. In the end the file holds " +
        "every entry at least once, in order for each account, and the database every entry exactly once.")
final class FeedCommand extends Row
{
    private static final int CYCLES_FAST = 10;
    private static final int CYCLES_LONG = 200;
    private static final int DELAY_MAX_MS = 900;

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-feed");
        final Path lines = directory.resolve("entries.jsonl");
        final Path database = directory.resolve("books.db");
        final WorkerBooks books = new WorkerBooks(directory.resolve("books"), directory, Durability.FSYNC);
        final List<List<String>> feeds = List.of(
            List.of(
                "feed", "--data", books.directory().toString(), "--to", lines.toString(), "--ordering", "by-account",
                "--offset", directory.resolve("entries.offset").toString()),
            List.of("feed", "--data", books.directory().toString(), "--to", "sqlite:" + database));
        final int cycleCount = options().cycleCount(CYCLES_FAST, CYCLES_LONG);
        final String task = options().isLong() ? KillWorker.SEND : KillWorker.PACED;
        final int[] killed = kill(books, task, feeds, cycleCount, new Random(options().seed()));
        for (final List<String> feed : feeds)
        {
            try (ChildJvm child = start(feed, List.of()))
            {
                final int exitCode = child.awaitExit(10 * WorkerBooks.TIMEOUT_MS);
                if (exitCode != 0)
                {
                    throw new FaultException("a feed has not come to its end: " + feed + "\n" + child.output());
                }
            }
        }
        books.verify();
        final AuditReport report = new AuditReplay(books.directory()).run();
        final long entryCount = report.shards().stream().mapToLong(shard -> shard.nextSequence()).sum();
        final long lineCount = requireAllInOrder(lines, entryCount);
        requireAllOnce(database, entryCount);
        record.put("cycles", cycleCount).put("enginesKilled", killed[0]).put("feedsKilled", killed[1])
            .put("entries", entryCount).put("repeats", lineCount - entryCount);
        out.printf(
            "%d feeds and %d engines killed: %,d entries, 0 missing, 0 out of order; %,d lines came again, no row of " +
            "the database did%n",
            killed[1], killed[0], entryCount, lineCount - entryCount);
        out.println(record.bound(killed[1]));
        DeletedDirectory.delete(directory);
    }

    /** How many engines and feeds were killed. */
    private static int[] kill(
        final WorkerBooks books,
        final String task,
        final List<List<String>> feeds,
        final int cycleCount,
        final Random random)
        throws InterruptedException
    {
        final int[] killed = new int[2];
        int cycle = 0;
        while (cycle < cycleCount)
        {
            try (ChildJvm engine = books.start(task))
            {
                require(engine, engine.awaitLine(KillWorker.READY, WorkerBooks.TIMEOUT_MS));
                final int feedCycles = 1 + random.nextInt(4);
                for (int i = 0; i < feedCycles && cycle < cycleCount; i++, cycle++)
                {
                    final List<ChildJvm> children = new ArrayList<>();
                    try
                    {
                        for (final List<String> feed : feeds)
                        {
                            children.add(start(feed, List.of("--follow")));
                        }
                        Thread.sleep(DELAY_MAX_MS + random.nextInt(DELAY_MAX_MS));
                        for (final ChildJvm child : children)
                        {
                            if (!child.isAlive())
                            {
                                throw new FaultException("a feed ended by itself; it said:\n" + child.output());
                            }
                            child.kill();
                            killed[1]++;
                        }
                    }
                    finally
                    {
                        children.forEach(ChildJvm::close);
                    }
                }
                require(engine, engine.isAlive() ? "" : null);
                engine.kill();
                killed[0]++;
            }
        }
        return killed;
    }

    private static void require(final ChildJvm child, final String line)
    {
        if (line == null)
        {
            throw new FaultException("the engine ended by itself; it said:\n" + child.output());
        }
    }

    private static ChildJvm start(final List<String> feed, final List<String> more)
    {
        final List<String> args = new ArrayList<>(feed);
        args.addAll(more);
        return new ChildJvm(SeriatimMain.class, List.of(), List.of(), args);
    }

    /** What is seen for the first time comes in the order of its accounts; nothing is missing. */
    private static long requireAllInOrder(final Path file, final long entryCount) throws IOException
    {
        final JsonMapper mapper = new JsonMapper();
        final Map<Integer, BitSet> seen = new HashMap<>();
        final Map<String, Long> lastByAccount = new HashMap<>();
        long lineCount = 0;
        try (BufferedReader reader = Files.newBufferedReader(file))
        {
            String line = reader.readLine();
            while (line != null)
            {
                lineCount++;
                final JsonNode entry = mapper.readTree(line);
                final int shard = entry.get("shard").asInt();
                final long sequence = Long.parseLong(entry.get("sequence").asString());
                final BitSet sequences = seen.computeIfAbsent(shard, any -> new BitSet());
                if (!sequences.get((int)sequence))
                {
                    sequences.set((int)sequence);
                    for (final String side : List.of("debit_account", "credit_account"))
                    {
                        final Long before = entry.has(side) ?
                            lastByAccount.put(shard + "/" + entry.get(side).asString(), sequence) : null;
                        if (before != null && before > sequence)
                        {
                            throw new FaultException("an entry comes before an older one: " + before + ", " + line);
                        }
                    }
                }
                line = reader.readLine();
            }
        }
        final long count = seen.values().stream().mapToLong(BitSet::cardinality).sum();
        final boolean isGapless = seen.values().stream().allMatch(set -> set.length() == set.cardinality());
        if (count != entryCount || !isGapless)
        {
            throw new FaultException(
                "the file does not hold every entry: found=" + count + ", expected=" + entryCount + ", file=" + file);
        }
        return lineCount;
    }

    private static void requireAllOnce(final Path file, final long entryCount) throws IOException
    {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            Statement statement = connection.createStatement())
        {
            require(statement, "SELECT count(*) FROM entries", entryCount, file);
            require(statement, "SELECT count(*) FROM sequence_gaps", 0, file);
            require(
                statement, "SELECT count(*) FROM trial_balance WHERE debits_posted <> credits_posted", 0, file);
        }
        catch (final SQLException ex)
        {
            throw new IOException(ex);
        }
    }

    private static void require(final Statement statement, final String query, final long expected, final Path file)
        throws SQLException
    {
        try (ResultSet rows = statement.executeQuery(query))
        {
            rows.next();
            if (rows.getLong(1) != expected)
            {
                throw new FaultException(
                    "the database is not as it should be: " + query + " gives " + rows.getLong(1) + ", expected=" +
                    expected + ", file=" + file);
            }
        }
    }
}
