package io.seriatim.faults;

import io.seriatim.tools.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Ends a journal of ten thousand entries at every byte: recovery comes to the groups before, or refuses where the
 * watermark says that more was there.
 */
@Command(
    name = "cuts",
    description = "A journal of 10,000 entries cut at every byte (every 13th without --long), with the machine " +
        "restarted or not and a low and a high watermark. Cuts at the end of a group are counted as unanchored ends.")
final class CutsCommand implements Callable<Integer>
{
    private static final int STEP_FAST = 13;

    @Spec
    private CommandSpec spec;

    @Mixin
    private RowOptions options;

    @Override
    public Integer call() throws IOException
    {
        final PrintWriter out = spec.commandLine().getOut();
        final RunRecord record = new RunRecord("cuts", options.seed());
        try (SweptJournal journal = new SweptJournal(options.seed()))
        {
            out.printf(
                Locale.ROOT, "a journal of %,d entries, %,d bytes, from seed %d%n", journal.sweep().entryCount(),
                journal.sweep().end(), options.seed());
            final SweepProgress progress = new SweepProgress(journal.sweep().end(), out);
            journal.sweep().cut(options.isLong() ? 1 : STEP_FAST, progress::at);
            out.println(journal.sweep().counts());
            out.println(record.bound(journal.sweep().counts().damages));
            record.put("entries", journal.sweep().entryCount()).put("bytes", journal.sweep().end())
                .put("counts", journal.sweep().counts().toString());
        }
        catch (final AssertionError ex)
        {
            throw new FaultException(
                ex.getMessage() + "; see it again: scripts/crash-test cuts --seed " + options.seed() +
                (options.isLong() ? " --long" : ""), ex);
        }
        record.write(options.recordFile());
        return ExitCode.DONE.code();
    }
}
