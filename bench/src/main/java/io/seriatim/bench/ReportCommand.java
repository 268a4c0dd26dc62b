package io.seriatim.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The page of earlier runs, made again from their files.
 */
@Command(
    name = "report",
    sortOptions = false,
    description = "Makes the page of an earlier run again, from its summary.json and the .hlog files beside it; of " +
        "several runs one page, with their curves over each other. Measures nothing.",
    footer = "%nExample: two runs that others have published%n" +
        "  scripts/bench report --name before --name after --out compared.html a/summary.json b/summary.json")
final class ReportCommand implements Callable<Integer>
{
    /** Name of the page in the directory of a run. */
    static final String FILE = "report.html";

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "What to call a run in a page of several: once for each, in their order. Default: the names of " +
            "their directories")
    private List<String> names = new ArrayList<>();

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where the page goes. Default: " + FILE + " beside the result; of several results, in the " +
            "working directory")
    private Path out;

    @Parameters(
        arity = "1..*",
        paramLabel = "RESULT",
        description = "The summary.json of a run, or the directory that holds it.")
    private List<Path> results = new ArrayList<>();

    @Override
    public Integer call() throws IOException
    {
        final List<SavedRun> runs = new ArrayList<>();
        try
        {
            if (!names.isEmpty() && names.size() != results.size())
            {
                throw new IllegalArgumentException(
                    "--name is given for each result or for none: names=" + names.size() + ", results=" +
                    results.size());
            }
            for (int i = 0; i < results.size(); i++)
            {
                runs.add(SavedRun.read(results.get(i), names.isEmpty() ? null : names.get(i)));
            }
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
        final Path page = out != null ? out : runs.size() > 1 ? Path.of(FILE) : beside(results.get(0));
        Files.writeString(page, new Report(runs).html(), StandardCharsets.UTF_8);
        spec.commandLine().getOut().println("Report: " + page);
        return 0;
    }

    private static Path beside(final Path result)
    {
        return Files.isDirectory(result) ? result.resolve(FILE) : result.resolveSibling(FILE);
    }
}
