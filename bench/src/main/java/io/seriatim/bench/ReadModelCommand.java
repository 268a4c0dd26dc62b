package io.seriatim.bench;

import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Runs {@link ReadModelBenchmark} at two sizes and prints them side by side.
 */
@Command(
    name = "read-model",
    sortOptions = false,
    description = "Nanoseconds for a page of 100 rows from small and from large books, with JMH: what a query costs " +
        "follows the page, not the books.",
    footer = "%nExample:%n  scripts/bench read-model --transfers 10000,1000000 --iterations 10")
final class ReadModelCommand implements Callable<Integer>
{
    @Option(
        names = "--transfers",
        paramLabel = "N",
        split = ",",
        defaultValue = "10000,1000000",
        description = "How many transfers the books hold, small and large; at least 10000. Default: ${DEFAULT-VALUE}")
    private int[] transferCounts;

    @Option(names = "--forks", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
    private int forkCount;

    @Option(names = "--iterations", paramLabel = "N", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}")
    private int iterationCount;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws RunnerException
    {
        final String[] sizes = new String[transferCounts.length];
        for (int i = 0; i < sizes.length; i++)
        {
            sizes[i] = Integer.toString(transferCounts[i]);
        }
        final Collection<RunResult> results = new Runner(new OptionsBuilder()
            .include(ReadModelBenchmark.class.getSimpleName())
            .param("transferCount", sizes)
            .forks(forkCount)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(iterationCount)
            .measurementTime(TimeValue.seconds(1))
            .shouldFailOnError(true)
            .build()).run();
        print(spec.commandLine().getOut(), results, sizes);
        return 0;
    }

    private static void print(final PrintWriter out, final Collection<RunResult> results, final String[] sizes)
    {
        out.printf("%nns per page of %d rows, by transfers in the books (MEMORY)%n%n", ReadModelBenchmark.PAGE_LENGTH);
        out.printf("%-28s", "page");
        for (final String size : sizes)
        {
            out.printf("%14s", size);
        }
        out.printf("%10s%n", "ratio");
        for (final ReadModelBenchmark.Page page : ReadModelBenchmark.Page.values())
        {
            out.printf("%-28s", page.name().toLowerCase(Locale.ROOT));
            for (final String size : sizes)
            {
                out.printf(Locale.ROOT, "%,14.0f", score(results, page, size));
            }
            out.printf(
                Locale.ROOT, "%10.2f%n",
                score(results, page, sizes[sizes.length - 1]) / score(results, page, sizes[0]));
        }
    }

    private static double score(
        final Collection<RunResult> results, final ReadModelBenchmark.Page page, final String size)
    {
        return results.stream()
            .filter(result -> result.getParams().getParam("page").equals(page.name()))
            .filter(result -> result.getParams().getParam("transferCount").equals(size))
            .mapToDouble(result -> result.getPrimaryResult().getScore())
            .findFirst()
            .orElseThrow();
    }
}
