package io.seriatim.faults;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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

    @Option(names = "--name", split = ",", paramLabel = "NAME", description = "Only these: ${COMPLETION-CANDIDATES}.")
    private List<PlantedDefect> names = List.of(PlantedDefect.values());

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException
    {
        final Path directory = Files.createTempDirectory("seriatim-planted");
        final PlantedRun run = new PlantedRun(SourceTree.root(), SourceTree.classPath(), directory);
        final Map<String, PlantedRun.Result> controls = new HashMap<>();
        int caughtCount = 0;
        for (final PlantedDefect defect : names)
        {
            final PlantedRun.Result control =
                controls.computeIfAbsent(defect.check().toString(), key -> run.control(defect.check()));
            final PlantedRun.Result planted = run.planted(defect);
            final boolean isCaught = control.verdict() == PlantedRun.Verdict.CLEAN &&
                planted.verdict() == PlantedRun.Verdict.FOUND;
            caughtCount += isCaught ? 1 : 0;
            out.printf(
                Locale.ROOT, "%-7s %-30s %s%n        by %s: %s%n",
                isCaught ? "caught" : "MISSED", defect, defect.mistake(), defect.layer(), defect.check());
            if (!isCaught)
            {
                out.println("        without it: " + evidence(control));
                out.println("        with it: " + evidence(planted));
            }
            out.flush();
            record.put(defect.name(), isCaught ? "caught" : "missed");
        }
        record.put("caught", caughtCount).put("planted", names.size());
        if (caughtCount == names.size())
        {
            DeletedDirectory.delete(directory);
        }
        out.printf(Locale.ROOT, "%d of %d planted defects were caught%n", caughtCount, names.size());
        if (caughtCount < names.size())
        {
            throw new FaultException("a planted defect was not found by the layer that is named for it");
        }
    }

    private static String evidence(final PlantedRun.Result result)
    {
        return result.verdict() + ", exit code " + result.exitCode() + ", output " + result.output() + "\n" +
            result.lastLines(EVIDENCE_LINES);
    }
}
