package io.seriatim.faults;

import io.seriatim.journal.Durability;
import io.seriatim.tools.ExitCode;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Cuts the power of the disk under an engine at work: with forced durability nothing acknowledged is lost. The same
 * without forcing must lose, or the cut cuts nothing.
 */
@Command(
    name = "power-cut",
    description = "Cuts the power of an ext4 disk under an engine at work and launches again on what is left, as " +
        "after a boot; of every third disk the power is cut once more, within that launch. Control: under OS " +
        "durability acknowledged transfers must be lost. Needs root; skipped without.")
final class PowerCutCommand extends Row
{
    private static final int CYCLES_FAST = 10;
    private static final int CYCLES_LONG = 200;
    private static final int CONTROL_DIVISOR = 5;
    private static final int CONTROL_MIN = 5;
    private static final double CONTROL_LOSES = 0.9;
    private static final int DISK_MIB = 192;
    private static final int DELAY_MAX_MS = 500;
    private static final int TWICE_EVERY = 3;
    private static final int REPORT_EVERY = 10;

    /** What a worker's client says if it misses something. */
    private static final String NOT_KEPT = "what was acknowledged is not there";

    /** What a launch after a cut has found. */
    private enum Found
    {
        /** All that was acknowledged, in a journal that verifies. */
        ALL,

        /** Less than was acknowledged. */
        LOST,

        /** Nothing, as it was refused: what is there is not known. */
        REFUSED
    }

    /** How long the first launch and the first cut took. */
    private record Taken(long launchMs, long cutMs)
    {
    }

    private final EnumMap<Found, Integer> control = new EnumMap<>(Found.class);
    private long acknowledgedCount;
    private int secondCutCount;
    private int withinLaunchCount;
    private String said;

