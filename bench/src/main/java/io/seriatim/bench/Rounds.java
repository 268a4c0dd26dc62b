package io.seriatim.bench;

import io.seriatim.journal.Durability;
import org.agrona.IoUtil;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Several turns measured in short slices, one after the other and again, so that all meet the same moods of the
 * machine; their order changes from round to round. Each slice begins with nothing in flight and nothing left to write
 * back, and with a look at the disk.
 * <p>
 * Threads: confined to the one that measures.
 */
final class Rounds implements AutoCloseable
{
    private final Path directory;
    private final DiskProbe probe;

    /**
     * What is measured in one slice.
     */
    @FunctionalInterface
    interface Turn
    {
        /** Run for so long; what happened to each caller. */
        List<Slice> run(long durationNs);
    }

    /**
     * One slice of a turn.
     *
     * @param disk   before it.
     * @param others cores that other processes took.
     * @param slices one for each caller.
     */
    record Measured(DiskProbe.Result disk, double others, List<Slice> slices)
    {
        Slice slice()
        {
            return slices.get(0);
        }

        String mood()
        {
            return Mood.text(disk, others);
        }
    }

    /**
     * One slice of each turn.
     *
     * @param turns in the order in which they were given, not that in which they were run.
     */
    record Round(List<Measured> turns) implements Mood.Met
    {
        Measured turn(final int index)
        {
            return turns.get(index);
        }

        @Override
        public List<DiskProbe.Result> disks()
        {
            return turns.stream().map(Measured::disk).toList();
        }

        @Override
        public double othersCores()
        {
            return turns.stream().mapToDouble(Measured::others).max().orElse(0);
        }
    }

    /**
     * In a fresh data directory.
     *
     * @param options that say where, and whether anything is written.
     */
    Rounds(final EngineOptions options)
    {
        directory = EngineOptions.freshDirectory(options.base());
        probe = options.durability() == Durability.MEMORY ? null : new DiskProbe(directory);
    }

    Path directory()
    {
        return directory;
    }

    /**
     * Measure.
     *
     * @param turns      to be run.
     * @param durationNs of a slice.
     * @param count      of rounds.
     * @param listener   told of all rounds so far after each.
     * @return the rounds.
     */
    List<Round> run(
        final List<Turn> turns, final long durationNs, final int count, final Consumer<List<Round>> listener)
    {
        final List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < count; i++)
        {
            final List<Measured> measured = new ArrayList<>(Collections.nCopies(turns.size(), null));
            for (final int turn : order(turns.size(), i))
            {
                measured.set(turn, measure(turns.get(turn), durationNs));
            }
            rounds.add(new Round(measured));
            listener.accept(rounds);
        }
        return rounds;
    }

    /** In which order a round runs its turns: every other goes the other way round, then it begins with the next. */
    static int[] order(final int turnCount, final int round)
    {
        final int[] order = new int[turnCount];
        for (int i = 0; i < turnCount; i++)
        {
            order[i] = Math.floorMod(round % 2 == 0 ? round / 2 + i : round / 2 - 1 - i, turnCount);
        }
        return order;
    }

    private Measured measure(final Turn turn, final long durationNs)
    {
        final DiskProbe.Result disk = probe == null ? DiskProbe.Result.NONE : probe.probe();
        final Resources before = Resources.now();
        final List<Slice> slices = turn.run(durationNs);
        final double others = Resources.now().since(before).othersCores();
        for (final Slice slice : slices)
        {
            if (slice.answeredCount() != slice.sentCount())
            {
                throw new BenchException(
                    slice.subject() + " did not answer every request: sent=" + slice.sentCount() + ", answered=" +
                    slice.answeredCount());
            }
        }
        settle();
        return new Measured(disk, others, slices);
    }

    /** Write back what a slice has left in the page cache, so that none pays for the one before it. */
    private void settle()
    {
        if (probe == null)
        {
            return;
        }
        try
        {
            for (final Path file : SegmentFiles.below(directory))
            {
                SegmentFiles.force(file);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void close()
    {
        if (probe != null)
        {
            probe.close();
        }
        IoUtil.delete(directory.toFile(), true);
    }
}
