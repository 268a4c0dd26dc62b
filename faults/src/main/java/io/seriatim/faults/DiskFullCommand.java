package io.seriatim.faults;

import io.seriatim.engine.Readiness;
import io.seriatim.journal.Durability;
import io.seriatim.tools.ExitCode;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Fills a disk with a journal: with a reserve the engine refuses before the disk is full, and goes on when there is
 * room; without one it stops for good, loses nothing, and the next launch goes on when there is room.
 */
@Command(
    name = "disk-full",
    description = "Fills a small disk with an engine's journal, with a reserve and without one. Needs root to mount " +
        "the disk; skipped without.")
final class DiskFullCommand extends Row
{
    private static final int CYCLES_FAST = 2;
    private static final int CYCLES_LONG = 10;
    private static final int DISK_MIB = 112;
    private static final int BALLAST_MIB = 72;
    private static final long MIB = 1024 * 1024;
    private static final long RESERVE = 8 * MIB;

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
        int ranCount = 0;
        while (ranCount < cycleCount)
        {
            cycle(true);
            cycle(false);
            ranCount++;
        }
        record.put("cycles", ranCount).put("acknowledged", acknowledgedCount);
        out.printf(
            Locale.ROOT, "%d disks filled up to the reserve and %d to the last byte: %,d acknowledged, 0 lost; the " +
            "reserve was kept, and all went on when there was room%n", ranCount, ranCount, acknowledgedCount);
        out.println(record.bound(2L * ranCount));
    }

    private void cycle(final boolean hasReserve) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-full");
        try (LoopDisk disk = new LoopDisk(directory, DISK_MIB))
        {
            final WorkerBooks books =
                new WorkerBooks(disk.directory().resolve("books"), directory, Durability.FSYNC);
            final Path ballast = disk.directory().resolve("ballast");
            Files.write(ballast, new byte[(int)(BALLAST_MIB * MIB)]);
            if (hasReserve)
            {
                fillUpToReserve(disk, books, ballast);
            }
            else
            {
                fillUp(books, ballast);
            }
            books.checkAll();
            books.verify();
            acknowledgedCount += books.acknowledgedCount();
        }
        DeletedDirectory.delete(directory);
    }

    private static void fillUpToReserve(final LoopDisk disk, final WorkerBooks books, final Path ballast)
        throws IOException, InterruptedException
    {
        try (ChildJvm child = books.start(RESERVE, KillWorker.SEND))
        {
            require(child, child.awaitLine(KillWorker.READINESS, WorkerBooks.TIMEOUT_MS), Readiness.DISK_RESERVED);
            final long usable = Files.getFileStore(disk.directory()).getUsableSpace();
            if (usable < RESERVE / 4)
            {
                throw new FaultException("the reserve was used up: usable=" + usable + ", reserve=" + RESERVE);
            }
            Files.delete(ballast);
            require(child, child.awaitLine(KillWorker.READINESS, WorkerBooks.TIMEOUT_MS), Readiness.READY);
            books.awaitProgress(child);
            child.kill();
        }
    }

    private static void require(final ChildJvm child, final String line, final Readiness readiness)
    {
        if (line == null || !line.endsWith(readiness.name()))
        {
            throw new FaultException(
                "expected " + readiness + ", found " + line + "; the process said:\n" + child.output());
        }
    }

    private static void fillUp(final WorkerBooks books, final Path ballast) throws IOException, InterruptedException
    {
        requireExit(books, ExitCode.STOPPED);
        final Path last = ballast.resolveSibling("last");
        useUp(last);
        requireExit(books, ExitCode.JOURNAL_REFUSED);
        Files.delete(last);
        Files.delete(ballast);
        try (ChildJvm child = books.start(KillWorker.SEND))
        {
            if (child.awaitLine(KillWorker.CHECKED, WorkerBooks.TIMEOUT_MS) == null)
            {
                throw new FaultException("it does not go on with room on the disk:\n" + child.output());
            }
            books.awaitProgress(child);
            child.kill();
        }
    }

    /** Take the bytes that are left. */
    private static void useUp(final Path file) throws IOException
    {
        try (OutputStream stream = Files.newOutputStream(file))
        {
            final byte[] page = new byte[4096];
            while (true)
            {
                stream.write(page);
            }
        }
        catch (final IOException ex)
        {
            if (!String.valueOf(ex.getMessage()).contains("No space left"))
            {
                throw ex;
            }
        }
    }

    private static void requireExit(final WorkerBooks books, final ExitCode expected) throws InterruptedException
    {
        try (ChildJvm child = books.start(KillWorker.SEND))
        {
            final int exitCode = child.awaitExit(WorkerBooks.TIMEOUT_MS);
            if (exitCode != expected.code())
            {
                throw new FaultException(
                    "on the full disk the process ended with " + exitCode + ", not with " + expected.code() +
                    "; it said:\n" + child.output());
            }
        }
    }
}