    @Override
    String missing() throws IOException
    {
        return LoopDisk.missing();
    }

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final int cycleCount = options().cycleCount(CYCLES_FAST, CYCLES_LONG);
        final Random random = new Random(options().seed());
        int ranCount = 0;
        while (ranCount < cycleCount)
        {
            final Found found = cycle(Durability.FSYNC, random, ranCount % TWICE_EVERY == TWICE_EVERY - 1);
            if (found != Found.ALL)
            {
                throw new FaultException(
                    "after cut " + ranCount + " of FSYNC what was acknowledged is " +
                    (found == Found.LOST ? "lost: " : "refused: ") + said);
            }
            ranCount++;
            if (ranCount % REPORT_EVERY == 0)
            {
                out.printf(Locale.ROOT, "%d of %d cuts, %,d acknowledged%n", ranCount, cycleCount, acknowledgedCount);
                out.flush();
            }
        }
        final long forcedCount = acknowledgedCount;
        final int controlCount = Math.max(CONTROL_MIN, cycleCount / CONTROL_DIVISOR);
        for (int cycle = 0; cycle < controlCount; cycle++)
        {
            control.merge(cycle(Durability.OS, random, false), 1, Integer::sum);
        }
        final int lostCount = control.getOrDefault(Found.LOST, 0);
        final int refusedCount = control.getOrDefault(Found.REFUSED, 0);
        record.put("cycles", ranCount).put("acknowledged", forcedCount).put("secondCuts", secondCutCount)
            .put("withinLaunch", withinLaunchCount).put("controlCycles", controlCount)
            .put("controlLost", lostCount).put("controlRefused", refusedCount);
        out.printf(
            Locale.ROOT, "power of %d disks cut under FSYNC, of %d of them once more, %d times before the launch on " +
            "it was ready: %,d acknowledged, 0 lost; control under OS: %d of %d lost acknowledged transfers, %d were " +
            "refused%n",
            ranCount, secondCutCount, withinLaunchCount, forcedCount, lostCount, controlCount, refusedCount);
        out.println(record.bound(ranCount));
        if (lostCount < CONTROL_LOSES * (controlCount - refusedCount) || lostCount == 0)
        {
            throw new FaultException("the control lost too little: the cut does not cut, so nothing was shown");
        }
    }

    private Found cycle(final Durability durability, final Random random, final boolean isCutTwice)
        throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-power");
        final Found found;
        try (LoopDisk disk = new LoopDisk(directory, DISK_MIB))
        {
            final WorkerBooks books = new WorkerBooks(disk.directory().resolve("books"), directory, durability);
            final Taken taken = cutAtWork(disk, books, random);
            if (isCutTwice)
            {
                // A cut comes only when its program has started, which takes about as long as the last time.
                final long delayMs = random.nextInt((int)taken.launchMs + 1) - taken.cutMs;
                cutWithinLaunch(disk, books, Math.max(0, delayMs), otherBoot(directory));
            }
            found = find(books, otherBoot(directory));
            acknowledgedCount += books.acknowledgedCount();
        }
        DeletedDirectory.delete(directory);
        return found;
    }

    /** Some time after it is ready. */
    private static Taken cutAtWork(final LoopDisk disk, final WorkerBooks books, final Random random)
        throws IOException, InterruptedException
    {
        final Taken taken;
        try (ChildJvm child = books.start(random.nextBoolean() ? KillWorker.SEND : KillWorker.SNAPSHOTS))
        {
            final String ready = child.awaitLine(KillWorker.READY, WorkerBooks.TIMEOUT_MS);
            if (ready == null)
            {
                throw new FaultException("the process ended by itself:\n" + child.output());
            }
            Thread.sleep(random.nextInt(DELAY_MAX_MS));
            final long startNs = System.nanoTime();
            cut(disk, books, child);
            final long launchNs = Long.parseLong(ready.substring(KillWorker.READY.length() + 1));
            taken = new Taken(
                TimeUnit.NANOSECONDS.toMillis(launchNs), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
        }
        boot(disk);
        return taken;
    }

    private void cutWithinLaunch(
        final LoopDisk disk, final WorkerBooks books, final long delayMs, final String[] otherBoot)
        throws IOException, InterruptedException
    {
        try (ChildJvm child = books.start(KillWorker.SEND, otherBoot))
        {
            if (child.awaitLine(KillWorker.LAUNCHING, WorkerBooks.TIMEOUT_MS) == null)
            {
                throw new FaultException("the process ended by itself:\n" + child.output());
            }
            Thread.sleep(delayMs);
            cut(disk, books, child);
            secondCutCount++;
            // It may have been ready just before, or only after the cut; then it is not counted.
            withinLaunchCount += child.linesOf(KillWorker.READY).isEmpty() ? 1 : 0;
        }
        boot(disk);
    }

    private static void cut(final LoopDisk disk, final WorkerBooks books, final ChildJvm child)
        throws IOException, InterruptedException
    {
        final List<Long> lengths = disk.cutPower(books.clientFiles());
        child.kill();
        books.forgetBehind(lengths);
    }

    private static void boot(final LoopDisk disk) throws IOException, InterruptedException
    {
        disk.unmount();
        disk.mount();
    }

    /** Launch on what is left and check everything; whatever ends otherwise than it may is no finding. */
    private Found find(final WorkerBooks books, final String[] otherBoot) throws IOException, InterruptedException
    {
        try (ChildJvm child = books.start(KillWorker.CHECK, otherBoot))
        {
            final int exitCode = child.awaitExit(WorkerBooks.TIMEOUT_MS);
            said = child.output();
            if (exitCode == ExitCode.JOURNAL_REFUSED.code())
            {
                return Found.REFUSED;
            }
            if (exitCode == PlantedCheck.FOUND && said.contains(NOT_KEPT))
            {
                return Found.LOST;
            }
            if (exitCode != 0)
            {
                throw new FaultException("the check after a cut ended with " + exitCode + ":\n" + said);
            }
        }
        books.verify();
        return Found.ALL;
    }

    /** Words that run a command on a machine that seems to have been booted meanwhile, as after a real cut. */
    private static String[] otherBoot(final Path directory) throws IOException
    {
        final Path bootId = directory.resolve("boot-id");
        Files.writeString(bootId, UUID.randomUUID() + "\n");
        return List.of(
            "unshare", "--mount", "--propagation", "slave", "sh", "-c",
            "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"", bootId.toString())
            .toArray(new String[0]);
    }
}
