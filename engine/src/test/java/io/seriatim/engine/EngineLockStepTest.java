package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.ledger.AccountEvent;
import io.seriatim.ledger.Events;
import io.seriatim.ledger.HostileWorkload;
import io.seriatim.ledger.ReferenceLedger;
import io.seriatim.ledger.Result;
import io.seriatim.ledger.TransferEvent;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The whole engine, journal and all, in lock-step with the reference ledger: every so often it is closed and launched
 * again, and must go on as if nothing had been.
 */
class EngineLockStepTest
{
    private static final int SEED_COUNT = 6;
    private static final int EVENTS_PER_SEED = 6_000;
    private static final int EVENTS_PER_LAUNCH = 1_500;
    private static final int BATCH_COUNT_MAX = 64;

    @TempDir
    private Path directory;

    private long clockNs;
    private LedgerEngine engine;
    private LedgerSession session;

    @Test
    void shouldAgreeWithTheReferenceLedgerAcrossLaunches()
    {
        for (long seed = 100; seed < 100 + SEED_COUNT; seed++)
        {
            try
            {
                run(seed);
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError("seed=" + seed, ex);
            }
            finally
            {
                engine.close();
            }
        }
    }

    private void run(final long seed)
    {
        final ReferenceLedger reference = new ReferenceLedger();
        final HostileWorkload workload = new HostileWorkload(
            seed, reference, BATCH_COUNT_MAX, HostileWorkload.Features.SINGLE_PHASE);
        launch(seed);
        long launchAt = EVENTS_PER_LAUNCH;
        while (reference.nextSequence() <= EVENTS_PER_SEED)
        {
            final HostileWorkload.Request request = workload.next();
            final List<Result> expected = request.applyTo(reference).results();
            clockNs = request.batchTimestamp() - request.count();
            apply(request, expected);
            if (reference.nextSequence() > launchAt)
            {
                engine.close();
                launch(seed);
                assertSameAccounts(reference);
                launchAt += EVENTS_PER_LAUNCH;
            }
        }
    }

    private void launch(final long seed)
    {
        engine = LedgerEngine.launch(new EngineConfig()
            .dataDirectory(directory.resolve("books-" + seed))
            .durability(Durability.OS)
            .threading(Threading.INVOKER)
            .clock(() -> clockNs)
            .batchCountMax(BATCH_COUNT_MAX)
            .windowCapacity(128)
            .journal(new JournalConfig().termLength(256 * 1024).segmentLength(256 * 1024)));
        session = engine.openSession(0);
    }

    private void apply(final HostileWorkload.Request request, final List<Result> expected)
    {
        final int count = request.count();
        if (request.isAccounts())
        {
            assertTrue(session.claimAccounts(count) > 0);
            for (int i = 0; i < count; i++)
            {
                final AccountEvent account = request.accounts().get(i);
                Events.encode(account, session.account(i));
            }
        }
        else
        {
            assertTrue(session.claimTransfers(count) > 0);
            for (int i = 0; i < count; i++)
            {
                final TransferEvent transfer = request.transfers().get(i);
                Events.encode(transfer, session.transfer(i));
                session.transferTimestampNs(i, transfer.timestamp());
            }
        }
        session.publish();
        await(reply ->
        {
            assertEquals(expected.size(), reply.count());
            for (int i = 0; i < expected.size(); i++)
            {
                final Result result = expected.get(i);
                assertEquals((int)result.code(), reply.outcome(i), () -> "expected " + result);
                assertEquals(result.timestamp(), reply.timestampNs(i), () -> "expected " + result);
                assertEquals(result.sequence(), reply.sequence(i), () -> "expected " + result);
                assertEquals(result.firstSequence(), reply.firstSequence(i), () -> "expected " + result);
            }
        });
    }

    private void assertSameAccounts(final ReferenceLedger reference)
    {
        for (final ReferenceLedger.Account account : reference.accounts())
        {
            final BigInteger id = account.given().id();
            assertEquals(account.asEvent(), read(Events.high(id), Events.low(id)));
        }
    }

    private AccountEvent read(final long idHigh, final long idLow)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        // Not through the ring, as a read takes a timestamp, which the reference ledger knows nothing of.
        assertTrue(engine.stateMachine(0).readAccount(idHigh, idLow, buffer, 0));
        return Events.decode(new AccountRecordDecoder().wrap(buffer, 0));
    }

    private void await(final ReplyHandler handler)
    {
        while (session.inFlight() > 0)
        {
            engine.doWork();
            session.poll(handler, 1);
        }
    }
}
