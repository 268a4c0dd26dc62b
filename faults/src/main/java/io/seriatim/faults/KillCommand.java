package io.seriatim.faults;

import io.seriatim.journal.Durability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.StreamSupport;

/**
 * Kills an engine under load, again and again, wherever it stands: nothing that a client was told is lost, reordered or
 * changed, what it was not told of is applied once when it is sent again, and what is signed is of one history.
 */
@Command(
    name = "kill",
    description = "kill -9 of a process with an engine under load: while it is made, while it recovers, while it " +
        "works, when a file of its journal is full and the next one begins, and while it takes snapshots. What " +
        "clients were told is kept outside and compared after each launch; so is what was signed, of every other " +
        "books. With --long there have to be 100,000 acknowledged, and a tenth of the kills within recoveries.")
final class KillCommand extends Row
{
    private static final int CYCLES_FAST = 50;
    private static final int CYCLES_LONG = 500;

    private static final long ACKNOWLEDGED_MIN = 100_000;
    private static final int RECOVERY_DIVISOR = 10;
    private static final long READY_AIM_MS = 2_000;

    /** A kill is around a roll-over if so little is in the file that is written, or so little room. */
    private static final int ROLL_OVER_NEAR = 16 * 1024;
    private static final int ROLL_OVER_DELAY_MAX_MS = 3;
    private static final long ROLL_OVER_TIMEOUT_MS = 30_000;

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

        /** The same, at the moment when the next file of the journal is there. */
        ROLL_OVER(0),

        /** The same, with snapshots one after the other and segments that roll over. */
        SNAPSHOT(400);

        private final int delayMaxMs;

