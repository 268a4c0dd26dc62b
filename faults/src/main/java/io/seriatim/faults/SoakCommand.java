package io.seriatim.faults;

import io.seriatim.journal.Durability;
import io.seriatim.journal.Replication;
import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;
import io.seriatim.tools.SeriatimMain;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.ToLongFunction;

/**
 * Lets one engine live long while something happens to it again and again that it has to bear: it holds no more memory,
 * files or threads than before, and all that looks at it from outside has nothing to say.
 */
@Command(
    name = "soak",
    description = "One engine with state roots, checkpoints, read model, snapshots and a follower for a minute (an " +
        "hour with --long); every 5 s (30 s) it is paused, flooded, left without cores, asked for a snapshot, left " +
        "by its clients, or its follower is killed. The least memory besides its tables, files and threads must stay " +
        "as they are after the first quarter; that is judged from 60 of these on. What the C library keeps for later " +
        "is given back before memory is looked at, and told apart.")
final class SoakCommand extends Row
{
    private static final int CYCLES_FAST = 12;
    private static final int CYCLES_LONG = 120;
    private static final int JUDGED_MIN = 60;
    private static final long INTERVAL_FAST_MS = 5_000;
    private static final long INTERVAL_LONG_MS = 30_000;
    private static final int PAUSE_FAST_MAX_MS = 3_000;
    private static final int PAUSE_LONG_MAX_MS = 12_000;
    private static final double DRIFT_MAX = 0.02;

    private static final long DESCRIPTORS_SPARE = 2;
    private static final long THREADS_SPARE = 1;
    private static final long MAPPED_SPARE = 2;
    private static final double MIB = 1024 * 1024;

    /** What the engine has to bear. */
    private enum Fault
    {
        PAUSED,
        FLOODED,
        WITHOUT_CORES,
        SNAPSHOT,
        CLIENTS_LEFT,
        FOLLOWER_KILLED
    }

    /** How the process stands, besides its tables. */
    private record Sample(long besidesTables, long keptForLater, long tables, ProcessStatus status)
    {
    }

    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final List<Sample> samples = new ArrayList<>();

