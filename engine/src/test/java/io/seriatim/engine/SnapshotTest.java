package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.Watermark;
import io.seriatim.ledger.PendingState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A launch goes on from the newest snapshot that can be believed and what came after it, and comes to the same books as
 * from the whole journal; a damaged snapshot never costs more than time.
 */
class SnapshotTest extends SnapshotFixture
{
    private static final int OTHER_LEDGER = 978;
    private static final int CLOSES_WHILE_WRITING = 20;

    @Test
    void shouldGoOnFromASnapshotAndWhatCameAfterIt()
    {
        final String digest;
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            createAccounts(engine);
            transfer(engine, 1_000);
            final SnapshotInfo first = engine.snapshot().get(0);
            assertEquals(1_002, first.sequence());
            assertTrue(first.length() > 0 && first.durationNs() > 0 && first.longestSliceNs() > 0, first::toString);
            transfer(engine, 500);
            final SnapshotInfo second = engine.snapshot().get(0);
            assertTrue(second.position() > first.position());
            final Watermark forced = Manifest.read(directory.resolve("books/journal-0")).watermark();
            assertEquals(second.position(), forced.position(), "nothing counts that the journal is not forced to");
            assertEquals(second.sequence() + 1, forced.nextSequence(0));
            transfer(engine, 200);
            digest = digest(engine);
        }
        for (int i = 0; i < 2; i++)
        {
            try (LedgerEngine engine = LedgerEngine.launch(config()))
            {
                assertTrue(hasStartedFromSnapshot(engine), engine.launchReport()::toString);
                if (i == 0)
                {
                    assertBooks(engine, digest);
                }
                transfer(engine, 100);
            }
        }
    }

    @Test
    void shouldComeToTheSameBooksAsTheWholeJournal() throws IOException
    {
        final String digest;
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            createAccounts(engine);
            transfer(engine, 700);
            engine.snapshot();
            transfer(engine, 300);
            engine.ledger(LEDGER).createTransfers(List.of(
                Transfer.post(nextId++, 10), Transfer.voiding(nextId++, 20)));
            engine.snapshot();
            digest = digest(engine);
        }
        deleteSnapshots();
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertFalse(hasStartedFromSnapshot(engine));
            assertEquals(digest, digest(engine));
            assertEquals(PendingState.POSTED, engine.stateMachine(0).stateOfTransfer(0, 10));
            // The next one begins its index anew.
            engine.snapshot();
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(hasStartedFromSnapshot(engine));
            assertEquals(digest, digest(engine));
            assertEquals(PendingState.VOIDED, engine.stateMachine(0).stateOfTransfer(0, 20));
        }
    }

    private void deleteSnapshots() throws IOException
    {
        for (final Path file : files(""))
        {
            Files.delete(file);
        }
    }

    /** What can happen to the newest snapshot. */
    enum Damage
    {
        STATE_BIT_TURNED,
        STATE_CUT,
        STATE_EMPTY,
        RUN_MISSING,
        RUN_BIT_TURNED,
        RUN_CUT,
        STATE_OF_ANOTHER_NAME
    }

    @ParameterizedTest
    @EnumSource
    void shouldFallBackWhateverHappenedToTheNewest(final Damage damage) throws IOException
    {
        final String digest;
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            createAccounts(engine);
            transfer(engine, 200);
            engine.snapshot();
            transfer(engine, 200);
            engine.snapshot();
            transfer(engine, 50);
            digest = digest(engine);
        }
        damage(damage, newest(".snap"), newest(".run"));
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(
                engine.launchReport().stream().anyMatch(line -> line.contains("can not be believed")),
                engine.launchReport()::toString);
            assertTrue(hasStartedFromSnapshot(engine), "the older one is good");
            assertBooks(engine, digest);
            engine.snapshot();
        }
        assertEquals(1, files(".damaged").size(), "it is kept to be looked at");
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(hasStartedFromSnapshot(engine));
            assertEquals(0, engine.launchReport().stream().filter(line -> line.contains("not be believed")).count());
        }
    }

    private void damage(final Damage damage, final Path state, final Path run) throws IOException
    {
        final Random random = new Random(damage.ordinal());
        switch (damage)
        {
            case STATE_BIT_TURNED -> turn(state, random);
            case STATE_CUT -> cut(state, random);
            case STATE_EMPTY -> Files.write(state, new byte[0]);
            case RUN_MISSING -> Files.delete(run);
            case RUN_BIT_TURNED -> turn(run, random);
            case RUN_CUT -> cut(run, random);
            default -> Files.write(state, Files.readAllBytes(files(".snap").stream()
                .filter(file -> !file.equals(state)).findFirst().orElseThrow()));
        }
    }

    private static void turn(final Path file, final Random random) throws IOException
    {
        final byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte)(1 << random.nextInt(8));
        Files.write(file, bytes);
    }

    private static void cut(final Path file, final Random random) throws IOException
    {
        final byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
    }

    @Test
    void shouldReadTheWholeJournalIfNoSnapshotCanBeBelieved() throws IOException
    {
        final String digest;
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            createAccounts(engine);
            transfer(engine, 200);
            engine.snapshot();
            transfer(engine, 200);
            engine.snapshot();
            digest = digest(engine);
        }
        for (final Path file : files(".snap"))
        {
            Files.write(file, new byte[] {1, 2, 3});
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertFalse(hasStartedFromSnapshot(engine));
            assertBooks(engine, digest);
        }
    }

    @Test
    void shouldKeepTheNewestAndDeleteWhatACrashLeft() throws IOException
    {
        try (LedgerEngine engine = LedgerEngine.launch(config().snapshotsRetained(3)))
        {
            createAccounts(engine);
            for (int i = 0; i < 5; i++)
            {
                transfer(engine, 100);
                engine.snapshot();
            }
        }
        assertEquals(3, files(".snap").size());
        final Path left = directory.resolve("books/shard-0/snapshots/snapshot-64-1.snap.tmp");
        Files.write(left, new byte[10]);
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertFalse(Files.exists(left));
            engine.snapshot();
            assertEquals(2, files(".snap").size());
        }
    }

    /** A journal that was put back from a backup has never come to what the newer snapshots know. */
    @Test
    void shouldForgetThoseOfAHistoryThatTheJournalHasNotHad() throws IOException
    {
        final Path journal = directory.resolve("books/journal-0");
        final Path backup = directory.resolve("backup");
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            createAccounts(engine);
            transfer(engine, 200);
            engine.snapshot();
        }
        TestDirectories.copy(journal, backup);
        final long nextIdOfBackup = nextId;
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            for (int i = 0; i < 3; i++)
            {
                transfer(engine, 200);
                engine.snapshot();
            }
        }
        TestDirectories.delete(journal);
        TestDirectories.copy(backup, journal);
        nextId = nextIdOfBackup;
        String digest = "";
        for (int i = 0; i < 3; i++)
        {
            try (LedgerEngine engine = LedgerEngine.launch(config()))
            {
                if (i > 0)
                {
                    assertTrue(hasStartedFromSnapshot(engine), engine.launchReport()::toString);
                    assertEquals(digest, digest(engine));
                }
                transfer(engine, 100);
                engine.snapshot();
                digest = digest(engine);
            }
        }
    }

    @Test
    void shouldTakeThemByThemselvesWhenDue()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config().snapshotEntries(150)))
        {
            createAccounts(engine);
            transfer(engine, 1_000);
        }
        assertEquals(2, files(".snap").size());
        assertTrue(number(newest(".snap")) > 50_000, newest(".snap")::toString);
        try (LedgerEngine engine = LedgerEngine.launch(config().snapshotEntries(0).snapshotIntervalNs(1)))
        {
            assertTrue(hasStartedFromSnapshot(engine));
            final Path before = newest(".snap");
            transfer(engine, 50);
            for (int i = 0; i < 100; i++)
            {
                engine.doWork();
            }
            assertTrue(number(newest(".snap")) > number(before));
        }
    }

    @Test
    void shouldTakeThemOfAllShardsAtOnePlace()
    {
        final EngineConfig config = config().shardCount(4).journalCount(2)
            .place(LEDGER, 1).place(OTHER_LEDGER, 3);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            createAccounts(engine);
            engine.ledger(OTHER_LEDGER).createAccounts(List.of(Account.of(7, 1, 0)));
            transfer(engine, 300);
            final List<SnapshotInfo> infos = engine.snapshot();
            assertEquals(List.of(0, 1, 2, 3), infos.stream().map(SnapshotInfo::shard).sorted().toList());
            assertEquals(2, infos.stream().mapToLong(SnapshotInfo::position).distinct().count());
            transfer(engine, 100);
        }
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            assertEquals(
                2, engine.launchReport().stream().filter(line -> line.startsWith("started from")).count());
            assertEquals(360, engine.trialBalance().get(0).debitsPosted().intValue());
            assertEquals(1, engine.ledger(OTHER_LEDGER).lookupAccount(7).values().size());
        }
    }

    @Test
    void shouldTakeThemWhileRequestsGoOn()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config().threading(Threading.COMPACT)))
        {
            createAccounts(engine);
            final LedgerSession session = engine.openSession(0);
            long lastPosition = 0;
            for (int i = 0; i < 20; i++)
            {
                publish(session);
                final SnapshotInfo info = engine.snapshot().get(0);
                assertTrue(info.position() >= lastPosition);
                lastPosition = info.position();
            }
            while (session.inFlight() > 0)
            {
                session.poll(reply -> { }, 100);
            }
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(hasStartedFromSnapshot(engine));
            assertEquals(nextId - 1, engine.stateMachine(0).transferCount());
        }
    }

    private void publish(final LedgerSession session)
    {
        for (int request = 0; request < 10; request++)
        {
            while (session.claimTransfers(BATCH) < 0)
            {
                session.poll(reply -> { }, 100);
            }
            for (int i = 0; i < BATCH; i++)
            {
                session.transfer(i).idLow(nextId++).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1)
                    .ledger(LEDGER).code(1);
            }
            session.publish();
        }
    }

    @Test
    void shouldCloseCleanlyWhileOneIsWritten()
    {
        final EngineConfig config = config().threading(Threading.COMPACT).snapshotEntries(1);
        for (int i = 0; i < CLOSES_WHILE_WRITING; i++)
        {
            try (LedgerEngine engine = LedgerEngine.launch(config))
            {
                if (i == 0)
                {
                    createAccounts(engine);
                }
                transfer(engine, 50);
            }
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertEquals(nextId - 1, engine.stateMachine(0).transferCount());
        }
    }

    /** Otherwise their number, and the time that a listing takes, would grow with every snapshot. */
    @Test
    void shouldJoinTheRunsOfTheIndexSoThatFewLeadToAnySnapshot()
    {
        String digest = "";
        for (int launch = 0; launch < 2; launch++)
        {
            try (LedgerEngine engine = LedgerEngine.launch(config().snapshotsRetained(1)))
            {
                if (launch == 0)
                {
                    createAccounts(engine);
                }
                else
                {
                    assertTrue(hasStartedFromSnapshot(engine), engine.launchReport()::toString);
                    assertEquals(digest, digest(engine));
                }
                for (int i = 0; i < 40; i++)
                {
                    transfer(engine, BATCH);
                    engine.snapshot();
                    assertTrue(files(".run").size() <= 8, () -> files(".run").toString());
                }
                digest = digest(engine);
            }
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(hasStartedFromSnapshot(engine), engine.launchReport()::toString);
            assertBooks(engine, digest);
        }
    }

    @Test
    void shouldMakeTheIndexAnewIfItsRunsAreDeletedOrDamagedMeanwhile() throws IOException
    {
        final String digest;
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            createAccounts(engine);
            transfer(engine, 200);
            engine.snapshot();
            deleteSnapshots();
            transfer(engine, 300);
            engine.snapshot();

            turn(newest(".run"), new Random(1));
            transfer(engine, 1_000);
            assertThrows(JournalException.class, engine::snapshot);
            assertTrue(engine.snapshotFailure().getMessage().contains("damaged"), engine.snapshotFailure()::toString);
            transfer(engine, 50);
            engine.snapshot();
            assertNull(engine.snapshotFailure());
            digest = digest(engine);
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(hasStartedFromSnapshot(engine), engine.launchReport()::toString);
            assertBooks(engine, digest);
        }
    }

    @Test
    void shouldGoOnIfASnapshotCanNotBeWritten() throws IOException
    {
        final Path shard = directory.resolve("books/shard-0");
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            createAccounts(engine);
            Files.createDirectories(shard);
            Files.createFile(shard.resolve("snapshots"));
            final JournalException failure = assertThrows(JournalException.class, engine::snapshot);
            assertTrue(failure.getMessage().contains("the shards go on"), failure::toString);
            transfer(engine, 100);
            Files.delete(shard.resolve("snapshots"));
            engine.snapshot();
            assertNull(engine.snapshotFailure());
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(hasStartedFromSnapshot(engine));
        }
    }

    @Test
    void shouldRefuseThemWhereNothingLasts()
    {
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().durability(Durability.MEMORY)))
        {
            assertThrows(IllegalStateException.class, engine::snapshot);
        }
    }
}