        Aim(final int delayMaxMs)
        {
            this.delayMaxMs = delayMaxMs;
        }
    }

    /** Where the process was found to be when it had been killed. */
    private enum Place
    {
        /** There were no books before, and it had not said that it is ready. */
        FIRST_LAUNCH("first launches"),

        /** There were books, and it had not said that it is ready. */
        RECOVERY("recoveries"),

        /** It was ready, and a file of the journal had just begun, or was all but full. */
        ROLL_OVER("around roll-overs"),

        /** It was ready, and anywhere else. */
        WORK("at work");

        private final String text;

        Place(final String text)
        {
            this.text = text;
        }

        @Override
        public String toString()
        {
            return text;
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
    private final Map<Place, Integer> places = new EnumMap<>(Place.class);

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
            final long ownRootCount = books.verify();
            stateRootCount += ownRootCount;
            if (log != null)
            {
                log.verify();
                checkpointCount += log.seenCount();
                if (options().isLong() && (log.seenCount() == 0 || ownRootCount == 0))
                {
                    throw new FaultException(
                        "books that seal have shown nothing: signed checkpoints=" + log.seenCount() +
                        ", state roots=" + ownRootCount);
                }
            }
            acknowledgedCount += books.acknowledgedCount();
            out.printf(Locale.ROOT, "%d of %d kills, %,d acknowledged%n", ranCount, cycleCount, acknowledgedCount);
            out.flush();
            DeletedDirectory.delete(home);
        }
        Collections.sort(readyNs);
        record.put("cycles", ranCount).put("acknowledged", acknowledgedCount)
            .put("checkpoints", checkpointCount).put("stateRoots", stateRootCount).put("aims", aims.toString())
            .put("places", places.toString()).put("launches", readyNs.size())
            .put("readyMsMedian", percentileMs(50)).put("readyMsP99", percentileMs(99));
        out.printf(
            Locale.ROOT, "%d kills %s under %s: %,d acknowledged, 0 lost, 0 reordered, 0 applied twice; " +
            "%,d signed checkpoints, all of one history; %,d state roots, made again; launch to ready: median %.0f " +
            "ms, p99 %.0f ms (aim: under %,d ms)%n",
            ranCount, places, durability, acknowledgedCount, checkpointCount, stateRootCount, percentileMs(50),
            percentileMs(99), READY_AIM_MS);
        requireEnough(ranCount, acknowledgedCount);
        out.println(record.bound(ranCount));
        DeletedDirectory.delete(directory);
    }

    /** Few acknowledged ones, or few kills where it is hard, would show little. */
    private void requireEnough(final int ranCount, final long acknowledgedCount)
    {
        final int recoveryCount = places.getOrDefault(Place.RECOVERY, 0);
        if (options().isLong() &&
            (acknowledgedCount < ACKNOWLEDGED_MIN || recoveryCount < ranCount / RECOVERY_DIVISOR))
        {
            throw new FaultException(
                "too little was shown: acknowledged=" + acknowledgedCount + ", at least " + ACKNOWLEDGED_MIN +
                "; kills within recoveries=" + recoveryCount + ", at least " + ranCount / RECOVERY_DIVISOR);
        }
    }

    private void cycle(final WorkerBooks books, final Random random, final int cycle)
        throws IOException, InterruptedException
    {
        final int draw = random.nextInt(10);
        final Aim aim = cycle % CYCLES_A_BOOK == 0 || draw < 3 ? Aim.LAUNCH : draw < 6 ? Aim.LOAD :
            draw < 8 ? Aim.ROLL_OVER : Aim.SNAPSHOT;
        final boolean isFirst = !Files.exists(books.directory());
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
                if (aim == Aim.ROLL_OVER)
                {
                    awaitNextFile(books, child, cycle);
                    Thread.sleep(random.nextInt(ROLL_OVER_DELAY_MAX_MS));
                }
                else
                {
                    Thread.sleep(random.nextInt(aim.delayMaxMs));
                }
            }
            if (!child.isAlive())
            {
                require(child, null, cycle);
            }
            child.kill();
            // What it found wrong just before must not go with it.
            require(child, child.hasSaid(FaultException.class.getName()) ? null : KillWorker.LAUNCHING, cycle);
            final boolean isReady = !child.linesOf(KillWorker.READY).isEmpty();
            places.merge(
                !isReady ? isFirst ? Place.FIRST_LAUNCH : Place.RECOVERY :
                isAroundRollOver(books) ? Place.ROLL_OVER : Place.WORK, 1, Integer::sum);
        }
    }

    private void awaitNextFile(final WorkerBooks books, final ChildJvm child, final int cycle)
        throws IOException, InterruptedException
    {
        final Path last = lastFile(books);
        final long deadlineNs = System.nanoTime() + ROLL_OVER_TIMEOUT_MS * 1_000_000;
        while (child.isAlive() && lastFile(books).equals(last))
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new FaultException("the journal does not go on in cycle " + cycle + ":\n" + child.output());
            }
            Thread.sleep(1);
        }
    }

    /** The file of the recording that was begun last. */
    private static Path lastFile(final WorkerBooks books) throws IOException
    {
        try (DirectoryStream<Path> files =
            Files.newDirectoryStream(books.directory().resolve("journal-0/archive"), "*.rec"))
        {
            return StreamSupport.stream(files.spliterator(), false)
                .max(Comparator.comparingLong(KillCommand::position)).orElseThrow();
        }
    }

    /** Where a file of the recording begins, which its name says: {@code 0-524288.rec}. */
    private static long position(final Path file)
    {
        final String name = file.getFileName().toString();
        return Long.parseLong(name.substring(name.indexOf('-') + 1, name.lastIndexOf('.')));
    }

    /** Told by the files that the process has left: what is not written yet is zeros. */
    private static boolean isAroundRollOver(final WorkerBooks books) throws IOException
    {
        final Path file = lastFile(books);
        final byte[] bytes = Files.readAllBytes(file);
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0)
        {
            length--;
        }
        return position(file) > 0 && length < ROLL_OVER_NEAR || bytes.length - length < ROLL_OVER_NEAR;
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
