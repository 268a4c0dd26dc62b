package io.seriatim.faults;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Does the harness bite? Each planted defect has to be found by the layer that is named for it, and nothing by the same
 * check without it.
 */
@Command(
    name = "planted",
    description = "Plants known defects, one at a time, and runs the check that has to find each; the same checks " +
        "find nothing without them.")
final class PlantedCommand extends Row
{
    private static final int EVIDENCE_LINES = 30;
    private static final String CAUGHT = "caught";
    private static final String MISSED = "MISSED";
    private static final String NOT_RUN = "NOT RUN";

    @Option(names = "--name", split = ",", paramLabel = "NAME", description = "Only these: ${COMPLETION-CANDIDATES}.")
    private List<PlantedDefect> names = List.of(PlantedDefect.values());

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException
    {
        final Path directory = Files.createTempDirectory("seriatim-planted");
        final PlantedRun run = new PlantedRun(SourceTree.root(), SourceTree.classPath(), directory);
        final Map<String, PlantedRun.Result> controls = new HashMap<>();
        final Map<String, List<PlantedDefect>> byVerdict = new TreeMap<>();
        for (final PlantedDefect defect : names)
        {
            final PlantedRun.Result control =
                controls.computeIfAbsent(defect.check().program(), key -> run.control(defect.check()));
            final PlantedRun.Result planted = run.planted(defect);
            final String verdict = control.verdict() == PlantedRun.Verdict.SKIPPED ? NOT_RUN :
                control.verdict() == PlantedRun.Verdict.CLEAN && planted.verdict() == PlantedRun.Verdict.FOUND ?
                CAUGHT : MISSED;
            byVerdict.computeIfAbsent(verdict, key -> new ArrayList<>()).add(defect);
            out.printf(
                Locale.ROOT, "%-7s %-30s %s%n        by %s: %s%n",
                verdict, defect, defect.mistake(), defect.layer(), defect.check());
            if (!planted.failed().isEmpty())
            {
                out.println("        tests that failed: " + planted.failed());
            }
            if (!verdict.equals(CAUGHT))
            {
                out.println("        without it: " + evidence(control));
                out.println("        with it: " + evidence(planted));
            }
            out.flush();
            record.put(defect.name(), verdict);
        }
        report(out, record, byVerdict, directory);
    }

    private void report(
        final PrintWriter out,
        final RunRecord record,
        final Map<String, List<PlantedDefect>> byVerdict,
        final Path directory) throws IOException
    {
        final int caughtCount = byVerdict.getOrDefault(CAUGHT, List.of()).size();
        final List<PlantedDefect> notRun = byVerdict.getOrDefault(NOT_RUN, List.of());
        record.put("caught", caughtCount).put("planted", names.size()).put("notRun", notRun.toString());
        out.printf(Locale.ROOT, "%d of %d planted defects were caught%n", caughtCount, names.size() - notRun.size());
        if (!notRun.isEmpty())
        {
            skipPart(out, record, "the checks of " + notRun + " can not be run on this machine");
        }
        if (byVerdict.containsKey(MISSED))
        {
            throw new FaultException(
                "a planted defect was not found by what is named for it: " + byVerdict.get(MISSED));
        }
        DeletedDirectory.delete(directory);
    }

    private static String evidence(final PlantedRun.Result result)
    {
        return result.verdict() + ", exit code " + result.exitCode() + ", what was to be found and was not: " +
            result.missing() + ", output " + result.output() + "\n" +
            result.lastLines(EVIDENCE_LINES);
    }
}
