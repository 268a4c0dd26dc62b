package io.seriatim.faults;

import io.seriatim.journal.Durability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Kills an engine under load, again and again, wherever it stands: nothing that a client was told is lost, reordered or
 * changed, what it was not told of is applied once when it is sent again, and what is signed is of one history.
 */
@Command(
    name = "kill",
    description = "kill -9 of a process with an engine under load: while it is made, while it recovers, while it " +
        "works, and while it takes snapshots. What clients were told is kept outside and compared after each launch; " +
        "so is what was signed, of every other books.")
final class KillCommand extends Row
{
    private static final int CYCLES_FAST = 50;
    private static final int CYCLES_LONG = 500;

    /** Then new books are begun, so that first launches come again; every other ones are sealed. */
    private static final int CYCLES_A_BOOK = 25;
    private static final double MILLISECOND_NS = 1e6;

    /** Where the process is when it is killed. */
    private enum Aim
    {
        /** Within the first moments of a launch: the first one makes the books. */
        LAUNCH(30),

        /** While clients check and send. */
        LOAD(300),

        /** The same, with snapshots one after the other and segments that roll over. */
        SNAPSHOT(400);

        private final int delayMaxMs;

        Aim(final int delayMaxMs)
        {
            this.delayMaxMs = delayMaxMs;
        }
    }

    @Option(
        names = "--durability",
        paramLabel = "POLICY",
        description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given. A kill must lose nothing under either.",
        defaultValue = "FSYNC")
    private Durability durability;

    private final List<Long> readyNs = new ArrayList<>();
    private final Map<Aim, Integer> aims = new EnumMap<>(Aim.class);

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-kill");
        final int cycleCount = options().cycleCount(CYCLES_FAST, CYCLES_LONG);
        final Random random = new Random(options().seed());
        int ranCount = 0;
        long acknowledgedCount = 0;
        long checkpointCount = 0;
        long stateRootCount = 0;
        while (ranCount < cycleCount)
        {
            final Path home = Files.createDirectory(directory.resolve("from-" + ranCount));
            final WorkerBooks books = new WorkerBooks(home.resolve("books"), home, durability);
            final WitnessedLog log = ranCount / CYCLES_A_BOOK % 2 == 0 ? books.sealed() : null;
            final int end = Math.min(cycleCount, ranCount + CYCLES_A_BOOK);
            for (; ranCount < end; ranCount++)
            {
                cycle(books, random, ranCount);
                if (log != null)
                {
                    log.look();
                }
            }
            books.checkAll();
            stateRootCount += books.verify();
            if (log != null)
            {
                checkpointCount += log.seenCount();
                log.verify();
            }
            acknowledgedCount += books.acknowledgedCount();
            out.printf(Locale.ROOT, "%d of %d kills, %,d acknowledged%n", ranCount, cycleCount, acknowledgedCount);
            out.flush();
            DeletedDirectory.delete(home);
        }
        Collections.sort(readyNs);
        record.put("cycles", ranCount).put("acknowledged", acknowledgedCount)
            .put("checkpoints", checkpointCount).put("stateRoots", stateRootCount).put("aims", aims.toString())
            .put("launches", readyNs.size()).put("readyMsMedian", percentileMs(50)).put("readyMsP99", percentileMs(99));
        out.printf(
            Locale.ROOT, "%d kills %s under %s: %,d acknowledged, 0 lost, 0 reordered, 0 applied twice; " +
            "%,d signed checkpoints, all of one history; %,d state roots, made again; launch to ready: median %.0f " +
            "ms, p99 %.0f ms%n",
            ranCount, aims, durability, acknowledgedCount, checkpointCount, stateRootCount, percentileMs(50),
            percentileMs(99));
        out.println(record.bound(ranCount));
        DeletedDirectory.delete(directory);
    }

    private void cycle(final WorkerBooks books, final Random random, final int cycle) throws InterruptedException
    {
        final int draw = random.nextInt(10);
        final Aim aim = cycle % CYCLES_A_BOOK == 0 || draw < 3 ? Aim.LAUNCH : draw < 7 ? Aim.LOAD : Aim.SNAPSHOT;
        aims.merge(aim, 1, Integer::sum);
        try (ChildJvm child = books.start(aim == Aim.SNAPSHOT ? KillWorker.SNAPSHOTS : KillWorker.SEND))
        {
            require(child, child.awaitLine(KillWorker.LAUNCHING, WorkerBooks.TIMEOUT_MS), cycle);
            if (aim == Aim.LAUNCH)
            {
                // A launch takes some hundreds of milliseconds: the kill falls anywhere into it.
                Thread.sleep(random.nextInt(random.nextBoolean() ? aim.delayMaxMs : 20 * aim.delayMaxMs));
            }
            else
            {
                final String ready = require(child, child.awaitLine(KillWorker.READY, WorkerBooks.TIMEOUT_MS), cycle);
                readyNs.add(Long.valueOf(ready.substring(KillWorker.READY.length() + 1)));
                for (int i = 0; i < KillWorker.CLIENT_COUNT; i++)
                {
                    require(child, child.awaitLine(KillWorker.CHECKED, WorkerBooks.TIMEOUT_MS), cycle);
                }
                Thread.sleep(random.nextInt(aim.delayMaxMs));
            }
            if (!child.isAlive())
            {
                require(child, null, cycle);
            }
            child.kill();
        }
    }

    private String require(final ChildJvm child, final String line, final int cycle)
    {
        if (line == null)
        {
            throw new FaultException(
                "the process ended by itself in cycle " + cycle + " under --durability " + durability +
                "; it said:\n" + child.output());
        }
        return line;
    }

    private double percentileMs(final int percent)
    {
        return readyNs.isEmpty() ? 0 :
            readyNs.get(Math.min(readyNs.size() - 1, readyNs.size() * percent / 100)) / MILLISECOND_NS;
    }
}
