package io.seriatim.faults;

import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.Locale;

/**
 * Edits a journal of ten thousand entries in whole stretches and whole segments: recovery comes to exactly the groups
 * before the first byte that is changed, or refuses where the watermark or the frames that are left say so.
 */
@Command(
    name = "edits",
    description = "Frames of a journal of 10,000 entries swapped, deleted, repeated, copied, zeroed and replaced by " +
        "those of another journal, segments swapped, deleted and put back as they were before: 1,000 edits, 40,000 " +
        "with --long, each recovered in four situations.")
final class EditsCommand extends Row
{
    private static final int EDITS_FAST = 1_000;
    private static final int EDITS_LONG = 40_000;

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException
    {
        try (SweptJournal journal = new SweptJournal(options().seed());
            SweptJournal other = new SweptJournal(options().seed() + 1))
        {
            final int count = options().cycleCount(EDITS_FAST, EDITS_LONG);
            final SweepProgress progress = new SweepProgress(count, out);
            journal.sweep().edit(
                count, options().seed(),
                Files.readAllBytes(other.books().resolve("journal-0/archive/0-0.rec")), progress::at);
            out.printf(Locale.ROOT, "edits of a journal of %,d entries: ", journal.sweep().entryCount());
            out.println(journal.sweep().counts());
            out.println(record.bound(count));
            record.put("entries", journal.sweep().entryCount()).put("counts", journal.sweep().counts().toString());
        }
    }
}
