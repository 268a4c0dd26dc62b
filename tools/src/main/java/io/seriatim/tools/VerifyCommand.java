package io.seriatim.tools;

import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * Replays the journals of a directory and compares.
 */
@Command(
    name = "verify",
    description = "Execute every entry of all journals again and compare outcomes, times, numbers and bytes with " +
        "what was recorded, and the state with the one at the clean close. Reads only, beside a running engine too: " +
        "then up to what is committed.",
    footer = "%nExample: is every entry what it has to be?%n" +
        "  seriatim verify --data books")
final class VerifyCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @Option(names = "--json", description = "Print the report as one JSON object.")
    private boolean isJson;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    @Override
    public Integer call()
    {
        final AuditReplay replay = new AuditReplay(DataDirectory.require(directory));
        final AuditReport report;
        try (Progress progress = new Progress(
            "verify", " entries", replay.entryCountExpected(), Progress.Mode.of(isProgressWanted),
            spec.commandLine().getErr(), System::nanoTime))
        {
            report = replay.progress(progress::advanceTo).run();
        }

        final PrintWriter out = spec.commandLine().getOut();
        if (isJson)
        {
            out.println(new JsonMapper().writeValueAsString(AuditText.json(report)));
        }
        else
        {
            AuditText.print(report, out);
        }
        out.flush();
        return exitCode(report).code();
    }

    /** A journal that is damaged can not be judged to its end, so that comes first. */
    static ExitCode exitCode(final AuditReport report)
    {
        if (report.isDamaged())
        {
            return ExitCode.JOURNAL_REFUSED;
        }
        return report.isClean() ? ExitCode.DONE : ExitCode.DIFFERENCE;
    }
}
