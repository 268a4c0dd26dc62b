package io.seriatim.bench;

import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.Account;
import io.seriatim.engine.ClockResult;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.ReplyHandler;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What it costs when many pending transfers become due at one instant: a shard releases all of them before its next
 * request. Time is a clock moved by hand, so the instant is exact.
 */
@Command(
    name = "expiry",
    sortOptions = false,
    description = "How long a shard takes to release pending transfers that are all due at one instant, and how long " +
        "the request behind them waits.",
    footer = "%nExample:%n  scripts/bench expiry --pending 1000000 --durability FSYNC")
final class ExpiryCommand implements Callable<Integer>
{
    private static final int LEDGER = 840;
    private static final int TIMEOUT_SECONDS = 3_600;
    private static final long AFTER_DEADLINE_NS = 2L * TIMEOUT_SECONDS * 1_000_000_000L;

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--pending",
        paramLabel = "N",
        defaultValue = "1000000",
        description = "How many are due at once. Default: ${DEFAULT-VALUE}")
    private int pendingCount;

    @Option(
        names = "--durability",
        paramLabel = "POLICY",
        defaultValue = "FSYNC",
        description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Durability durability;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        defaultValue = "target/bench-expiry",
        description = "Where the books are kept; must not exist. Default: ${DEFAULT-VALUE}")
    private Path directory;

    @Override
    public Integer call() throws IOException
    {
        if (Files.exists(directory))
        {
            throw new BenchException("the directory exists already: " + directory.toAbsolutePath());
        }
        Files.createDirectories(directory);
        final PrintWriter out = spec.commandLine().getOut();
        Environment.of(directory, String.join(" ", spec.commandLine().getParseResult().originalArgs()))
            .forEach((name, value) -> out.printf("%-12s %s%n", name, value));
        final EngineConfig config = new EngineConfig()
            .dataDirectory(directory).durability(durability).clock(new ManualClock()).readModel(false)
            .requestTimeoutNs(Long.MAX_VALUE / 2);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            final Ledger ledger = engine.ledger(LEDGER);
            ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            final long createNs = createPending(engine.openSession(engine.shardOf(LEDGER)));
            requirePending(ledger, Uint128.of(pendingCount));
            final long startNs = System.nanoTime();
            final ClockResult result = ledger.advanceClock(AFTER_DEADLINE_NS);
            final long releaseNs = System.nanoTime() - startNs;
            if (result.expiredCount() != pendingCount)
            {
                throw new BenchException(
                    "released " + result.expiredCount() + " of " + pendingCount + " pending transfers");
            }
            requirePending(ledger, Uint128.ZERO);
            out.printf("%nunder %s, one shard, releases acknowledged like any entry%n", durability);
            out.printf("created      %,d pending transfers in %,d ms%n", pendingCount, createNs / 1_000_000);
            out.printf(
                "released     %,d at one instant in %,d ms: %,d ns each; so long does the next request wait%n",
                pendingCount, releaseNs / 1_000_000, releaseNs / Math.max(1, pendingCount));
        }
        return 0;
    }

    private long createPending(final LedgerSession session)
    {
        final long startNs = System.nanoTime();
        final ReplyHandler handler = reply ->
        {
            for (int i = 0; i < reply.count(); i++)
            {
                if (reply.outcome(i) != TransferOutcome.CREATED.code())
                {
                    throw new BenchException("a pending transfer was refused: " + TransferOutcome.of(reply.outcome(i)));
                }
            }
        };
        int next = 0;
        while (next < pendingCount || session.inFlight() > 0)
        {
            final int count = Math.min(session.batchCountMax(), pendingCount - next);
            if (count > 0 && session.claimTransfers(count) > 0)
            {
                for (int i = 0; i < count; i++)
                {
                    encode(session.transfer(i), 1_000_000L + next + i);
                }
                session.publish();
                next += count;
            }
            session.poll(handler, 1);
        }
        return System.nanoTime() - startNs;
    }

    private static void encode(final TransferRecordEncoder transfer, final long id)
    {
        transfer.idLow(id).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1).ledger(LEDGER).code(1)
            .timeout(TIMEOUT_SECONDS).flags(TransferFlags.PENDING);
    }

    private static void requirePending(final Ledger ledger, final Uint128 expected)
    {
        final Uint128 actual = ledger.lookupAccount(1).one().debitsPending();
        if (!actual.equals(expected))
        {
            throw new BenchException("pending debits differ: expected=" + expected + ", actual=" + actual);
        }
    }
}