    @Override
    String missing()
    {
        return NativeHeap.canTrim() ? null : "this JVM can not give back what its C library keeps: 17.0.9 or newer can";
    }

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-soak");
        final WorkerBooks books = new WorkerBooks(directory.resolve("books"), directory, Durability.FSYNC);
        final WitnessedLog log = books.sealed();
        final int cycleCount = options().cycleCount(CYCLES_FAST, CYCLES_LONG);
        final Path copy = directory.resolve("copy");
        try (ChildJvm engine = soak(books, log, copy, cycleCount, out))
        {
            engine.say(SoakWorker.END);
            final int exitCode = engine.awaitExit(WorkerBooks.TIMEOUT_MS);
            if (exitCode != 0)
            {
                throw new FaultException("the engine did not close, exit code " + exitCode + ":\n" + engine.output());
            }
        }
        final long copiedCount = transferCount(copy);
        final long stateRootCount = books.verify();
        final long bookedCount = transferCount(books.directory());
        books.checkAll();
        final int checkpointCount = log.seenCount();
        log.verify();
        report(out, record, books.acknowledgedCount());
        record.put("cycles", cycleCount).put("faults", faults.toString()).put("copied", copiedCount)
            .put("stateRoots", stateRootCount).put("checkpoints", checkpointCount);
        out.printf(
            Locale.ROOT, "%,d checkpoints, all of one history; %,d state roots, made again; the follower's copy " +
            "verifies with %,d transfers%n", checkpointCount, stateRootCount, copiedCount);
        if (copiedCount != bookedCount || checkpointCount == 0 || stateRootCount == 0)
        {
            throw new FaultException(
                "the copy is not the books, or nothing was proven: copied=" + copiedCount + ", booked=" + bookedCount +
                ", checkpoints=" + checkpointCount + ", state roots=" + stateRootCount);
        }
        out.println(record.bound(cycleCount));
        DeletedDirectory.delete(directory);
    }

    /** The engine, still at work, after all that has happened to it. */
    private ChildJvm soak(
        final WorkerBooks books, final WitnessedLog log, final Path copy, final int cycleCount, final PrintWriter out)
        throws IOException, InterruptedException
    {
        final Random random = new Random(options().seed());
        final long intervalMs = options().isLong() ? INTERVAL_LONG_MS : INTERVAL_FAST_MS;
        final Replication followers = new Replication("127.0.0.1", freePort(), "secret of a soak's followers");
        final Path secretFile = Files.writeString(copy.resolveSibling("secret"), followers.secret());
        final ChildJvm engine = books.startSoak(followers);
        ChildJvm follower = null;
        try
        {
            ask(engine, KillWorker.READY);
            follower = follow(followers, secretFile, copy);
            for (int cycle = 0; cycle < cycleCount; cycle++)
            {
                final long startNs = System.nanoTime();
                final Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                faults.merge(fault, 1, Integer::sum);
                requireAlive(follower);
                if (fault == Fault.FOLLOWER_KILLED)
                {
                    follower.kill();
                    follower = follow(followers, secretFile, copy);
                }
                else
                {
                    let(fault, engine, random);
                }
                books.awaitProgress(engine);
                log.look();
                Thread.sleep(Math.max(0, intervalMs - (System.nanoTime() - startNs) / 1_000_000));
                sample(engine, fault, cycle, cycleCount, out);
            }
            requireAlive(follower);
            follower.kill();
            ask(engine, SoakWorker.QUIET);
            follower = follow(followers, secretFile, copy, "--once");
            if (follower.awaitExit(WorkerBooks.TIMEOUT_MS) != 0)
            {
                throw new FaultException("the follower has not come to the end:\n" + follower.output());
            }
            return engine;
        }
        catch (final IOException | InterruptedException | RuntimeException ex)
        {
            engine.close();
            throw ex;
        }
        finally
        {
            if (follower != null)
            {
                follower.close();
            }
        }
    }

    private void let(final Fault fault, final ChildJvm engine, final Random random)
        throws IOException, InterruptedException
    {
        final int pauseMs = 1 + random.nextInt(options().isLong() ? PAUSE_LONG_MAX_MS : PAUSE_FAST_MAX_MS);
        switch (fault)
        {
            case PAUSED:
                LoopDisk.run("kill", "-STOP", Long.toString(engine.pid()));
                Thread.sleep(pauseMs);
                LoopDisk.run("kill", "-CONT", Long.toString(engine.pid()));
                break;
            case WITHOUT_CORES:
                takeCores(pauseMs);
                break;
            case FLOODED:
                ask(engine, SoakWorker.FLOOD);
                break;
            case SNAPSHOT:
                ask(engine, SoakWorker.SNAPSHOT);
                break;
            default:
                ask(engine, SoakWorker.LEAVE);
                break;
        }
    }

    /** Two threads a core that do nothing but run. */
    private static void takeCores(final long durationMs) throws InterruptedException
    {
        final long endNs = System.nanoTime() + durationMs * 1_000_000;
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++)
        {
            threads.add(new Thread(() ->
            {
                while (System.nanoTime() - endNs < 0)
                {
                    Thread.onSpinWait();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (final Thread thread : threads)
        {
            thread.join();
        }
    }

    private void sample(
        final ChildJvm engine, final Fault fault, final int cycle, final int cycleCount, final PrintWriter out)
        throws IOException, InterruptedException
    {
        final long untrimmed = status(engine).anonymousBytes();
        final long tables = ask(engine, SoakWorker.TABLES);
        final ProcessStatus status = status(engine);
        final Sample sample = new Sample(
            status.anonymousBytes() - tables, Math.max(0, untrimmed - status.anonymousBytes()), tables, status);
        samples.add(sample);
        out.printf(
            Locale.ROOT, "%d of %d: %-15s tables %.1f MiB, besides them %.1f MiB and %.1f MiB that were kept for " +
            "later, %d files, %d threads, %d mapped%n",
            cycle + 1, cycleCount, fault.name().toLowerCase(Locale.ROOT).replace('_', ' '), tables / MIB,
            sample.besidesTables() / MIB, sample.keptForLater() / MIB, status.fileDescriptors(), status.threads(),
            status.mappedFiles());
        out.flush();
    }

    private static ProcessStatus status(final ChildJvm engine) throws IOException
    {
        try
        {
            return ProcessStatus.of(engine.pid());
        }
        catch (final NoSuchFileException ex)
        {
            throw endedByItself(engine);
        }
    }

    private static FaultException endedByItself(final ChildJvm engine)
    {
        return new FaultException("the engine ended by itself; it said:\n" + engine.output());
    }

    private static long ask(final ChildJvm engine, final String command) throws InterruptedException
    {
        if (!command.equals(KillWorker.READY))
        {
            engine.say(command);
        }
        final String answer = engine.awaitLine(command, WorkerBooks.TIMEOUT_MS);
        if (answer == null)
        {
            throw endedByItself(engine);
        }
        return answer.equals(command) ? 0 : Long.parseLong(answer.substring(command.length() + 1));
    }

    private static void requireAlive(final ChildJvm follower)
    {
        if (!follower.isAlive())
        {
            throw new FaultException("the follower has stopped by itself:\n" + follower.output());
        }
    }

    private static ChildJvm follow(
        final Replication followers, final Path secretFile, final Path copy, final String... more)
    {
        final List<String> arguments = new ArrayList<>(List.of(
            "follow", "--from", followers.toString(), "--secret-file", secretFile.toString(), "--data",
            copy.toString()));
        arguments.addAll(List.of(more));
        return new ChildJvm(SeriatimMain.class, List.of(), List.of(), arguments);
    }

    private static int freePort() throws IOException
    {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress()))
        {
            return socket.getLocalPort();
        }
    }

    /** Of books that verify. */
    private static long transferCount(final Path books) throws IOException
    {
        final AuditReport report = new AuditReplay(books).run();
        if (!report.isClean())
        {
            throw new FaultException("these books are not clean: directory=" + books + ", " + report);
        }
        return report.shards().stream().mapToLong(shard -> shard.transferCount()).sum();
    }

    /**
     * The same after the first quarter and at the end. Of memory the least in each quarter counts, after the C library
     * has given back what it keeps: what a flood needed is free again behind it, but what leaks raises the least as
     * well.
     */
    private void report(final PrintWriter out, final RunRecord record, final long acknowledgedCount)
    {
        final double before = quarter(1, Sample::besidesTables)[0];
        final double after = quarter(3, Sample::besidesTables)[0];
        final double drift = after / before - 1;
        final long descriptors = growth(sample -> sample.status().fileDescriptors());
        final long threads = growth(sample -> sample.status().threads());
        final long mapped = growth(sample -> sample.status().mappedFiles());
        final boolean isJudged = samples.size() >= JUDGED_MIN;
        record.put("acknowledged", acknowledgedCount).put("besidesTablesMiB", before / MIB).put("drift", drift)
            .put("driftJudged", isJudged).put("descriptorsGrowth", descriptors).put("threadsGrowth", threads)
            .put("mappedGrowth", mapped)
            .put("keptForLaterMiBMax", samples.stream().mapToLong(Sample::keptForLater).max().orElse(0) / MIB)
            .put("tablesMiB", samples.get(samples.size() - 1).tables() / MIB);
        out.printf(
            Locale.ROOT, "%d faults %s: %,d acknowledged, 0 lost; memory besides the tables at least %.1f MiB in " +
            "the second quarter, %.1f MiB in the last: %+.2f %%%s; open files %+d, threads %+d, mapped files %+d%n",
            samples.size(), faults, acknowledgedCount, before / MIB, after / MIB, 100 * drift,
            isJudged ? "" : " (too short to be judged)", descriptors, threads, mapped);
        if (isJudged && (drift >= DRIFT_MAX || descriptors > DESCRIPTORS_SPARE || threads > THREADS_SPARE ||
            mapped > MAPPED_SPARE))
        {
            throw new FaultException("the engine holds more and more: " + samples);
        }
    }

    /** From the least of the second quarter to that of the last. */
    private long growth(final ToLongFunction<Sample> figure)
    {
        return quarter(3, figure)[0] - quarter(1, figure)[0];
    }

    /** A figure in a quarter of the samples, from the least to the most. */
    private long[] quarter(final int number, final ToLongFunction<Sample> figure)
    {
        final int count = samples.size();
        final int from = number * count / 4;
        return samples.subList(from, Math.max(from + 1, (number + 1) * count / 4)).stream().mapToLong(figure).sorted()
            .toArray();
    }
}
