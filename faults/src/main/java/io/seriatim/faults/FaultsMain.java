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
    footer = "%nEach has --help. A promise that does not hold ends with exit code 1 and the command that shows it " +
        "again.",
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
        spec.commandLine().getSubcommands().forEach((row, command) ->
        {
            out.println("== " + row);
            out.flush();
            exitCodes.put(row, command.execute(arguments.toArray(new String[0])));
            out.flush();
        });
        final List<String> failed = exitCodes.keySet().stream().filter(row -> exitCodes.get(row) != 0).toList();
        out.println(
            exitCodes.size() + " rows, " + failed.size() + " failed" + (failed.isEmpty() ? "" : ": " + failed));
        return (failed.isEmpty() ? ExitCode.DONE : ExitCode.DIFFERENCE).code();
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
            err.println("crash-test: FAILED: " + ex.getMessage());
            return ExitCode.DIFFERENCE.code();
        }
        ex.printStackTrace(err);
        return ExitCode.INTERNAL.code();
    }
}
