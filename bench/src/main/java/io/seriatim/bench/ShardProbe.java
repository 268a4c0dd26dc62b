package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Readiness;
import org.agrona.IoUtil;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process with nothing but an empty engine: what it takes to have one with so many shards.
 */
final class ShardProbe
{
    private static final String FOUND = "FOUND ";
    private static final int RUNS = 3;
    private static final double MS_NS = 1e6;

    /**
     * What such a process takes.
     *
     * @param residentMiB memory.
     * @param sharedMiB   of that in {@code /dev/shm}.
     * @param launchMs    from the launch of books that were closed until the engine is ready.
     */
    record Found(double residentMiB, double sharedMiB, double launchMs)
    {
    }

    private ShardProbe()
    {
    }

    /**
     * Is the process.
     *
     * @param args directory, shards and journals.
     */
    public static void main(final String[] args)
    {
        final EngineConfig config = new EngineConfig()
            .dataDirectory(Path.of(args[0])).shardCount(Integer.parseInt(args[1]))
            .journalCount(Integer.parseInt(args[2])).diskReserve(0).readModel(false);
        LedgerEngine.launch(config).close();
        final long startNs = System.nanoTime();
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            final double launchMs = (System.nanoTime() - startNs) / MS_NS;
            if (engine.readiness() != Readiness.READY)
            {
                throw new BenchException("an engine is not ready: " + engine.readiness());
            }
            System.out.println(
                FOUND + ProcessMemory.residentMiB() + " " + ProcessMemory.sharedMiB() + " " + launchMs);
        }
    }

    /**
     * Run it some times.
     *
     * @param directory    in which it makes books, and deletes them.
     * @param shardCount   of the engine.
     * @param journalCount of the engine.
     * @return the median of each figure.
     */
    static Found run(final Path directory, final int shardCount, final int journalCount)
    {
        final List<double[]> found = new ArrayList<>();
        for (int i = 0; i < RUNS; i++)
        {
            final Path books = directory.resolve("empty-engine");
            try
            {
                found.add(run(List.of(books.toString(), Integer.toString(shardCount), Integer.toString(journalCount))));
            }
            finally
            {
                IoUtil.delete(books.toFile(), true);
            }
        }
        return new Found(median(found, 0), median(found, 1), median(found, 2));
    }

    private static double[] run(final List<String> arguments)
    {
        final List<String> line = OtherJvm.line(ShardProbe.class);
        line.addAll(arguments);
        try
        {
            final Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            try (BufferedReader reader = process.inputReader())
            {
                final List<String> said = reader.lines().toList();
                final String found = said.stream().filter(each -> each.startsWith(FOUND)).findFirst()
                    .orElseThrow(() -> new BenchException("an engine could not be launched: " + said));
                final String[] fields = found.substring(FOUND.length()).split(" ");
                return new double[] {
                    Double.parseDouble(fields[0]), Double.parseDouble(fields[1]), Double.parseDouble(fields[2])};
            }
            finally
            {
                process.destroy();
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private static double median(final List<double[]> found, final int field)
    {
        return new Ratios(found.stream().mapToDouble(each -> each[field]).toArray()).median();
    }
}
