package io.seriatim.faults;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerTotals;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalException;
import io.seriatim.replay.AuditReplay;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Flips every bit of a journal of ten thousand entries: each is seen, and recovery refuses or comes to the groups
 * before it.
 */
@Command(
    name = "bit-flips",
    description = "Every bit of a journal of 10,000 entries flipped (one in 29 without --long), with the machine " +
        "restarted or not and a low and a high watermark; some of them launched by a real engine.")
final class BitFlipsCommand extends Row
{
    private static final int STEP_FAST = 29;
    private static final int SAMPLES_FAST = 500;
    private static final int SAMPLES_LONG = 20_000;
    private static final int LAUNCHES_FAST = 40;
    private static final int LAUNCHES_LONG = 1_000;

    private int refusedCount;
    private int launchedCount;

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException
    {
        try (SweptJournal journal = new SweptJournal(options().seed()))
        {
            out.println(journal);
            final SweepProgress progress = new SweepProgress(journal.sweep().end(), out);
            journal.sweep().flipBits(options().isLong() ? 1 : STEP_FAST, progress::at);
            journal.sweep().sample(options().isLong() ? SAMPLES_LONG : SAMPLES_FAST, options().seed());
            launch(journal);
            out.println(journal.sweep().counts());
            out.printf(
                Locale.ROOT, "%d flips met by a whole launch: %d refused, %d launched on the groups before it, and " +
                "verified%n", refusedCount + launchedCount, refusedCount, launchedCount);
            out.println(record.bound(journal.sweep().counts().damages));
            record.put("entries", journal.sweep().entryCount()).put("bytes", journal.sweep().end())
                .put("counts", journal.sweep().counts().toString()).put("launchRefused", refusedCount)
                .put("launchAccepted", launchedCount);
        }
    }

    /** The books as they were left by a kill: not closed cleanly, and the machine restarted or not. */
    private void launch(final SweptJournal journal) throws IOException
    {
        final Random random = new Random(options().seed());
        final int count = options().isLong() ? LAUNCHES_LONG : LAUNCHES_FAST;
        for (int i = 0; i < count; i++)
        {
            final Path copy = journal.directory().resolve("copy");
            copy(journal.books(), copy);
            journal.sweep().unclose(copy, random.nextBoolean());
            final List<Path> segments = segments(copy);
            final Path segment = segments.get(random.nextInt(segments.size()));
            try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw"))
            {
                final long position = random.nextInt((int)file.length());
                file.seek(position);
                final int good = file.read();
                file.seek(position);
                file.write(good ^ 1 << random.nextInt(Byte.SIZE));
            }
            launch(copy);
            DeletedDirectory.delete(copy);
        }
    }

    private void launch(final Path copy)
    {
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(copy).readModel(false)
            .durability(Durability.OS).threading(Threading.INVOKER).clock(new ManualClock()).diskReserve(0)))
        {
            for (final LedgerTotals totals : engine.trialBalance())
            {
                if (!totals.debitsPosted().equals(totals.creditsPosted()))
                {
                    throw new FaultException("debits and credits differ after a flip: " + totals);
                }
            }
            launchedCount++;
        }
        catch (final JournalException ex)
        {
            refusedCount++;
            return;
        }
        if (!new AuditReplay(copy).run().isClean())
        {
            throw new FaultException("a launch went on with what does not verify: " + copy);
        }
    }

    private static List<Path> segments(final Path books) throws IOException
    {
        try (Stream<Path> files = Files.list(books.resolve("journal-0/archive")))
        {
            return files.filter(file -> file.toString().endsWith(".rec")).sorted().toList();
        }
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        try (Stream<Path> files = Files.walk(from))
        {
            for (final Path file : files.filter(path -> !path.toString().contains("snapshots")).toList())
            {
                Files.copy(
                    file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
