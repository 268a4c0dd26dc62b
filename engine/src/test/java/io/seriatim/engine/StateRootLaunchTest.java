package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.KeyFile;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.BitUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Books with state roots: launched with the key that they were created with, and with nothing else.
 */
class StateRootLaunchTest extends SnapshotFixture
{
    private static final long EVERY = 200;
    private static final int SHARD_COUNT = 3;

    private Path keyFile;

    @BeforeEach
    void writeKey() throws IOException
    {
        keyFile = directory.resolve("roots.key");
        KeyFile.write(keyFile, StateRootConfig.newKey().toText());
    }

    private EngineConfig configWith(final Path file, final long every)
    {
        return config().windowCapacity(128).stateRoots(new StateRootConfig().keyFile(file).every(every));
    }

    /** Two roots are written, and one is waiting. */
    private void create()
    {
        try (LedgerEngine engine = LedgerEngine.launch(configWith(keyFile, EVERY)))
        {
            createAccounts(engine);
            transfer(engine, 750);
            engine.snapshot();
            assertEquals(750 + 2 + 2, engine.stateMachine(0).nextSequence() - 1);
        }
    }

    @Test
    void shouldGoOnFromASnapshotWithTheRootThatWasWaiting()
    {
        create();
        try (LedgerEngine engine = LedgerEngine.launch(configWith(keyFile, 0)))
        {
            assertTrue(engine.launchReport().toString().contains("started from the snapshot"));
            assertEquals(3 * EVERY, engine.shards().get(0).waitingRoot().asOfSequence());
            assertNotNull(engine.shards().get(0).waitingRoot().root());
            transfer(engine, 100);
            assertEquals(850 + 2 + 3, engine.stateMachine(0).nextSequence() - 1);
        }
    }

    @Test
    void shouldRefuseToBeLaunchedWithoutTheKey()
    {
        create();
        assertRefused("hold a state root every 200 entries, and no key is given", config().windowCapacity(128));
        assertRefused("created with a state root every 200 entries", configWith(keyFile, 2 * EVERY));
        LedgerEngine.launch(configWith(keyFile, EVERY)).close();
    }

    @Test
    void shouldTakeTheDefaultDistanceForNewBooksAndKeepIt()
    {
        for (final long every : new long[]{0, StateRootConfig.EVERY_DEFAULT})
        {
            try (LedgerEngine engine = LedgerEngine.launch(configWith(keyFile, every)))
            {
                assertEquals(StateRootConfig.EVERY_DEFAULT, engine.shards().get(0).genesis().stateRootEvery());
            }
        }
    }

    @Test
    void shouldRefuseAnotherKeyWithASnapshotAndWithout() throws IOException
    {
        create();
        final Path other = directory.resolve("other.key");
        KeyFile.write(other, StateRootConfig.newKey().toText());
        assertRefused("made with another key", configWith(other, 0));
        TestDirectories.delete(new ShardSnapshots(directory.resolve("books"), 0).directory());
        assertRefused("made with another key: fingerprint=", configWith(other, 0));
        LedgerEngine.launch(configWith(keyFile, 0)).close();
    }

    /** In a copy of the journal alone it is not noted which key the roots are made with. */
    @Test
    void shouldRefuseAnotherKeyByTheFirstRootThatDiffers() throws IOException
    {
        create();
        TestDirectories.delete(new ShardSnapshots(directory.resolve("books"), 0).directory());
        rewriteManifest("state.root.key", "");
        final Path other = directory.resolve("other.key");
        KeyFile.write(other, StateRootConfig.newKey().toText());
        final JournalException refused =
            assertThrows(JournalException.class, () -> LedgerEngine.launch(configWith(other, 0)));
        assertTrue(
            refused.getMessage().contains("a state root is made otherwise than it was recorded: sequence=" +
            (2 * EVERY + 1) + "; the journal's bytes are intact"), refused::getMessage);
        LedgerEngine.launch(configWith(keyFile, 0)).close();
    }

    /** Before the first root is there to compare with. */
    @Test
    void shouldRefuseAnotherKeyFromTheBeginning() throws IOException
    {
        LedgerEngine.launch(configWith(keyFile, EVERY)).close();
        final Path other = directory.resolve("other.key");
        KeyFile.write(other, StateRootConfig.newKey().toText());
        assertRefused("made with another key: fingerprint=", configWith(other, 0));
        LedgerEngine.launch(configWith(keyFile, 0)).close();
    }

