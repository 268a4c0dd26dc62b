package io.seriatim.faults;

import io.seriatim.replay.Simulation;
import io.seriatim.tools.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The command line of the simulator: lives of an engine drawn from seeds, in which its disk fails and its power is cut.
 */
@Command(
    name = "scripts/simulate",
    description = "Lives of an engine in one thread on virtual time: clients, ring, shard, groups, journal on a " +
        "simulated disk, crashes, launches, snapshots and queries, all drawn from a seed and compared with the " +
        "reference ledger. The same seed lives the same life.",
    footer = "%nExit codes: 0 no difference in any life, 1 a difference: the line says the seed that shows it again, " +
        "70 not every life was led to its end.")
public final class SimulateMain implements Callable<Integer>
{
    /** How a line begins that tells of a life that was not as it has to be. */
    static final String DIFFERENCE = "DIFFERENCE: ";

    /** One life, as {@link Simulation#run} leads it. */
    @FunctionalInterface
    interface Life
    {
        /**
         * Live it.
         *
         * @param seed      that it is drawn from.
         * @param directory for its books.
         * @return what was done, by name.
         * @throws AssertionError if a promise was broken.
         */
        Map<String, Long> live(long seed, Path directory);
    }

    private static final Logger LOGGER = Logger.getLogger("io.seriatim");
    private static final int SEEDS_FAST = 200;
    private static final int SEEDS_LONG = 10_000;
    private static final int REPORTS = 20;
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @Spec
    private CommandSpec spec;

    @Option(names = { "-h", "--help" }, usageHelp = true, description = "Show this and exit.")
    private boolean isHelpAsked;

    @Option(names = "--seed", paramLabel = "SEED", description = "Only this life.")
    private Long seed;

    @Option(names = "--from", paramLabel = "SEED", defaultValue = "1", description = "First seed. Default: 1")
    private long from;

    @Option(names = "--seeds", paramLabel = "N", description = "So many lives. Default: 200, with --long 10,000.")
    private Integer seedCount;

    @Option(names = "--long", description = "Ten thousand lives.")
    private boolean isLong;

    @Option(names = "--threads", paramLabel = "N", description = "Lives at a time. Default: one for each core.")
    private int threadCount = Runtime.getRuntime().availableProcessors();

    @Option(
        names = "--record",
        paramLabel = "FILE",
        description = "Where the line of JSON goes; ${DEFAULT-VALUE} if not given.",
        defaultValue = "crash-test.jsonl")
    private Path recordFile;

    private final Life life;
    private final Map<String, Long> counts = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private int doneCount;

    /** Lives as {@link Simulation} leads them. */
    SimulateMain()
    {
        this((seed, directory) -> new Simulation(seed, directory).run());
    }

    /** Other lives, for tests of what becomes of them. */
    SimulateMain(final Life life)
    {
        this.life = life;
    }

    /**
     * Runs and ends the process.
     *
     * @param args options.
     */
    public static void main(final String[] args)
    {
        final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        // Engines that lose their disk complain, thousands of times.
        LOGGER.setLevel(Level.OFF);
        System.exit(new CommandLine(new SimulateMain()).setOut(out).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException
    {
        final PrintWriter out = spec.commandLine().getOut();
        final long first = seed != null ? seed : from;
        final int count = seed != null ? 1 : seedCount != null ? seedCount : isLong ? SEEDS_LONG : SEEDS_FAST;
        final RunRecord record = new RunRecord("simulate", first);
        final AtomicLong next = new AtomicLong(first);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < threadCount; i++)
        {
            final Thread thread = new Thread(() -> live(next, first + count, count, out), "lives-" + i);
            thread.start();
            threads.add(thread);
        }
        for (final Thread thread : threads)
        {
            thread.join();
        }
        record.put("seeds", first + ".." + (first + count - 1)).put("counts", counts).put("failures", failures.size());
        out.println(counts);
        out.println(failures.size() + " differences");
        out.println(record.bound(doneCount - failures.size()));
        record.put("done", doneCount).write(recordFile);
        if (doneCount != count)
        {
            out.println("NOT DONE: " + (count - doneCount) + " of " + count + " lives were never led to their end");
            return ExitCode.INTERNAL.code();
        }
        return (failures.isEmpty() ? ExitCode.DONE : ExitCode.DIFFERENCE).code();
    }

    private void live(final AtomicLong next, final long end, final int count, final PrintWriter out)
    {
        for (long mine = next.getAndIncrement(); mine < end; mine = next.getAndIncrement())
        {
            try
            {
                note(life.live(mine, directory(mine)), null, count, out);
            }
            catch (final AssertionError ex)
            {
                note(Map.of(), ex.getMessage(), count, out);
            }
            catch (final Throwable ex)
            {
                // Whatever it is, this life was not led to its end, and the others go on.
                note(Map.of(), ex + ", seed=" + mine + "; see it again: scripts/simulate --seed " + mine, count, out);
                ex.printStackTrace(out);
            }
        }
    }

    private synchronized void note(
        final Map<String, Long> lived, final String failure, final int count, final PrintWriter out)
    {
        doneCount++;
        lived.forEach((name, value) -> counts.merge(name, value, Long::sum));
        if (failure != null)
        {
            failures.add(failure);
            out.println(DIFFERENCE + failure);
        }
        if (count >= REPORTS && doneCount % (count / REPORTS) == 0)
        {
            out.printf(
                Locale.ROOT, "%d of %d lives, %,d requests, %,d launches, %d differences%n", doneCount, count,
                counts.getOrDefault("requests", 0L), counts.getOrDefault("launches", 0L), failures.size());
        }
    }

    private static Path directory(final long seed) throws IOException
    {
        final String name = "seriatim-life-" + seed + "-";
        return Files.isWritable(SHARED_MEMORY) ? Files.createTempDirectory(SHARED_MEMORY, name) :
            Files.createTempDirectory(name);
    }
}
