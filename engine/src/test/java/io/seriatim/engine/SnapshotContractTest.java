package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.KeyFile;
import io.seriatim.ledger.HostileRequest;
import io.seriatim.ledger.HostileWorkload;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.ReferenceLedger;
import io.seriatim.ledger.Uint128;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * From any snapshot and what came after it a launch comes to the same books as from the whole journal, whatever the
 * history: the same digest, the same answers about every id that was ever sent, and the same answers from then on.
 * Books of even seeds have state roots, which a launch from the start makes again and compares.
 */
class SnapshotContractTest
{
    private static final long FIRST_SEED = Long.getLong("seriatim.snapshot.seed", 1);
    private static final int SEED_COUNT = Integer.getInteger("seriatim.snapshot.seeds", 8);
    private static final int REQUEST_COUNT = 200;
    private static final int REQUESTS_AFTERWARDS = 60;
    private static final int BATCH_COUNT_MAX = 64;
    private static final int ENTRIES_BETWEEN = 100;
    private static final int PASSES_MAX = 1_000_000;
    private static final HostileWorkload.Features FEATURES = new HostileWorkload.Features(true, true, 3, 0, 2);

    @TempDir
    private Path directory;

    private final ExpandableArrayBuffer row = new ExpandableArrayBuffer();
    private final Set<BigInteger> ids = new LinkedHashSet<>();
    private Path keyFile;
    private long stateRootEvery;
    private int stateRootCount;
    private ReferenceLedger reference;
    private HostileWorkload workload;
    private ManualClock clock;
    private LedgerEngine engine;
    private LedgerSession session;
    private int launchCount;

