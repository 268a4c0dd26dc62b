package io.seriatim.tools;

import java.io.Console;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. What a command finds goes to the output stream; progress, and what went wrong, to the error
 * stream; how it ended is the {@link ExitCode}.
 */
@Command(
    name = "seriatim",
    versionProvider = VersionProvider.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "A low-latency, single-writer, double-entry ledger engine: its tools.",
    footer = "%nExample:%n  seriatim generate --transfers 100000 --out workload",
    subcommands = {
        InitCommand.class,
        RunCommand.class,
        GenerateCommand.class,
        ImportCommand.class,
        InfoCommand.class,
        VerifyCommand.class,
        EntriesCommand.class,
        BalancesCommand.class,
        ScriptCommand.class,
        SnapshotCommand.class,
        InspectCommand.class,
        RepairCommand.class,
        ArchiveCommand.class,
        FeedCommand.class,
        FollowCommand.class,
        KeyCommand.class,
        SealCommand.class,
        ProveCommand.class,
        ConsistencyCommand.class,
        CheckCommand.class,
        PublishCommand.class,
        FsckCommand.class,
        AuditCommand.class,
        WitnessCommand.class,
        AsOfCommand.class,
        DiffCommand.class,
        StatementCommand.class,
        ExportCommand.class,
        TopCommand.class,
        AdviseCommand.class,
        TotalsCommand.class,
        TopAccountsCommand.class,
        ReshardCommand.class,
    })
public final class SeriatimMain implements Runnable
{
    /** Set to anything but nothing, it is the same as {@code --debug} on every command. */
    static final String DEBUG_VARIABLE = "SERIATIM_DEBUG";

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--debug",
        scope = ScopeType.INHERIT,
        description = "Show where an error comes from. Also: SERIATIM_DEBUG=1")
    private boolean isDebug;

    @Option(names = { "-V", "--version" }, versionHelp = true, description = "Show the version and exit.")
    private boolean isVersionAsked;

    @Option(
        names = { "-h", "--help" },
        usageHelp = true,
        scope = ScopeType.INHERIT,
        description = "Show what the command does and exit.")
    private boolean isHelpAsked;

    private final InputStream in;

    SeriatimMain(final InputStream in)
    {
        this.in = in;
    }

    /**
     * Runs one command and ends the process.
     *
     * @param args command, options, arguments.
     */
    public static void main(final String[] args)
    {
        final PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        final PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        final int exitCode = run(out, err, args);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }

    /**
     * Runs one command.
     *
     * @param out  what is asked for.
     * @param err  what went wrong.
     * @param args command, options, arguments.
     * @return code of an {@link ExitCode}.
     */
    static int run(final PrintWriter out, final PrintWriter err, final String... args)
    {
        return run(System.in, out, err, args);
    }

    /**
     * Runs one command.
     *
     * @param in   what commands are told that read on.
     * @param out  what is asked for.
     * @param err  what went wrong.
     * @param args command, options, arguments.
     * @return code of an {@link ExitCode}.
     */
    static int run(final InputStream in, final PrintWriter out, final PrintWriter err, final String... args)
    {
        final SeriatimMain main = new SeriatimMain(in);
        final CommandLine commandLine = new CommandLine(main)
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true)
            .setParameterExceptionHandler(SeriatimMain::usageError)
            .setExecutionExceptionHandler((exception, command, result) -> main.failed(command, exception));
        describe(commandLine);
        try
        {
            return commandLine.execute(args);
        }
        catch (final Throwable e)
        {
            return main.failed(commandLine, e);
        }
    }

    /** Standard input, or what a test has in its place. */
    InputStream in()
    {
        return in;
    }

    /** Whether somebody types and reads, and no file or program does. */
    boolean isOnTerminal()
    {
        if (in != System.in || System.console() == null)
        {
            return false;
        }
        try
        {
            // From Java 22 on there is a console without a terminal too, and it says so.
            return (boolean) Console.class.getMethod("isTerminal").invoke(System.console());
        }
        catch (final ReflectiveOperationException e)
        {
            return true;
        }
    }

    /** Gives every command the same list of exit codes. */
    private static void describe(final CommandLine commandLine)
    {
        commandLine.getCommandSpec().usageMessage()
            .exitCodeListHeading("%nExit codes:%n")
            .exitCodeList(ExitCode.list())
            .optionListHeading("%nOptions:%n")
            .commandListHeading("%nCommands:%n")
            .descriptionHeading("%n");
        for (final CommandLine command : commandLine.getSubcommands().values())
        {
            describe(command);
        }
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "no command was given");
    }

    private static int usageError(final ParameterException e, final String[] args)
    {
        final CommandLine command = e.getCommandLine();
        final PrintWriter err = command.getErr();
        final String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try: " + name + " --help");
        err.flush();
        return ExitCode.BAD_INPUT.code();
    }

    private int failed(final CommandLine command, final Throwable e)
    {
        final PrintWriter err = command.getErr();
        final Failure failure = Failure.of(e);
        command.getOut().flush();
        err.println(command.getCommandSpec().qualifiedName() + ": " + failure.message());
        final String variable = System.getenv(DEBUG_VARIABLE);
        if (isDebug || variable != null && !variable.isEmpty())
        {
            e.printStackTrace(err);
        }
        err.flush();
        return failure.exitCode().code();
    }
}
