package io.seriatim.tools;

import io.seriatim.engine.ShardSnapshots;
import io.seriatim.journal.DirectoryLock;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.ShardMark;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells what a data directory holds, out of its manifests and the sizes of its files. It writes nothing, and works
 * beside a running engine.
 */
@Command(
    name = "info",
    description = "Tell what a directory of books holds: its shards and journals, how they were last written and " +
        "closed, and which process has it open. Nothing is written, and no entry is read: see verify for that.",
    footer = "%nExample:%n  seriatim info --data books --json")
final class InfoCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Directory of the books.")
    private Path directory;

    @Option(names = "--json", description = "JSON in place of text; numbers of 64 bits are strings in it.")
    private boolean isJson;

    @Override
    public Integer call() throws IOException
    {
        final Map<String, Object> info = info();
        final PrintWriter out = spec.commandLine().getOut();
        if (isJson)
        {
            out.println(JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build()
                .writeValueAsString(info));
        }
        else
        {
            print(info, "", out);
        }
        out.flush();
        return ExitCode.DONE.code();
    }

    private Map<String, Object> info() throws IOException
    {
        final Manifest first = manifest(0);
        final Map<String, Object> info = new LinkedHashMap<>();
        info.put("directory", directory.toString());
        info.put("log_uuid", first.logUuid().toString());
        final boolean isHeld = DirectoryLock.isHeld(directory);
        info.put("in_use", isHeld);
        if (isHeld)
        {
            info.put("in_use_by_pid", Long.toString(DirectoryLock.holderPid(directory)));
        }
        info.put("shard_count", first.shardCount());
        info.put("journal_count", first.journalCount());
        if (!first.stateRootKey().isEmpty())
        {
            info.put("state_root_key", first.stateRootKey());
        }
        final List<Map<String, Object>> journals = new ArrayList<>();
        for (int journal = 0; journal < first.journalCount(); journal++)
        {
            journals.add(journal(manifest(journal)));
        }
        info.put("journals", journals);
        return info;
    }

    private Manifest manifest(final int journal)
    {
        final Path home = home(journal);
        final Manifest manifest = Manifest.read(home);
        if (manifest == null)
        {
            throw journal == 0 ?
                new ToolException(ExitCode.BAD_INPUT, "there are no books in the directory: directory=" + directory) :
                new ToolException(ExitCode.JOURNAL_REFUSED, "a journal is missing: directory=" + home);
        }
        return manifest;
    }

    private Path home(final int journal)
    {
        return directory.resolve("journal-" + journal);
    }

    private Map<String, Object> journal(final Manifest manifest) throws IOException
    {
        final Map<String, Object> info = new LinkedHashMap<>();
        info.put("journal", manifest.journalIndex());
        info.put("state", manifest.state().name());
        info.put("policy_last_used", manifest.policy().name());
        info.put("incarnation", Long.toString(manifest.incarnation()));
        info.put("watermark_position", Long.toString(manifest.watermark().position()));
        info.put("closed_cleanly", !manifest.closeMarks().isEmpty());
        if (manifest.archive() != null)
        {
            info.put("moved_below_position", Long.toString(manifest.archive().position()));
            info.put("moved_to", manifest.archive().root().toString());
        }
        final List<Map<String, Object>> repairs = new ArrayList<>();
        manifest.repairs().forEach(repair -> repairs.add(Map.of("repaired", repair.toString())));
        if (!repairs.isEmpty())
        {
            info.put("repairs", repairs);
        }
        files(manifest, info);
        final List<Map<String, Object>> shards = new ArrayList<>();
        for (final int shard : manifest.shards())
        {
            shards.add(shard(manifest, shard));
        }
        info.put("shards", shards);
        return info;
    }

    /** The archive's files stay while an engine runs; others come and go. */
    private void files(final Manifest manifest, final Map<String, Object> info) throws IOException
    {
        long count = 0;
        long length = 0;
        try (Stream<Path> files = Files.list(home(manifest.journalIndex()).resolve("archive")))
        {
            for (final Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator)
            {
                count++;
                length += Files.size(file);
            }
        }
        info.put("archive_file_count", Long.toString(count));
        info.put("archive_bytes", Long.toString(length));
    }

    /** Of a journal that was not closed cleanly only its watermark is known without reading it. */
    private Map<String, Object> shard(final Manifest manifest, final int shard)
    {
        final Map<String, Object> info = new LinkedHashMap<>();
        info.put("shard", shard);
        final ShardMark mark = manifest.closeMarks().get(shard);
        if (mark != null)
        {
            info.put("last_sequence", Long.toString(mark.nextSequence() - 1));
            info.put("account_count", Long.toString(mark.accountCount()));
            info.put("transfer_count", Long.toString(mark.transferCount()));
            info.put("state_digest", mark.stateDigest());
        }
        else
        {
            info.put("last_sequence_at_least", Long.toString(manifest.watermark().nextSequence(shard) - 1));
        }
        final List<Map<String, Object>> snapshots = new ArrayList<>();
        new ShardSnapshots(directory, shard).nextSequences().forEach((position, nextSequence) -> snapshots.add(
            snapshot(position, nextSequence)));
        info.put("snapshots", snapshots);
        return info;
    }

    private static Map<String, Object> snapshot(final long position, final long nextSequence)
    {
        final Map<String, Object> info = new LinkedHashMap<>();
        info.put("snapshot_sequence", Long.toString(nextSequence - 1));
        info.put("snapshot_position", Long.toString(position));
        return info;
    }

    private static void print(final Map<?, ?> info, final String indent, final PrintWriter out)
    {
        info.forEach((key, value) ->
        {
            if (value instanceof List<?> list)
            {
                list.forEach(item -> print((Map<?, ?>) item, indent + "  ", out));
            }
            else
            {
                out.printf("%s%-24s %s%n", indent, key.toString().replace('_', ' '), value);
            }
        });
    }
}
