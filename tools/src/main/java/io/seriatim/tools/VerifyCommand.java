package io.seriatim.tools;

import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;
import io.seriatim.replay.ShardAudit;
import io.seriatim.sealing.BooksLog;
import io.seriatim.sealing.LogCheck;
import io.seriatim.sealing.SignedCheckpoints;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
        "what was recorded, and the state with every snapshot, every state root and the clean close; of shards that " +
        "were sealed, the tree with every checkpoint. Reads only, beside a running engine too: then up to what is " +
        "committed.",
    footer = "%nExample: is every entry what it has to be?%n" +
        "  seriatim verify --data books")
final class VerifyCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @Mixin
    private VerifierKeys keys;

    @Mixin
    private StateRootOptions stateRoots;

    @Option(names = "--json", description = "Print the report as one JSON object.")
    private boolean isJson;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the report as a page that needs nothing else.")
    private Path htmlFile;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    @Override
    public Integer call()
    {
        final AuditReplay replay = new AuditReplay(DataDirectory.require(directory));
        if (stateRoots.isGiven() && !replay.isStateRootKey(stateRoots.key()))
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "--state-root-key is not the key that the books were made with; its fingerprint " +
                "is " + stateRoots.key() + ", theirs is in journal-0/manifest");
        }
        final AuditReport report;
        try (Progress progress = new Progress(
            "verify", " entries", replay.entryCountExpected(), Progress.Mode.of(isProgressWanted),
            spec.commandLine().getErr(), System::nanoTime))
        {
            report = replay.progress(progress::advanceTo).stateRootKey(stateRoots.key()).run();
        }

        final Map<Integer, LogCheck.Report> logs = checkLogs(report);
        final PrintWriter out = spec.commandLine().getOut();
        if (htmlFile != null)
        {
            OutputFile.write(htmlFile, AuditPage.of(report, logs).getBytes(StandardCharsets.UTF_8));
        }
        if (isJson)
        {
            final Map<String, Object> json = AuditText.json(report);
            final Map<String, Object> checked = new LinkedHashMap<>();
            logs.forEach((shard, log) -> checked.put(Integer.toString(shard), FsckCommand.json(log)));
            json.put("checkpoints", checked);
            out.println(new JsonMapper().writeValueAsString(json));
        }
        else
        {
            AuditText.print(report, out);
            logs.forEach((shard, log) -> print(shard, log, out));
            if (logs.values().stream().anyMatch(log -> !log.isClean()))
            {
                out.println("DIFFERENT: the entries, or the tree beside them, are not those that were signed");
            }
        }
        out.flush();
        final boolean isSealIntact = logs.values().stream().allMatch(LogCheck.Report::isClean);
        final ExitCode exitCode = exitCode(report);
        return (exitCode == ExitCode.DONE && !isSealIntact ? ExitCode.DIFFERENCE : exitCode).code();
    }

    /** What becomes of the checkpoints of those shards that were sealed. */
    private Map<Integer, LogCheck.Report> checkLogs(final AuditReport report)
    {
        final Map<Integer, LogCheck.Report> logs = new TreeMap<>();
        final List<VerifierKey> trusted = keys.isGiven() ? keys.logs(spec) : List.of();
        for (final ShardAudit shard : report.shards())
        {
            if (new SignedCheckpoints(directory, shard.shard()).newest() != null)
            {
                try (BooksLog log = new BooksLog(directory, shard.shard()))
                {
                    logs.put(shard.shard(), new LogCheck(log, trusted).run(count -> {}));
                }
            }
        }
        return logs;
    }

    private void print(final int shard, final LogCheck.Report log, final PrintWriter out)
    {
        log.findings().forEach(finding -> out.println("DAMAGE of the log of shard " + shard + ": " + finding));
        if (log.firstBadCheckpoint() != null)
        {
            out.println("first bad checkpoint: " + log.firstBadCheckpoint());
        }
        out.println("shard " + shard + ": " + log.checkpointCount() + " checkpoints agree with the entries, newest " +
            log.head() + (keys.isGiven() ? "" : "; signatures were not checked, as there is no --key") +
            "; provable: " + log.provable());
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
