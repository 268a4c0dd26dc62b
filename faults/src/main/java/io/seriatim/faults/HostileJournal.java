package io.seriatim.faults;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.TestClocks;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.ledger.Events;
import io.seriatim.ledger.HostileRequest;
import io.seriatim.ledger.HostileWorkload;
import io.seriatim.ledger.ReferenceLedger;
import io.seriatim.ledger.Result;

import java.nio.file.Path;
import java.util.List;

/**
 * Makes journals of hostile requests by a real engine, whose answers are compared with those of the reference ledger.
 * <p>
 * Threads: confined to one.
 */
final class HostileJournal
{
    private static final int BATCH_COUNT_MAX = 64;
    private static final int TERM_LENGTH = 256 * 1024;

    private final ReferenceLedger reference = new ReferenceLedger();
    private final HostileWorkload workload;
    private final ManualClock clock = new ManualClock();
    private final Path directory;

    /**
     * Nothing is made yet.
     *
     * @param directory for the engine.
     * @param seed      that the requests are drawn from.
     */
    HostileJournal(final Path directory, final long seed)
    {
        this.directory = directory;
        workload = new HostileWorkload(seed, reference, BATCH_COUNT_MAX, HostileWorkload.Features.CREATES);
    }

    /** What the books are after the requests so far. */
    ReferenceLedger reference()
    {
        return reference;
    }

    /**
     * Launch an engine, send requests until there are so many entries, and close it cleanly.
     *
     * @param entryCount to come to.
     */
    void run(final long entryCount)
    {
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig()
            .dataDirectory(directory)
            .durability(Durability.OS)
            .threading(Threading.INVOKER)
            .clock(clock)
            .batchCountMax(BATCH_COUNT_MAX)
            .readModel(false)
            .journal(new JournalConfig().termLength(TERM_LENGTH).segmentLength(TERM_LENGTH))))
        {
            final LedgerSession session = engine.openSession(0);
            while (reference.nextSequence() < entryCount)
            {
                final HostileRequest request = workload.next();
                final HostileRequest.Applied applied = request.applyTo(reference);
                TestClocks.set(clock, request.clock());
                send(session, request);
                await(engine, session, applied.results());
            }
        }
    }

    private static void send(final LedgerSession session, final HostileRequest request)
    {
        switch (request.kind())
        {
            case ACCOUNTS ->
            {
                session.claimAccounts(request.count());
                for (int i = 0; i < request.count(); i++)
                {
                    Events.encode(request.accounts().get(i), session.account(i));
                }
            }
            case TRANSFERS ->
            {
                session.claimTransfers(request.count());
                for (int i = 0; i < request.count(); i++)
                {
                    Events.encode(request.transfers().get(i), session.transfer(i));
                    session.transferTimestampNs(i, request.transfers().get(i).timestamp());
                }
            }
            case DEFINITIONS ->
            {
                session.claimDefinitions(request.count());
                for (int i = 0; i < request.count(); i++)
                {
                    final ReferenceLedger.LedgerDefinition given = request.definitions().get(i);
                    session.definition(
                        i, new LedgerDefinition(given.ledger(), given.assetCode(), given.scale()));
                }
            }
            default -> session.claimClock(RequestKind.ADVANCE_CLOCK, 0);
        }
        session.publish();
    }

    private static void await(final LedgerEngine engine, final LedgerSession session, final List<Result> expected)
    {
        while (session.inFlight() > 0)
        {
            engine.doWork();
            if (engine.failure() != null)
            {
                throw new FaultException("the engine has stopped: " + engine.failure().getMessage(), engine.failure());
            }
            session.poll(reply ->
            {
                for (int i = 0; i < expected.size(); i++)
                {
                    if (reply.outcome(i) != (int)expected.get(i).code() ||
                        reply.sequence(i) != expected.get(i).sequence())
                    {
                        throw new FaultException(
                            "an answer is not that of the reference ledger: expected " + expected.get(i) +
                            ", outcome=" + Integer.toUnsignedString(reply.outcome(i)) + ", sequence=" +
                            reply.sequence(i));
                    }
                }
            }, 1);
        }
    }
}
