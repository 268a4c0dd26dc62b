package io.seriatim.tools;

import io.seriatim.engine.ShardSnapshots;
import io.seriatim.journal.ArchiveCheck;
import io.seriatim.journal.DirectoryLock;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.SegmentArchiver;
import io.seriatim.journal.SegmentRemoval;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.JournalEntries;
import io.seriatim.sealing.LogKeys;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Copies closed segments to an archive, frees the data directory of them, and checks an archive.
 */
@Command(
    name = "archive",
    sortOptions = false,
    description = "Copy every closed segment of the journals, one that nobody writes any more and that is on the " +
        "disk for certain, to an archive, with signed notes of what it holds. Beside a running engine too; what the " +
        "archive has is not copied again, and a run that was broken off is gone on with. Every frame of a copy is " +
        "checked. With --remove the data directory is then freed of what is verifiably there; look-ups follow.",
    footer = {
        "%nExamples:",
        "  seriatim archive --data books --to archive --key books.key",
        "  seriatim archive --data books --to archive --key books.key --remove",
        "  seriatim archive --check archive --key books.vkey"})
final class ArchiveCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Task task;

    @Option(
        names = "--key",
        paramLabel = "KEY",
        required = true,
        description = "With --to: key file that signs, as key generate makes it; may be given again, while one takes " +
            "the place of another. With --check: verifier key, NAME+ID+BASE64, or a file with one on each line.")
    private List<String> keys;

    @Option(
        names = "--trust",
        paramLabel = "VKEY",
        description = "With --to: verifier key, or a file with some, of a key that has signed earlier notes and " +
            "signs no more, as after key rotate. May be given again.")
    private List<String> trusted = List.of();

    @Option(names = "--json", description = "Print what was done or found as one JSON object.")
    private boolean isJson;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    /** What is to be done. */
    private static final class Task
    {
        @ArgGroup(exclusive = false)
        private Copy copy;

        @Option(
            names = "--check",
            paramLabel = "ARCHIVE",
            required = true,
            description = "Check an archive by itself: every signature, the chain of notes, and the hash of every " +
                "file. Says which file is damaged, and goes on.")
        private Path checked;
    }

    /** From where to where. */
    private static final class Copy
    {
        @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
        private Path directory;

        @Option(
            names = "--to",
            paramLabel = "ARCHIVE",
            required = true,
            description = "Directory of the archive, outside of the data directory; it is made if it is not there.")
        private Path archive;

        @Option(
            names = "--remove",
            description = "Then free the data directory of segments that are archived, compared with their copies, " +
                "and read by no launch: those below the oldest snapshot. The engine must not run.")
        private boolean isRemoving;
    }

    @Override
    public Integer call()
    {
        try
        {
            return (task.checked != null ? check(task.checked) : copy(task.copy)).code();
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
        finally
        {
            spec.commandLine().getOut().flush();
        }
    }

    private ExitCode copy(final Copy copy)
    {
        final JournalEntries genesis = new JournalEntries(DataDirectory.require(copy.directory));
        if (copy.isRemoving && DirectoryLock.isHeld(copy.directory))
        {
            throw new ToolException(
                ExitCode.IN_USE, "segments are removed only while no engine runs: directory=" + copy.directory +
                ", held by process " + DirectoryLock.holderPid(copy.directory) +
                "; nothing was changed; without --remove they are archived all the same");
        }
        final List<NoteSigner> signers = keys.stream().map(file -> LogKeys.read(Path.of(file))).toList();
        final List<SegmentArchiver.Result> results;
        try (SegmentArchiver archiver = SegmentArchiver.open(
            copy.directory, copy.archive, signers, keysOf(trusted), shard -> genesis.genesis(shard).origin()))
        {
            results = withProgress("archived", archiver.workLength(), archiver::run);
        }
        if (!isJson)
        {
            results.forEach(this::print);
        }
        final List<SegmentRemoval.Result> removed = copy.isRemoving ? remove(copy, genesis, signers) : List.of();
        if (isJson)
        {
            print(Map.of(
                "archived", results.stream().map(ArchiveCommand::json).toList(),
                "removed", removed.stream().map(ArchiveCommand::json).toList()));
        }
        else
        {
            removed.forEach(this::print);
        }
        return ExitCode.DONE;
    }

    private List<SegmentRemoval.Result> remove(
        final Copy copy, final JournalEntries genesis, final List<NoteSigner> signers)
    {
        final JournalFiles files = JournalFiles.open(copy.directory);
        final List<VerifierKey> all = keysOf(trusted);
        for (int shard = 0; shard < genesis.shardCount(); shard++)
        {
            final String origin = genesis.genesis(shard).origin();
            signers.forEach(signer -> all.add(signer.verifierKey().named(origin)));
        }
        try (SegmentRemoval removal = SegmentRemoval.open(
            copy.directory, copy.archive, all,
            journal -> ShardSnapshots.earliestStart(copy.directory, files.manifest(journal))))
        {
            return withProgress("compared", removal.workLength(), removal::run);
        }
    }

    private ExitCode check(final Path archive)
    {
        final ArchiveCheck check = new ArchiveCheck(archive, keysOf(keys));
        final ArchiveCheck.Report report = withProgress("checked", check.workLength(), check::run);
        if (isJson)
        {
            print(Map.of(
                "clean", report.findings().isEmpty(),
                "findings", report.findings(),
                "unsigned", report.unsigned(),
                "journals", report.journals().stream().map(ArchiveCommand::json).toList()));
        }
        else
        {
            print(report);
        }
        return report.findings().isEmpty() ? ExitCode.DONE : ExitCode.DIFFERENCE;
    }

    private void print(final ArchiveCheck.Report report)
    {
        final PrintWriter out = spec.commandLine().getOut();
        report.findings().forEach(finding -> out.println("DAMAGE: " + finding));
        report.unsigned().forEach(file -> out.println("not signed, left by a run that was broken off: " + file));
        report.journals().forEach(this::print);
        out.println(report.findings().isEmpty() ? "clean" : report.findings().size() + " findings");
    }

    private static List<VerifierKey> keysOf(final List<String> texts)
    {
        final List<VerifierKey> all = new ArrayList<>();
        try
        {
            for (final String text : texts)
            {
                all.addAll(VerifierKeys.keysOf(text));
            }
        }
        catch (final IOException ex)
        {
            throw new ToolException(ExitCode.BAD_INPUT, "the key can not be read: " + ex, ex);
        }
        return all;
    }

    private <T> T withProgress(final String name, final long length, final Function<LongConsumer, T> work)
    {
        try (Progress progress = new Progress(
            name, " bytes", length, Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(), System::nanoTime))
        {
            final long[] done = new long[1];
            return work.apply(more ->
            {
                done[0] += more;
                progress.advanceTo(done[0]);
            });
        }
    }

    private void print(final SegmentArchiver.Result result)
    {
        spec.commandLine().getOut().println(
            "journal " + result.journalIndex() + ": " +
            (result.segmentCount() == 0 ? "nothing is closed that the archive does not have" :
            result.segmentCount() + " segments archived (" + Progress.grouped(result.length()) + " bytes)") +
            "; the archive has it up to position " + result.position());
    }

    private void print(final SegmentRemoval.Result result)
    {
        spec.commandLine().getOut().println(
            "journal " + result.journalIndex() + ": " + result.segmentCount() + " segments removed (" +
            Progress.grouped(result.length()) + " bytes)" + (result.position() == 0 ? "" :
            "; what lies below position " + result.position() + " is read from the archive, the first segment apart") +
            "; no more went: " + result.limit());
    }

    private void print(final ArchiveCheck.Journal journal)
    {
        final StringBuilder line = new StringBuilder("journal ").append(journal.journalIndex()).append(": ")
            .append(journal.segmentCount()).append(" segments in ").append(journal.noteCount())
            .append(" signed notes, up to position ").append(journal.position());
        journal.nextSequences().forEach((shard, next) ->
            line.append(", shard ").append(shard).append(" up to sequence ").append(next - 1));
        spec.commandLine().getOut().println(line);
    }

    private void print(final Map<String, Object> json)
    {
        // In the order of their names, so that two runs can be compared.
        spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(new TreeMap<>(json)));
    }

    private static Map<String, Object> json(final SegmentArchiver.Result result)
    {
        return json(result.journalIndex(), result.segmentCount(), result.position());
    }

    private static Map<String, Object> json(final SegmentRemoval.Result result)
    {
        final Map<String, Object> json = json(result.journalIndex(), result.segmentCount(), result.position());
        json.put("limit", result.limit());
        return json;
    }

    private static Map<String, Object> json(final ArchiveCheck.Journal journal)
    {
        final Map<String, Object> json = json(journal.journalIndex(), journal.segmentCount(), journal.position());
        json.put("notes", journal.noteCount());
        final Map<String, Object> lasts = new TreeMap<>();
        journal.nextSequences().forEach((shard, next) -> lasts.put(shard.toString(), next - 1));
        json.put("last_sequences", lasts);
        return json;
    }

    private static Map<String, Object> json(final int journal, final int segments, final long position)
    {
        final Map<String, Object> json = new TreeMap<>();
        json.put("journal", journal);
        json.put("segments", segments);
        json.put("position", position);
        return json;
    }
}
