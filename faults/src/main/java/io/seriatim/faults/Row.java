package io.seriatim.faults;

import io.seriatim.tools.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;

/**
 * One kind of attack: it runs, says what was reached, and leaves a line of JSON; a promise that did not hold ends it
 * with the command that shows it again. What the machine lacks for it is said loudly, and nothing is shown then.
 */
abstract class Row implements Callable<Integer>
{
    /** How the output of a row begins that this machine can not run. */
    static final String SKIPPED = "SKIPPED: ";

    @Spec
    private CommandSpec spec;

    @Mixin
    private RowOptions options;

    private String skipped;

    RowOptions options()
    {
        return options;
    }

    /** Why it was not run, or what of it was not; null if all of it was. */
    String skipped()
    {
        return skipped;
    }

    /** Say loudly that a part of it can not be run on this machine. */
    void skipPart(final PrintWriter out, final RunRecord record, final String reason)
    {
        skipped = "in part, " + reason;
        out.println(SKIPPED + "a part of " + spec.name() + ": " + reason);
        record.put("skipped", skipped);
    }

    /** Why it can not be run on this machine; null if it can. */
    String missing() throws IOException
    {
        return null;
    }

    /**
     * Attack.
     *
     * @param out    for the person who waits.
     * @param record of the run, to note what was reached.
     * @throws FaultException if a promise did not hold.
     */
    abstract void run(PrintWriter out, RunRecord record) throws IOException, InterruptedException;

    @Override
    public final Integer call() throws IOException, InterruptedException
    {
        final PrintWriter out = spec.commandLine().getOut();
        final RunRecord record = new RunRecord(spec.name(), options.seed());
        final String missing = missing();
        if (missing != null)
        {
            skipped = missing;
            out.println(SKIPPED + spec.name() + ": " + missing + "; nothing was shown");
            record.put("skipped", missing).write(options.recordFile());
            return ExitCode.DONE.code();
        }
        try
        {
            run(out, record);
        }
        catch (final FaultException | AssertionError ex)
        {
            record.put("failed", String.valueOf(ex.getMessage())).write(options.recordFile());
            throw new FaultException(
                ex.getMessage() + "\nsee it again: scripts/crash-test " + spec.name() + " " + options.again(), ex);
        }
        record.write(options.recordFile());
        return ExitCode.DONE.code();
    }
}
