package io.seriatim.replay;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Explanation;
import io.seriatim.engine.HostileRequests;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.ReplyHandler;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.StateRootConfig;
import io.seriatim.engine.TestClocks;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.KeyFile;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.HostileRequest;
import io.seriatim.ledger.HostileWorkload;
import io.seriatim.ledger.ReferenceLedger;
import io.seriatim.ledger.Result;
import io.seriatim.ledger.TransferOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The whole engine with journal, recovery and read model, and the reference ledger, which know nothing of each other:
 * the same hostile requests of every kind must get the same answers, reads included, also after the engine was closed
 * and launched again, when the read model is built anew.
 */
class EngineLockStepTest
{
    private static final long FIRST_SEED = Long.getLong("seriatim.engine.seed", 100);
    private static final int SEED_COUNT_DEFAULT = 200;
    private static final int SEED_COUNT = Integer.getInteger("seriatim.engine.seeds", SEED_COUNT_DEFAULT);
    private static final int ENTRIES_PER_SEED = Integer.getInteger("seriatim.engine.entries", 1_500);

    /** Every tenth history is a long one on the disk, with launches in between. */
    private static final int DURABLE_EVERY = 10;
    private static final int ENTRIES_PER_DURABLE_SEED = 3 * ENTRIES_PER_SEED;
    private static final int ENTRIES_PER_LAUNCH = 1_500;
    private static final int BATCH_COUNT_MAX = 64;
    private static final HostileWorkload.Features FEATURES = new HostileWorkload.Features(true, true, 3, 50, 2);
    private static final int PASSES_MAX = 1_000_000;
    private static final int EXPLAINED_EVERY = 3;

    /** Those of accounts and transfers, and that something expired. */
    private static final int OUTCOME_COUNT = AccountOutcome.values().length + TransferOutcome.values().length + 1;
    private static final Set<String> EXPLAINED_KINDS = Set.of("account", "transfer", "expiry");

    @TempDir
    private Path directory;

    private final Map<String, Integer> seen = new TreeMap<>();
    private final Map<String, Integer> rows = new TreeMap<>();
    private ManualClock clock;
    private LedgerEngine engine;
    private LedgerSession session;
    private QueryAnswers answers;
    private final Set<String> explained = new TreeSet<>();