    @Test
    void shouldRefuseStateRootsWhereThereAreNone()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            createAccounts(engine);
        }
        assertRefused("created with no state roots", configWith(keyFile, 0));
        assertRefused("created with no state roots", configWith(keyFile, EVERY));
    }

    @Test
    void shouldRefuseSettingsThatCanNotBe() throws IOException
    {
        assertRefused("at least twice the batchCountMax", configWith(keyFile, 127));
        assertRefused("and at most 1099511627776", configWith(keyFile, (1L << 40) + 1));
        assertRefused("every must be at least 0", configWith(keyFile, -1));
        assertRefused("outside of the data directory", configWith(directory.resolve("books/roots.key"), EVERY));
        assertRefused("StateRootConfig.keyFile must be set", configWith(null, EVERY));
        assertRefused("can not be read", configWith(directory.resolve("nowhere"), EVERY));
        assertRefused("windowCapacity must be from 65", configWith(keyFile, EVERY).windowCapacity(64));
        final Path noKey = directory.resolve("no.key");
        KeyFile.write(noKey, "not a key\n");
        assertRefused("a state root key is the line", configWith(noKey, EVERY));
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-r-----"));
        assertRefused("others may use the key file", configWith(keyFile, EVERY));
    }

    /** With threads of its own, roots are made beside a shard that does not stand still. */
    @Test
    void shouldMakeRootsBesideTheShardUnderEachLayout()
    {
        for (final Threading threading : List.of(Threading.COMPACT, Threading.SINGLE))
        {
            final EngineConfig config = new EngineConfig().durability(Durability.MEMORY).threading(threading)
                .batchCountMax(64).shardCount(1)
                .stateRoots(new StateRootConfig().keyFile(keyFile).every(EVERY));
            try (LedgerEngine engine = LedgerEngine.launch(config))
            {
                createAccounts(engine);
                transfer(engine, 10_000);
                final long rootCount = (10_002 + 49) / EVERY - 1;
                assertEquals(10_002 + rootCount, engine.stateMachine(0).nextSequence() - 1, threading.toString());
            }
        }
    }

    /** Shards of one journal, at the shortest distance and with the smallest window: nobody waits for ever. */
    @Test
    void shouldGoOnWithSeveralShardsAtTheShortestDistance() throws IOException
    {
        for (final int batchCount : new int[] {1, 2, 7, 31})
        {
            final EngineConfig config = new EngineConfig()
                .dataDirectory(directory.resolve("books-" + batchCount)).durability(Durability.OS)
                .threading(batchCount % 2 == 0 ? Threading.COMPACT : Threading.INVOKER)
                .shardCount(SHARD_COUNT).journalCount(1).place(1, 0).place(2, 1).place(3, 2)
                .batchCountMax(batchCount).windowCapacity(BitUtil.findNextPositivePowerOfTwo(batchCount + 1))
                .snapshotEntries(40 * batchCount)
                .journal(new JournalConfig().termLength(64 * 1024).segmentLength(64 * 1024).mtu(1408))
                .stateRoots(new StateRootConfig().keyFile(keyFile).every(2L * batchCount));
            final long[] nextSequences = new long[SHARD_COUNT];
            try (LedgerEngine engine = LedgerEngine.launch(config))
            {
                write(engine, batchCount);
                for (int shard = 0; shard < SHARD_COUNT; shard++)
                {
                    nextSequences[shard] = engine.stateMachine(shard).nextSequence();
                    final long eventCount = 2 + 60L * batchCount;
                    assertTrue(
                        nextSequences[shard] > eventCount + eventCount / (3L * batchCount),
                        "shard " + shard + ": " + nextSequences[shard]);
                }
            }
            for (final boolean hasSnapshots : new boolean[] {true, false})
            {
                try (LedgerEngine engine = LedgerEngine.launch(config))
                {
                    assertEquals(hasSnapshots, engine.launchReport().toString().contains("started from the snapshot"));
                    for (int shard = 0; shard < SHARD_COUNT; shard++)
                    {
                        assertEquals(nextSequences[shard], engine.stateMachine(shard).nextSequence());
                    }
                }
                for (int shard = 0; hasSnapshots && shard < SHARD_COUNT; shard++)
                {
                    TestDirectories.delete(new ShardSnapshots(config.dataDirectory(), shard).directory());
                }
            }
        }
    }

    private static void write(final LedgerEngine engine, final int batchCount)
    {
        long id = 10;
        for (int ledger = 1; ledger <= SHARD_COUNT; ledger++)
        {
            engine.ledger(ledger).createAccount(1, 1, 0);
            engine.ledger(ledger).createAccount(2, 1, 0);
        }
        for (int request = 0; request < 60; request++)
        {
            for (int ledger = 1; ledger <= SHARD_COUNT; ledger++)
            {
                final List<Transfer> transfers = new ArrayList<>();
                for (int i = 0; i < batchCount; i++)
                {
                    transfers.add(Transfer.of(id++, 1, 2, 1, 1).withFlags(
                        request % 3 == 0 && i + 1 < batchCount ? TransferFlags.LINKED : 0));
                }
                engine.ledger(ledger).createTransfers(transfers).forEach(
                    result -> assertEquals(TransferOutcome.CREATED, result.outcome()));
            }
        }
    }

    @Test
    void shouldHaveNoneByDefault()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertNull(engine.shards().get(0).stateRootWork());
            assertNull(engine.shards().get(0).waitingRoot());
        }
    }

    private static void assertRefused(final String part, final EngineConfig config)
    {
        final String message = assertThrows(
            IllegalArgumentException.class, () -> LedgerEngine.launch(config).close()).getMessage();
        assertTrue(message.contains(part), message);
    }
}
