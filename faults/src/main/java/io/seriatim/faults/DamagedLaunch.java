package io.seriatim.faults;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerTotals;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalException;
import io.seriatim.replay.AuditReplay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Launches real engines on damaged copies of a journal, left as by a kill: each has to refuse if and only if the
 * watermark or what is left behind the damage says so; else it goes on at the last whole group before the damage, with
 * every byte before it as it was, and what it leaves is verified from its first entry on.
 * <p>
 * Threads: confined to one.
 */
final class DamagedLaunch
{
    /** Damages a copy. */
    @FunctionalInterface
    interface Damage
    {
        /** Damage a copy, and say at which position. */
        long damage(Path copy, SplittableRandom random) throws IOException;
    }

    private final SweptJournal journal;
    private final boolean isCut;
    private int refusedCount;
    private int unchangedCount;
    private int prefixCount;

    /**
     * Nothing is launched yet.
     *
     * @param journal to copy.
     * @param isCut   whether damage leaves nothing behind it.
     */
    DamagedLaunch(final SweptJournal journal, final boolean isCut)
    {
        this.journal = journal;
        this.isCut = isCut;
    }

    /**
     * Damage copies and launch an engine on each; and, as a control, on one copy that is not damaged.
     *
     * @param count  of damages.
     * @param seed   that they are drawn from.
     * @param damage to do.
     */
    void run(final int count, final long seed, final Damage damage) throws IOException
    {
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i <= count; i++)
        {
            final Path copy = journal.directory().resolve("copy");
            copy(journal.books(), copy);
            final int situation = random.nextInt(journal.sweep().copies().situationCount());
            journal.sweep().copies().unclose(copy, situation);
            final boolean isControl = i == count;
            final long position = isControl ? journal.sweep().end() : damage.damage(copy, random);
            final String what =
                "position=" + position + ", situation=" + situation + ", seed=" + seed + ", launch=" + i;
            final boolean isRefused = !launch(copy, what);
            if (isRefused != journal.sweep().copies().isRefusalExpected(position, situation, isCut))
            {
                throw new FaultException((isRefused ? "refused without a reason: " : "not refused: ") + what);
            }
            if (!isRefused)
            {
                journal.sweep().copies().requireWentOn(copy, position);
            }
            if (!isControl)
            {
                count(isRefused, position);
            }
            DeletedDirectory.delete(copy);
        }
    }

    private void count(final boolean isRefused, final long position)
    {
        if (isRefused)
        {
            refusedCount++;
        }
        else if (position >= journal.sweep().end())
        {
            unchangedCount++;
        }
        else
        {
            prefixCount++;
        }
    }

    int refusedCount()
    {
        return refusedCount;
    }

    int launchedCount()
    {
        return prefixCount + unchangedCount;
    }

    @Override
    public String toString()
    {
        return String.format(
            Locale.ROOT, "%d met by a whole launch: %d refused, %d went on at the last whole group before, %d behind " +
            "the end lost nothing; what was before is as it was, byte for byte, and verified; undamaged: accepted",
            refusedCount + launchedCount(), refusedCount, prefixCount, unchangedCount);
    }

    private static boolean launch(final Path copy, final String what)
    {
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(copy).readModel(false)
            .durability(Durability.OS).threading(Threading.INVOKER).clock(new ManualClock()).diskReserve(0)))
        {
            for (final LedgerTotals totals : engine.trialBalance())
            {
                if (!totals.debitsPosted().equals(totals.creditsPosted()))
                {
                    throw new FaultException("debits and credits differ: " + totals + ", " + what);
                }
            }
        }
        catch (final JournalException ex)
        {
            return false;
        }
        if (!new AuditReplay(copy).run().isClean())
        {
            throw new FaultException("a launch went on with what does not verify: " + what);
        }
        return true;
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
