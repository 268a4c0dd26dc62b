package io.seriatim.tools;

import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.JournalEntries;
import io.seriatim.sealing.BooksLog;
import io.seriatim.sealing.LogCheck;
import io.seriatim.sealing.PublishedLog;
import io.seriatim.sealing.SealedLog;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Checks a log against itself.
 */
@Command(
    name = "fsck",
    sortOptions = false,
    description = "Compute every leaf, tile and root of a log again from its entries, and compare: of books that " +
        "were sealed, with all their checkpoints, or of a published log. Says which entry, tile or checkpoint does " +
        "not fit, and what can be proven all the same. Reads only.",
    footer = {
        "%nExamples:",
        "  seriatim fsck books --key books.vkey",
        "  seriatim fsck log --key books.vkey"})
final class FsckCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR|LOG", description = "Data directory of an engine, or directory of a published log.")
    private Path directory;

    @ArgGroup
    private ShardSelection selection = new ShardSelection();

    @Mixin
    private VerifierKeys keys;

    @Option(names = "--unsigned", description = "Do not check signatures: then no --key is needed.")
    private boolean isUnsigned;

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
        final List<VerifierKey> logs = isUnsigned ? List.of() : keys.logs(spec);
        final LogCheck.Report report;
        try (SealedLog log = open())
        {
            final List<Long> sizes = log.checkpoints().stream()
                .map(note -> Checkpoint.parse(note.text()).size()).toList();
            try (Progress progress = new Progress(
                "checked", " entries", sizes.stream().mapToLong(Long::longValue).max().orElse(-1),
                Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(), System::nanoTime))
            {
                report = new LogCheck(log, logs).run(progress::advanceTo);
            }
        }
        if (isJson)
        {
            spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(json(report)));
        }
        else
        {
            print(report);
        }
        spec.commandLine().getOut().flush();
        return (report.isClean() ? ExitCode.DONE : ExitCode.DIFFERENCE).code();
    }

    private SealedLog open()
    {
        if (PublishedLog.isHere(directory))
        {
            return new PublishedLog(directory);
        }
        return new BooksLog(
            directory, selection.shardOf(spec, new JournalEntries(DataDirectory.require(directory))));
    }

    private void print(final LogCheck.Report report)
    {
        final PrintWriter out = spec.commandLine().getOut();
        report.findings().forEach(finding -> out.println("DAMAGE: " + finding));
        if (report.findingCount() > report.findings().size())
        {
            out.println("and " + (report.findingCount() - report.findings().size()) + " more");
        }
        if (report.firstBadCheckpoint() != null)
        {
            out.println("first bad checkpoint: " + report.firstBadCheckpoint());
        }
        out.println("entries: " + report.entryCount() + " of " + report.head().size());
        out.println("checkpoints that agree: " + report.checkpointCount());
        out.println("newest checkpoint: " + report.head());
        out.println("provable: " + report.provable());
        out.println(report.isClean() ? "clean" + (isUnsigned ? ", signatures not checked" : "") :
            report.findingCount() + " findings");
    }

    static Map<String, Object> json(final LogCheck.Report report)
    {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("clean", report.isClean());
        json.put("origin", report.head().origin());
        json.put("size", report.head().size());
        json.put("entries", report.entryCount());
        json.put("checkpoints_that_agree", report.checkpointCount());
        json.put("findings", report.findings());
        json.put("finding_count", report.findingCount());
        json.put(
            "first_bad_checkpoint",
            report.firstBadCheckpoint() == null ? null : report.firstBadCheckpoint().size());
        json.put("provable", report.provable());
        return json;
    }
}
