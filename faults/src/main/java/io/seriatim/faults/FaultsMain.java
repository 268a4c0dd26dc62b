package io.seriatim.faults;

import io.seriatim.tools.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * The command line of the fault tests: rows that break something on purpose and check what must hold all the same.
 */
@Command(
    name = "scripts/crash-test",
    synopsisSubcommandLabel = "ROW",
    description = "Kills, cuts, flips and fills on purpose, and checks that nothing acknowledged is lost and no " +
        "damage is believed. Without a row all of them are run.",
    commandListHeading = "%nRows:%n",
    footer = {
        "%nEach has --help. A promise that does not hold ends with exit code 1 and the command that shows it again.",
        "%n" + FaultsMain.OTHER_SCRIPTS,
    },
    subcommands = {
        BitFlipsCommand.class,
        ClockCommand.class,
        CrashStatesCommand.class,
        CutsCommand.class,
        DeterminismCommand.class,
        DiskFullCommand.class,
        EditsCommand.class,
        FeedCommand.class,
        IoErrorsCommand.class,
        KillCommand.class,
        OverloadCommand.class,
        PauseCommand.class,
        PowerCutCommand.class,
        SecondUserCommand.class,
        ShmFullCommand.class,
        SoakCommand.class,
        PlantedCommand.class,
    })
public final class FaultsMain implements Callable<Integer>
{
    /** How the message begins of a promise that did not hold. */
    static final String FAILED = "crash-test: FAILED: ";

    /** Figures that are not reached here. */
    static final String OTHER_SCRIPTS =
        "Not among these rows, with scripts of their own:\n" +
        "  scripts/simulate            lives of an engine on a simulated disk\n" +
        "  scripts/check-concurrency   classes that threads share\n" +
        "  scripts/check-mutations     whether the tests see small changes of the code\n" +
        "  scripts/fuzz                input from outside\n" +
        "  scripts/check-reproducible  two builds, byte by byte\n" +
        "  scripts/test                what the tests show: lock-step, snapshots, proofs, requests, access";

    @Spec
    private CommandSpec spec;

    @Mixin
    private RowOptions options;

    @Option(
        names = { "-h", "--help" },
        usageHelp = true,
        scope = ScopeType.INHERIT,
        description = "Show what the row does and exit.")
    private boolean isHelpAsked;

    /**
     * Runs one row and ends the process.
     *
     * @param args row and options.
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
        return new CommandLine(new FaultsMain())
            .setOut(out)
            .setErr(err)
            .setParameterExceptionHandler((ex, args) ->
            {
                err.println("crash-test: " + ex.getMessage() + "; try --help");
                return ExitCode.BAD_INPUT.code();
            })
            .setExecutionExceptionHandler((ex, command, result) -> failed(ex, out, err));
    }

    /** Without a row: all of them, one after the other, whatever becomes of each. */
    @Override
    public Integer call()
    {
        final PrintWriter out = spec.commandLine().getOut();
        final List<String> arguments = new ArrayList<>(
            List.of("--seed", Long.toString(options.seed()), "--record", options.recordFile().toString()));
        if (options.isLong())
        {
            arguments.add("--long");
        }
        final Map<String, Integer> exitCodes = new LinkedHashMap<>();
        final Map<String, String> skipped = new LinkedHashMap<>();
        spec.commandLine().getSubcommands().forEach((row, command) ->
        {
            out.println("== " + row);
            out.flush();
            exitCodes.put(row, command.execute(arguments.toArray(new String[0])));
            if (command.getCommand() instanceof Row ran && ran.skipped() != null)
            {
                skipped.put(row, ran.skipped());
            }
            out.flush();
        });
        out.println(summary(exitCodes, skipped));
        out.println(OTHER_SCRIPTS);
        return (exitCodes.values().stream().allMatch(code -> code == 0) ? ExitCode.DONE : ExitCode.DIFFERENCE).code();
    }

    /**
     * What became of all rows.
     *
     * @param exitCodes of each row.
     * @param skipped   why, of each row that was not run, or not all of it.
     */
    static String summary(final Map<String, Integer> exitCodes, final Map<String, String> skipped)
    {
        final List<String> failed = exitCodes.keySet().stream().filter(row -> exitCodes.get(row) != 0).toList();
        final StringBuilder text = new StringBuilder();
        text.append(exitCodes.size()).append(" rows, ").append(failed.size()).append(" failed")
            .append(failed.isEmpty() ? "" : ": " + failed).append(", ").append(skipped.size()).append(" SKIPPED");
        skipped.forEach((row, reason) ->
            text.append("\n  ").append(Row.SKIPPED).append(row).append(": ").append(reason));
        return text.append(skipped.isEmpty() ? "" : "\nof what was skipped nothing was shown").toString();
    }

    private static int failed(final Exception ex, final PrintWriter out, final PrintWriter err)
    {
        out.flush();
        if (ex instanceof ParameterException)
        {
            err.println("crash-test: " + ex.getMessage());
            return ExitCode.BAD_INPUT.code();
        }
        if (ex instanceof FaultException)
        {
            err.println(FAILED + ex.getMessage());
            return ExitCode.DIFFERENCE.code();
        }
        ex.printStackTrace(err);
        return ExitCode.INTERNAL.code();
    }
}
