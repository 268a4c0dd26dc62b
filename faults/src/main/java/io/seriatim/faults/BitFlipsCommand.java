package io.seriatim.faults;

import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;

/**
 * Flips every bit of a journal of ten thousand entries: each is seen, and recovery refuses or comes to the groups
 * before it.
 */
@Command(
    name = "bit-flips",
    description = "Every bit of a journal of 10,000 entries flipped (one in 29 without --long), with the machine " +
        "restarted or not and a low and a high watermark; some of them met by the launch of a real engine, which " +
        "has to refuse or to go on exactly at the last whole group before.")
final class BitFlipsCommand extends Row
{
    private static final int STEP_FAST = 29;
    private static final int SAMPLES_FAST = 500;
    private static final int SAMPLES_LONG = 20_000;
    private static final int LAUNCHES_FAST = 40;
    private static final int LAUNCHES_LONG = 1_000;

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException
    {
        try (SweptJournal journal = new SweptJournal(options().seed()))
        {
            out.println(journal);
            final SweepProgress progress = new SweepProgress(journal.sweep().end(), out);
            journal.sweep().flipBits(options().isLong() ? 1 : STEP_FAST, progress::at);
            journal.sweep().sample(options().isLong() ? SAMPLES_LONG : SAMPLES_FAST, options().seed());
            final DamagedLaunch launches = new DamagedLaunch(journal, false);
            launches.run(
                options().isLong() ? LAUNCHES_LONG : LAUNCHES_FAST, options().seed(),
                journal.sweep().copies()::flipBit);
            out.println(journal.sweep().counts());
            out.println("flips " + launches);
            out.println(record.bound(journal.sweep().counts().damages));
            record.put("entries", journal.sweep().entryCount()).put("bytes", journal.sweep().end())
                .put("counts", journal.sweep().counts().toString())
                .put("launchRefused", launches.refusedCount()).put("launchAccepted", launches.launchedCount())
                .put("launches", launches.toString());
        }
    }
}
