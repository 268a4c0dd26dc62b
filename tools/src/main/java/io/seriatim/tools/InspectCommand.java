package io.seriatim.tools;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.JournalInspection;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.RecoveredJournal;
import io.seriatim.journal.ScanStart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Tells how the journals of a directory end, and what a launch would make of them.
 */
@Command(
    name = "inspect",
    description = "Read every byte of all journals and tell how each ends: cleanly, in a tail that a launch would " +
        "cut, or damaged, with the place, the reason, what is still good and which command helps. Nothing is " +
        "written. Beside a running engine it reads up to what is committed.",
    footer = {
        "%nExit codes here: 0 a launch would take all journals as they are; 1 it would cut a tail that nobody was " +
            "told of; 3 it would refuse.",
        "%nExample: why does the engine not launch?%n  seriatim inspect --data books"})
final class InspectCommand implements Callable<Integer>
{
    private static final int BYTES_SHOWN = 128;
    private static final int BYTES_A_LINE = 16;

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Directory of the books.")
    private Path directory;

    @Option(names = "--journal", paramLabel = "N", description = "Only this journal, from 0.")
    private Integer journal;

    @Option(names = "--json", description = "JSON in place of text; numbers of 64 bits are strings in it.")
    private boolean isJson;

    @Override
    public Integer call() throws IOException
    {
        final JournalFiles files = JournalFiles.open(DataDirectory.require(directory));
        if (journal != null && (journal < 0 || journal >= files.journalCount()))
        {
            throw new ToolException(
                ExitCode.BAD_INPUT,
                "there is no such journal: journal=" + journal + ", journals=" + files.journalCount());
        }
        ExitCode exitCode = ExitCode.DONE;
        final List<Map<String, Object>> found = new ArrayList<>();
        for (int i = 0; i < files.journalCount(); i++)
        {
            if (journal == null || journal == i)
            {
                final Map<String, Object> one = inspect(files, i);
                found.add(one);
                exitCode = worse(exitCode, one);
            }
        }
        final PrintWriter out = spec.commandLine().getOut();
        if (isJson)
        {
            out.println(JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build()
                .writeValueAsString(Map.of("directory", directory.toString(), "journals", found)));
        }
        else
        {
            found.forEach(one -> print(one, out));
        }
        out.flush();
        return exitCode.code();
    }

    private static ExitCode worse(final ExitCode soFar, final Map<String, Object> one)
    {
        if (one.get("verdict").equals("REFUSED") || soFar == ExitCode.JOURNAL_REFUSED)
        {
            return ExitCode.JOURNAL_REFUSED;
        }
        return one.get("verdict").equals(RecoveredJournal.Verdict.TORN_TAIL.name()) ? ExitCode.DIFFERENCE : soFar;
    }

