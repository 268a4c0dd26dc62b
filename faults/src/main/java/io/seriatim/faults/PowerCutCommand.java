package io.seriatim.faults;

import io.seriatim.journal.Durability;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;

/**
 * Cuts the power of the disk under an engine at work: with forced durability nothing acknowledged is lost. The same
 * without forcing must lose, or the cut cuts nothing.
 */
@Command(
    name = "power-cut",
    description = "Cuts the power of an ext4 disk under an engine at work and launches again on what is left, as " +
        "after a boot. Control: under OS durability acknowledged transfers must be lost. Needs root; skipped without.")
final class PowerCutCommand extends Row
{
    private static final int CYCLES_FAST = 10;
    private static final int CYCLES_LONG = 200;
    private static final int CONTROL_DIVISOR = 5;
    private static final int CONTROL_MIN = 5;
    private static final double CONTROL_LOSES = 0.9;
    private static final int DISK_MIB = 192;
    private static final int DELAY_MAX_MS = 500;
    private static final int REPORT_EVERY = 10;

    private long acknowledgedCount;

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
            final String lost = cycle(Durability.FSYNC, random);
            if (lost != null)
            {
                throw new FaultException("acknowledged and lost by cut " + ranCount + " of FSYNC: " + lost);
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
        int lostCount = 0;
        for (int cycle = 0; cycle < controlCount; cycle++)
        {
            lostCount += cycle(Durability.OS, random) == null ? 0 : 1;
        }
        record.put("cycles", ranCount).put("acknowledged", forcedCount).put("controlCycles", controlCount)
            .put("controlLost", lostCount);
        out.printf(
            Locale.ROOT, "%d power cuts under FSYNC: %,d acknowledged, 0 lost; control under OS: %d of %d lost " +
            "acknowledged transfers%n", ranCount, forcedCount, lostCount, controlCount);
        out.println(record.bound(ranCount));
        if (lostCount < CONTROL_LOSES * controlCount)
        {
            throw new FaultException("the control lost too little: the cut does not cut, so nothing was shown");
        }
    }

    /** One cut; what was found wrong after it, or null. */
    private String cycle(final Durability durability, final Random random) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-power");
        String lost = null;
        try (LoopDisk disk = new LoopDisk(directory, DISK_MIB))
        {
            final WorkerBooks books = new WorkerBooks(disk.directory().resolve("books"), directory, durability);
            try (ChildJvm child = books.start(random.nextBoolean() ? KillWorker.SEND : KillWorker.SNAPSHOTS))
            {
                if (child.awaitLine(KillWorker.READY, WorkerBooks.TIMEOUT_MS) == null)
                {
                    throw new FaultException("the process ended by itself:\n" + child.output());
                }
                Thread.sleep(random.nextInt(DELAY_MAX_MS));
                final List<Long> lengths = disk.cutPower(books.clientFiles());
                child.kill();
                books.forgetBehind(lengths);
            }
            disk.unmount();
            disk.mount();
            try
            {
                books.checkAll(otherBoot(directory));
                books.verify();
            }
            catch (final RuntimeException ex)
            {
                lost = ex.toString();
            }
            acknowledgedCount += books.acknowledgedCount();
        }
        DeletedDirectory.delete(directory);
        return lost;
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
