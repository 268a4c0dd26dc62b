package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.ManualClock;
import io.seriatim.journal.Durability;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * Speaks with an engine in JSON, line by line.
 */
@Command(
    name = "script",
    description = "Take requests from standard input, one JSON object a line, and answer each with one on standard " +
        "output. A request that is wrong is answered by an error, and the next one is taken. docs/SCRIPT.md " +
        "describes them.%n%n" +
        "Operations: create_accounts, create_transfers, lookup_accounts, lookup_transfers, lookup_outcome, " +
        "get_account_transfers, get_account_balances, query_accounts, query_transfers, query_pending, " +
        "get_account_with_pending, get_account_as_of, get_change_events, explain, define_ledger, lookup_ledgers, " +
        "advance_clock, set_clock.%n%n" +
        "It ends with the input, and with 0 also if there were errors among the answers. On a terminal it has a " +
        "prompt: help lists what can be typed.",
    footer = "%nExample: books in memory, and a clock that stands still%n" +
        "  echo '{\"op\":\"create_accounts\",\"events\":[{\"id\":1,\"ledger\":840,\"code\":10}]}' |%n" +
        "  seriatim script --memory --clock manual%n" +
        "%nExample: what an account of books on the disk came to%n" +
        "  echo '{\"op\":\"lookup_accounts\",\"ids\":[\"1\"]}' |%n" +
        "  seriatim script --data books")
final class ScriptCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private SeriatimMain main;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "Directory of the books; it is made if it is not there. This or --memory is needed.")
    private Path directory;

    @Option(names = "--memory", description = "Keep the books in memory; they are gone at the end.")
    private boolean isMemory;

    @Option(
        names = "--clock",
        paramLabel = "CLOCK",
        defaultValue = "system",
        description = "system: the clock of the machine; manual: one that starts at 0 and stands still until " +
            "advance_clock or set_clock move it, for one shard. Default: ${DEFAULT-VALUE}")
    private Clock clock;

    @Mixin
    private EngineOptions engineOptions;

    /** Where time comes from. */
    enum Clock
    {
        SYSTEM, MANUAL
    }

    @Override
    public Integer call() throws IOException
    {
        final PrintWriter err = spec.commandLine().getErr();
        final LedgerEngine engine = EngineOptions.launch(config());
        final Thread closer = new Thread(engine::close, "seriatim-closer");
        Runtime.getRuntime().addShutdownHook(closer);
        try
        {
            engine.launchReport().forEach(err::println);
            err.flush();
            requireOneShard(engine);
            run(engine, err);
        }
        finally
        {
            engine.close();
            remove(closer);
        }
        return exitCode(engine, err).code();
    }

    private EngineConfig config()
    {
        final boolean isVolatile = isMemory || engineOptions.durability() == Durability.MEMORY;
        if (isMemory && directory != null)
        {
            throw new ParameterException(spec.commandLine(), "give --data or --memory, not both");
        }
        if (!isVolatile && directory == null)
        {
            throw new ParameterException(spec.commandLine(), "give --data or --memory");
        }
        final EngineConfig config =
            isVolatile ? engineOptions.memoryConfig(1) : engineOptions.config(directory, 1);
        return clock == Clock.MANUAL ? config.clock(new ManualClock()) : config;
    }

    private void requireOneShard(final LedgerEngine engine)
    {
        if (clock == Clock.MANUAL && engine.shardCount() > 1)
        {
            throw new ToolException(
                ExitCode.BAD_INPUT,
                "a manual clock is moved in the order of one shard: --clock manual needs books of one shard, " +
                "shards=" + engine.shardCount());
        }
    }

    private void run(final LedgerEngine engine, final PrintWriter err) throws IOException
    {
        try (ReadModelProgress progress = new ReadModelProgress(engine, err))
        {
            final ScriptSession session = new ScriptSession(engine, clock == Clock.MANUAL, progress);
            if (main.isOnTerminal())
            {
                speak(session);
            }
            else
            {
                session.run(main.in(), spec.commandLine().getOut());
            }
        }
    }

    private void speak(final ScriptSession session) throws IOException
    {
        // Of the ways to a terminal the one without native code, about which newer JVMs complain.
        try (Terminal terminal = TerminalBuilder.builder()
            .system(true)
            .provider(TerminalBuilder.PROP_PROVIDER_EXEC)
            .dumb(true)
            .build())
        {
            if (terminal.getType().startsWith(Terminal.TYPE_DUMB))
            {
                session.run(main.in(), spec.commandLine().getOut());
            }
            else
            {
                new ScriptRepl(session, terminal, ScriptHistory.file(System.getenv()), clock == Clock.SYSTEM).run();
            }
        }
    }

    private static ExitCode exitCode(final LedgerEngine engine, final PrintWriter err)
    {
        final Throwable cause = engine.failure();
        if (cause == null)
        {
            return ExitCode.DONE;
        }
        final Failure failure = Failure.ofStopped(cause);
        err.println("the engine has stopped: " + failure.message());
        return failure.exitCode();
    }

    private static void remove(final Thread closer)
    {
        try
        {
            Runtime.getRuntime().removeShutdownHook(closer);
        }
        catch (final IllegalStateException e)
        {
            // The JVM is going down, and the engine is closed already.
        }
    }
}
