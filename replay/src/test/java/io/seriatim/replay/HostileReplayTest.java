package io.seriatim.replay;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.Threading;
import io.seriatim.ledger.Events;
import io.seriatim.ledger.HostileWorkload;
import io.seriatim.ledger.ReferenceLedger;
import io.seriatim.ledger.Result;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests of every kind of malice, written by an engine that is stepped, are replayed without a difference. */
class HostileReplayTest
{
    private static final int EVENT_COUNT = 6_000;
    private static final int BATCH_COUNT_MAX = 60;

    @TempDir
    private Path directory;
    private long nowNs;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void shouldFindNothingInHostileBooks(final long seed)
    {
        final Path books = directory.resolve("books");
        final EngineConfig config = TestBooks.config(books, 1).threading(Threading.INVOKER).clock(() -> nowNs);
        final ReferenceLedger reference = new ReferenceLedger();
        final HostileWorkload workload = new HostileWorkload(
            seed, reference, BATCH_COUNT_MAX, HostileWorkload.Features.SINGLE_PHASE);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            final LedgerSession session = engine.openSession(0);
            while (reference.nextSequence() < EVENT_COUNT)
            {
                step(engine, session, workload.next(), reference, seed);
            }
        }

        final AuditReport report = new AuditReplay(books).run();
        assertTrue(report.isClean(), () -> "seed=" + seed + ": " + report);
        final ShardAudit shard = report.shards().get(0);
        assertEquals(reference.nextSequence(), shard.nextSequence());
        assertEquals(reference.accounts().size(), shard.accountCount());
        assertEquals(reference.transfers().size(), shard.transferCount());
    }

    private void step(
        final LedgerEngine engine,
        final LedgerSession session,
        final HostileWorkload.Request request,
        final ReferenceLedger reference,
        final long seed)
    {
        final List<Result> expected = request.applyTo(reference).results();
        nowNs = request.batchTimestamp() - request.count();
        if (request.isAccounts())
        {
            session.claimAccounts(request.count());
            for (int i = 0; i < request.count(); i++)
            {
                Events.encode(request.accounts().get(i), session.account(i));
            }
        }
        else
        {
            session.claimTransfers(request.count());
            for (int i = 0; i < request.count(); i++)
            {
                Events.encode(request.transfers().get(i), session.transfer(i));
                session.transferTimestampNs(i, request.transfers().get(i).timestamp());
            }
        }
        session.publish();
        while (session.poll(
            reply ->
            {
                for (int i = 0; i < expected.size(); i++)
                {
                    assertEquals((int)expected.get(i).code(), reply.outcome(i), "seed=" + seed);
                    assertEquals(expected.get(i).sequence(), reply.sequence(i), "seed=" + seed);
                }
            }, 1) == 0)
        {
            engine.doWork();
        }
    }
}
