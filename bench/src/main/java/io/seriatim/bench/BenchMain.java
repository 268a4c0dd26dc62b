package io.seriatim.bench;

import io.seriatim.journal.DirectoryInUseException;
import io.seriatim.journal.JournalException;
import io.seriatim.tools.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * The command line of the benchmarks: scenarios that print a table, check what they measured and leave files.
 */
@Command(
    name = "scripts/bench",
    synopsisSubcommandLabel = "SCENARIO",
    description = "What Seriatim can do on this machine, and how that compares with a bare Aeron Archive on the same " +
        "disk in the same minute.",
    commandListHeading = "%nScenarios:%n",
    footer = "%nEach has --help. A run whose outcomes or balances are not what was sent fails.",
    subcommands = {
        LatencyCommand.class,
        ThroughputCommand.class,
        StateMachineCommand.class,
        MemoryCommand.class,
        ReadModelCommand.class,
        ExpiryCommand.class,
        RecoveryCommand.class,
        ReplayCommand.class,
        OrderCommand.class,
        CountersCommand.class,
        SealingCommand.class,
        CheckpointedCommand.class,
        StateRootsCommand.class,
        GuardCommand.class,
        ShardsCommand.class,
        FairnessCommand.class,
        PeersCommand.class,
        ReplayLoadCommand.class,
        StallCommand.class,
        ScenarioCommand.class,
        AllCommand.class,
        ReportCommand.class,
    })
public final class BenchMain implements Runnable
{
    @Spec
    private CommandSpec spec;

    @Option(
        names = { "-h", "--help" },
        usageHelp = true,
        scope = ScopeType.INHERIT,
        description = "Show what the scenario does and exit.")
    private boolean isHelpAsked;

    /**
     * Runs one scenario and ends the process.
     *
     * @param args scenario and options.
     */
    public static void main(final String[] args)
    {
        final PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        final PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        final int exitCode = commandLine(out, err).execute(args);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }

    static CommandLine commandLine(final PrintWriter out, final PrintWriter err)
    {
        return new CommandLine(new BenchMain())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler((ex, args) ->
            {
                err.println("bench: " + ex.getMessage() + "; try --help");
                return ExitCode.BAD_INPUT.code();
            })
            .setExecutionExceptionHandler((ex, command, result) -> failed(ex, out, err));
    }

    /** Without a scenario: which there are. */
    @Override
    public void run()
    {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int failed(final Exception ex, final PrintWriter out, final PrintWriter err)
    {
        out.flush();
        if (ex instanceof ParameterException)
        {
            err.println("bench: " + ex.getMessage());
            return ExitCode.BAD_INPUT.code();
        }
        if (ex instanceof BenchException)
        {
            err.println("bench: FAILED: " + ex.getMessage());
            return ExitCode.DIFFERENCE.code();
        }
        if (ex instanceof JournalException)
        {
            err.println("bench: " + ex.getMessage());
            return (ex instanceof DirectoryInUseException ? ExitCode.IN_USE : ExitCode.JOURNAL_REFUSED).code();
        }
        ex.printStackTrace(err);
        return ExitCode.INTERNAL.code();
    }
}