    private Map<String, Object> inspect(final JournalFiles files, final int index)
    {
        final Manifest manifest = files.manifest(index);
        final Map<String, Object> one = new LinkedHashMap<>();
        one.put("journal", index);
        try
        {
            if (files.isLive())
            {
                final RecoveredJournal read =
                    files.scan(index, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
                one.put("verdict", read.verdict().name());
                one.put("report", read.report());
            }
            else
            {
                describe(files.inspect(index), one);
            }
        }
        catch (final JournalException e)
        {
            one.put("verdict", "REFUSED");
            one.put("report", e.getMessage());
        }
        one.put("manifest_state", manifest.state().name());
        one.put("policy_last_used", manifest.policy().name());
        one.put("incarnation", Long.toString(manifest.incarnation()));
        one.put("boot_id", manifest.bootId());
        one.put("watermark_position", Long.toString(manifest.watermark().position()));
        one.put("closed_cleanly", !manifest.closeMarks().isEmpty());
        if (manifest.archive() != null)
        {
            one.put("moved_below_position", Long.toString(manifest.archive().position()));
            one.put("moved_to", manifest.archive().root().toString());
        }
        one.put("repairs", manifest.repairs().stream().map(Object::toString).toList());
        one.put("quarantine", quarantine(index));
        return one;
    }

    private void describe(final JournalInspection inspection, final Map<String, Object> one)
    {
        final boolean isRefused = inspection.refusal() != null;
        one.put("verdict", isRefused ? "REFUSED" : inspection.found().verdict().name());
        one.put("report", isRefused ? inspection.refusal() : inspection.found().report());
        one.put("good_position", Long.toString(inspection.goodPosition()));
        one.put("stop_position", Long.toString(inspection.stopPosition()));
        one.put("stop_reason", inspection.stopReason() == null ? "zeros" : inspection.stopReason());
        one.put("content_end", Long.toString(inspection.contentEnd()));
        one.put("good_frames_behind", inspection.laterFrameCount());
        if (inspection.laterFrameCount() > 0)
        {
            one.put("first_good_frame_behind", Long.toString(inspection.laterFramePosition()));
        }
        one.put("shards", inspection.shards().stream().map(InspectCommand::shard).toList());
        one.put("segments", inspection.segments().entrySet().stream()
            .map(segment -> segment(segment.getKey(), segment.getValue())).toList());
        if (inspection.contentEnd() > inspection.goodPosition())
        {
            one.put("file", inspection.file(inspection.stopPosition()).toString());
            one.put("file_offset", Long.toString(inspection.fileOffset(inspection.stopPosition())));
            one.put("bytes", hex(inspection));
        }
        if (isRefused)
        {
            one.put("repair", "seriatim repair --data " + directory + " --journal " +
                inspection.manifest().journalIndex() + " --truncate-at " + inspection.goodPosition() +
                " --reason \"...\"");
        }
    }

    private static Map<String, Object> shard(final JournalInspection.Shard shard)
    {
        final Map<String, Object> one = new LinkedHashMap<>();
        one.put("shard", shard.shard());
        one.put("last_good_sequence", Long.toString(shard.nextSequence() - 1));
        one.put("last_forced_sequence", Long.toString(shard.knownSequence()));
        return one;
    }

    private static Map<String, Object> segment(final long position, final Path file)
    {
        final Map<String, Object> one = new LinkedHashMap<>();
        one.put("segment", file.getFileName().toString());
        one.put("position", Long.toString(position));
        try
        {
            one.put("length", Long.toString(Files.size(file)));
        }
        catch (final IOException e)
        {
            one.put("length", "unknown: " + e.getMessage());
        }
        return one;
    }

    private List<String> quarantine(final int index)
    {
        final Path quarantine = directory.resolve("quarantine");
        if (!Files.isDirectory(quarantine))
        {
            return List.of();
        }
        try (var files = Files.list(quarantine))
        {
            return files.map(file -> file.getFileName().toString())
                .filter(name -> name.startsWith("journal-" + index + "-")).sorted().toList();
        }
        catch (final IOException e)
        {
            return List.of("can not be listed: " + e.getMessage());
        }
    }

    private static List<String> hex(final JournalInspection inspection)
    {
        final int length = (int)Math.min(
            BYTES_SHOWN, inspection.manifest().segmentLength() - inspection.fileOffset(inspection.stopPosition()));
        final byte[] bytes = inspection.bytes(inspection.stopPosition(), length);
        final List<String> lines = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += BYTES_A_LINE)
        {
            final StringBuilder line = new StringBuilder(
                String.format(Locale.ROOT, "%10d ", inspection.stopPosition() + from));
            for (int i = from; i < Math.min(bytes.length, from + BYTES_A_LINE); i++)
            {
                line.append(String.format(Locale.ROOT, " %02x", bytes[i]));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static void print(final Map<String, Object> one, final PrintWriter out)
    {
        one.forEach((key, value) ->
        {
            final String name = key.replace('_', ' ');
            if (!(value instanceof List<?> list))
            {
                out.printf("%-24s %s%n", name, value);
            }
            else
            {
                list.forEach(item ->
                    out.printf("  %-22s %s%n", name, item instanceof Map<?, ?> map ? line(map) : item));
            }
        });
    }

    private static String line(final Map<?, ?> map)
    {
        final StringBuilder line = new StringBuilder();
        map.forEach((key, value) -> line.append(line.length() == 0 ? "" : ", ")
            .append(key.toString().replace('_', ' ')).append(' ').append(value));
        return line.toString();
    }
}
