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
        "restarted or not and a low and a high watermark; some inside frames recovered whole, and some met by the " +
        "launch of a real engine. Clean ends, torn tails and refusals are counted apart.")
final class CutsCommand extends Row
{
    private static final int STEP_FAST = 13;
    private static final int INSIDE_FAST = 100;
    private static final int INSIDE_LONG = 1_000;
    private static final int LAUNCHES_FAST = 5;
    private static final int LAUNCHES_LONG = 50;

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException
    {
        try (SweptJournal journal = new SweptJournal(options().seed()))
        {
            out.println(journal);
            final SweepProgress progress = new SweepProgress(journal.sweep().end(), out);
            journal.sweep().cut(options().isLong() ? 1 : STEP_FAST, progress::at);
            journal.sweep().cutInside(options().isLong() ? INSIDE_LONG : INSIDE_FAST, options().seed());
            final DamagedLaunch launches = new DamagedLaunch(journal, true);
            launches.run(
                options().isLong() ? LAUNCHES_LONG : LAUNCHES_FAST, options().seed(),
                journal.sweep().copies()::cutCopy);
            out.println(journal.sweep().counts());
            out.println("cuts " + launches);
            out.println(record.bound(journal.sweep().counts().damages));
            record.put("entries", journal.sweep().entryCount()).put("bytes", journal.sweep().end())
                .put("counts", journal.sweep().counts().toString()).put("launches", launches.toString());
        }
    }
}
