package io.seriatim.faults;

import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;

/**
 * Ends a journal of ten thousand entries at every byte: recovery comes to the groups before, or refuses where the
 * watermark says that more was there.
 */
@Command(
    name = "cuts",
    description = "A journal of 10,000 entries cut at every byte (every 13th without --long), with the machine " +
        "restarted or not and a low and a high watermark. Cuts at the end of a group are counted as unanchored ends.")
final class CutsCommand extends Row
{
    private static final int STEP_FAST = 13;

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException
    {
        try (SweptJournal journal = new SweptJournal(options().seed()))
        {
            out.println(journal);
            final SweepProgress progress = new SweepProgress(journal.sweep().end(), out);
            journal.sweep().cut(options().isLong() ? 1 : STEP_FAST, progress::at);
            out.println(journal.sweep().counts());
            out.println(record.bound(journal.sweep().counts().damages));
            record.put("entries", journal.sweep().entryCount()).put("bytes", journal.sweep().end())
                .put("counts", journal.sweep().counts().toString());
        }
    }
}