    @Test
    void shouldComeToTheSameFromEverySnapshot() throws IOException
    {
        keyFile = directory.resolve("roots.key");
        KeyFile.write(keyFile, StateRootConfig.newKey().toText());
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEED_COUNT; seed++)
        {
            try
            {
                run(seed);
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError(
                    "seed=" + seed + "; run it alone with -Dseriatim.snapshot.seed=" + seed +
                    " -Dseriatim.snapshot.seeds=1", ex);
            }
            finally
            {
                engine.close();
            }
        }
        System.out.println(
            "snapshot contract: seeds=" + FIRST_SEED + ".." + (FIRST_SEED + SEED_COUNT - 1) + ", launches=" +
            launchCount + ", state roots=" + stateRootCount + ", differences=0");
        assertTrue(launchCount > 5 * SEED_COUNT, "too few snapshots were taken");
        assertTrue(stateRootCount >= 2 * SEED_COUNT, "too few state roots: " + stateRootCount);
    }

    private void run(final long seed) throws IOException
    {
        final Random random = new Random(seed);
        final Path books = directory.resolve("books-" + seed);
        ids.clear();
        clock = new ManualClock();
        stateRootEvery = seed % 2 == 0 ? 2 * BATCH_COUNT_MAX + random.nextInt(BATCH_COUNT_MAX) : 0;
        reference = new ReferenceLedger(stateRootEvery);
        workload = new HostileWorkload(seed, reference, BATCH_COUNT_MAX, FEATURES);
        launch(config(books).snapshotEntries(ENTRIES_BETWEEN + random.nextInt(ENTRIES_BETWEEN)));
        for (int i = 0; i < REQUEST_COUNT; i++)
        {
            step();
            if (random.nextInt(REQUEST_COUNT / 4) == 0)
            {
                engine.snapshot();
            }
        }
        final String facts = facts();
        engine.close();
        stateRootCount += reference.stateRootCount();

        final ShardSnapshots snapshots = new ShardSnapshots(books, 0);
        final long[] positions = snapshots.states().keySet().stream().mapToLong(Long::longValue).toArray();
        final Path other = directory.resolve("other-" + seed);
        TestDirectories.copy(books, other);
        for (int i = positions.length - 1; i >= 0; i--)
        {
            assertStartedAt(positions[i], books, facts);
            Files.delete(snapshots.states().get(positions[i]));
        }
        assertStartedAt(0, books, facts);
        assertGoesOn(other, random.nextInt(positions.length));
    }

    private void assertStartedAt(final long position, final Path books, final String facts)
    {
        launch(config(books));
        launchCount++;
        assertEquals(
            position == 0 ? 0 : 1,
            engine.launchReport().stream()
                .filter(line -> line.startsWith("started from the snapshot at position " + position + ",")).count(),
            engine.launchReport()::toString);
        assertEquals(facts, facts());
        engine.close();
    }

    /** Requests go on from one of the snapshots, and the books that come of it are those of the whole journal. */
    private void assertGoesOn(final Path books, final int snapshot) throws IOException
    {
        final ShardSnapshots snapshots = new ShardSnapshots(books, 0);
        while (snapshots.states().size() > snapshot + 1)
        {
            Files.delete(snapshots.states().lastEntry().getValue());
        }
        launch(config(books));
        reference.restart();
        for (int i = 0; i < REQUESTS_AFTERWARDS; i++)
        {
            step();
        }
        final String facts = facts();
        engine.close();
        TestDirectories.delete(snapshots.directory());
        assertStartedAt(0, books, facts);
    }

    private EngineConfig config(final Path books)
    {
        return new EngineConfig()
            .stateRoots(stateRootEvery == 0 ? null : new StateRootConfig().every(stateRootEvery).keyFile(keyFile))
            .dataDirectory(books)
            .durability(Durability.OS)
            .threading(Threading.INVOKER)
            .clock(clock)
            .batchCountMax(BATCH_COUNT_MAX)
            .windowCapacity(128)
            .snapshotEntries(0)
            .snapshotsRetained(Integer.MAX_VALUE)
            .journal(new JournalConfig().termLength(256 * 1024).segmentLength(256 * 1024));
    }

    private void launch(final EngineConfig config)
    {
        engine = LedgerEngine.launch(config);
        session = engine.openSession(0);
    }

    private void step()
    {
        final HostileRequest request = workload.next();
        request.accounts().forEach(account -> ids.add(account.id()));
        request.transfers().forEach(transfer -> ids.add(transfer.id()));
        final HostileRequest.Applied applied = request.applyTo(reference);
        TestClocks.set(clock, request.clock());
        if (request.kind() == HostileRequest.Kind.TICK)
        {
            assertTrue(session.claimClock(RequestKind.ADVANCE_CLOCK, 0) > 0);
        }
        else
        {
            HostileRequests.claim(session, request);
        }
        session.publish();
        for (int i = 0; session.inFlight() > 0; i++)
        {
            assertTrue(i < PASSES_MAX, "no answer");
            engine.doWork();
            session.poll(
                reply ->
                {
                    if (request.count() > 0)
                    {
                        HostileRequests.assertAnswer(applied.results(), reply);
                    }
                },
                1);
        }
    }

    /** The digest of the state, and a checksum over what is said about every id. */
    private String facts()
    {
        final LedgerStateMachine stateMachine = engine.stateMachine(0);
        final CRC32C crc = new CRC32C();
        for (final BigInteger number : ids)
        {
            final Uint128 id = Uint128.of(number);
            row.setMemory(0, 1_024, (byte)0);
            stateMachine.readAccount(id.high(), id.low(), row, 0);
            stateMachine.readTransfer(id.high(), id.low(), row, 256);
            stateMachine.readOutcomeOfAccount(id.high(), id.low(), row, 512);
            stateMachine.readOutcomeOfTransfer(id.high(), id.low(), row, 768);
            crc.update(row.byteArray(), 0, 1_024);
        }
        assertEquals(reference.accounts().size(), stateMachine.accountCount());
        assertEquals(reference.transfers().size(), stateMachine.transferCount());
        return HexFormat.of().formatHex(stateMachine.digest()) + " " + Long.toHexString(crc.getValue()) +
            " of ids=" + ids.size();
    }
}