    @Test
    void shouldAgreeWithTheReferenceLedgerAcrossLaunches() throws IOException
    {
        KeyFile.write(directory.resolve("roots.key"), StateRootConfig.newKey().toText());
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEED_COUNT; seed++)
        {
            try
            {
                final ReferenceLedger reference = run(seed);
                if (seed % EXPLAINED_EVERY == 0)
                {
                    explainAll(reference);
                }
                engine.close();
                if (isDurable(seed))
                {
                    verify(seed, reference);
                }
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError(
                    "seed=" + seed + "; run it alone with -Dseriatim.engine.seed=" + seed +
                    " -Dseriatim.engine.seeds=1", ex);
            }
            finally
            {
                if (engine != null)
                {
                    engine.close();
                }
            }
        }
        System.out.println(
            "engine lock-step: seeds=" + FIRST_SEED + ".." + (FIRST_SEED + SEED_COUNT - 1) + ", requests=" + seen +
            ", rows of reads=" + rows + ", outcomes explained=" + explained.size() + ", differences=0");
        assertTrue(
            SEED_COUNT < SEED_COUNT_DEFAULT || explained.size() == OUTCOME_COUNT,
            () -> "an outcome was never explained: " + explained);
        assertEquals(12, rows.size(), () -> "a kind of read was never asked: " + rows);
        assertTrue(rows.values().stream().allMatch(count -> count > 0), "a kind of read was never answered: " + rows);
    }

    private ReferenceLedger run(final long seed)
    {
        final ReferenceLedger reference = new ReferenceLedger(stateRootEvery(seed));
        final HostileWorkload workload =
            new HostileWorkload(seed, reference, BATCH_COUNT_MAX, FEATURES);
        clock = new ManualClock();
        launch(seed);
        long launchAt = ENTRIES_PER_LAUNCH;
        final boolean isDurable = isDurable(seed);
        while (reference.nextSequence() <= (isDurable ? ENTRIES_PER_DURABLE_SEED : ENTRIES_PER_SEED))
        {
            final HostileRequest request = workload.next();
            final HostileRequest.Applied applied = request.applyTo(reference);
            TestClocks.set(clock, request.clock());
            apply(request, applied);
            if (isDurable && reference.nextSequence() > launchAt)
            {
                engine.close();
                launch(seed);
                reference.restart();
                launchAt += ENTRIES_PER_LAUNCH;
            }
        }
        return reference;
    }

    /** Every outcome of the history is proven by the values that are shown for it. */
    private void explainAll(final ReferenceLedger reference)
    {
        final Ledger ledger = engine.ledger(1);
        for (long sequence = 1; sequence < reference.nextSequence(); sequence++)
        {
            final Explanation explanation = ledger.explain(sequence).one();
            assertEquals(sequence, explanation.sequence());
            if (EXPLAINED_KINDS.contains(explanation.kind()))
            {
                ExplanationTruth.require(explanation);
                explained.add(explanation.kind() + " " + explanation.outcome());
            }
        }
    }

    /** Every third history has state roots. */
    private static long stateRootEvery(final long seed)
    {
        return seed % 3 == 0 ? 2 * BATCH_COUNT_MAX + seed % 100 : 0;
    }

    private StateRootConfig stateRoots(final long seed)
    {
        return stateRootEvery(seed) == 0 ? null :
            new StateRootConfig().every(stateRootEvery(seed)).keyFile(directory.resolve("roots.key"));
    }

    private static boolean isDurable(final long seed)
    {
        return seed % DURABLE_EVERY == 0;
    }

    /** The bytes alone, without the engine, tell the same story. */
    private void verify(final long seed, final ReferenceLedger reference)
    {
        final AuditReport report = new AuditReplay(directory.resolve("books-" + seed))
            .stateRootKey(StateRootConfig.read(directory.resolve("roots.key"))).run();
        assertTrue(report.isClean(), report::toString);
        final ShardAudit shard = report.shards().get(0);
        assertEquals(reference.nextSequence(), shard.nextSequence());
        assertEquals(reference.stateRootCount(), shard.stateRootCount());
        assertEquals(reference.accounts().size(), shard.accountCount());
        assertEquals(reference.transfers().size(), shard.transferCount());
    }

    private void launch(final long seed)
    {
        engine = LedgerEngine.launch(new EngineConfig()
            .dataDirectory(directory.resolve("books-" + seed))
            .durability(isDurable(seed) ? Durability.OS : Durability.MEMORY)
            .threading(Threading.INVOKER)
            .clock(clock)
            .batchCountMax(BATCH_COUNT_MAX)
            .windowCapacity(128)
            .snapshotEntries(200)
            .stateRoots(stateRoots(seed))
            .journal(new JournalConfig().termLength(256 * 1024).segmentLength(256 * 1024)));
        session = engine.openSession(0);
        answers = new QueryAnswers(session);
    }

    private void apply(final HostileRequest request, final HostileRequest.Applied applied)
    {
        seen.merge(request.kind().name(), 1, Integer::sum);
        switch (request.kind())
        {
            case ACCOUNTS, TRANSFERS, DEFINITIONS -> create(request, applied.results());
            case READ -> read(request, applied);
            default -> tick(applied);
        }
    }

    private void tick(final HostileRequest.Applied applied)
    {
        assertTrue(session.claimClock(RequestKind.ADVANCE_CLOCK, 0) > 0);
        session.publish();
        await(reply -> assertEquals(
            applied.releases().size(), reply.buffer().getLong(reply.rowOffset(0) + Long.BYTES)));
    }

    private void read(final HostileRequest request, final HostileRequest.Applied applied)
    {
        if (!answers.publish(request.read()))
        {
            return;
        }
        final String kind = request.read().getClass().getSimpleName();
        await(reply ->
        {
            assertNull(reply.refusal());
            assertEquals(applied.sequence(), reply.validAtSequence());
            assertEquals(
                QueryAnswers.expected(applied.answer()), QueryAnswers.actual(request.read(), reply),
                () -> "read " + request.read());
            rows.merge(kind, reply.count(), Integer::sum);
        });
    }

    private void create(final HostileRequest request, final List<Result> expected)
    {
        HostileRequests.claim(session, request);
        session.publish();
        await(reply -> HostileRequests.assertAnswer(expected, reply));
    }

    private void await(final ReplyHandler handler)
    {
        for (int i = 0; session.inFlight() > 0; i++)
        {
            assertTrue(i < PASSES_MAX, "no answer");
            engine.doWork();
            session.poll(handler, 1);
        }
    }
}
