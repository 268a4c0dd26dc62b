package io.seriatim.engine;

import io.seriatim.journal.Durability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What an engine is asked that can not be, or by a thread that is to stop; it goes on as before. */
class EngineMisuseTest
{
    private static final int USD = 840;

    @TempDir
    private Path directory;

    @Test
    void shouldRefuseLedgersAndShardsThatThereAreNot()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config().shardCount(2)))
        {
            final String zero = "a ledger's number is not 0; for a whole shard see shard(int)";
            assertRefused(zero, () -> engine.ledger(0));
            assertRefused("a scope has at least one ledger", engine::scope);
            assertRefused(zero, () -> engine.scope(USD, 0));
            assertRefused("shards are 0 to 1: shard=-1", () -> engine.shard(-1));
            assertRefused("shards are 0 to 1: shard=2", () -> engine.openSession(2));
            assertTrue(engine.shard(1).createAccounts(List.of()).isEmpty());
        }
    }

    @Test
    void shouldNotBeSteppedIfItHasThreads()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config().threading(Threading.COMPACT)))
        {
            assertEquals(
                "the engine runs by itself: threading=COMPACT",
                assertThrows(IllegalStateException.class, engine::doWork).getMessage());
            assertTrue(engine.ledger(USD).createAccount(1, 1, 0).isCreated());
        }
    }

    @Test
    void shouldDoNothingWhenItIsSteppedOutOfItsOwnPass()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config().executor(Runnable::run)))
        {
            final CompletableFuture<Integer> within = engine.ledger(USD)
                .createAccountsAsync(List.of(Account.of(1, 1, 0))).thenApply(results -> engine.doWork());
            assertFalse(within.isDone());
            while (!within.isDone())
            {
                engine.doWork();
            }
            assertEquals(0, within.join());
        }
    }

    @Test
    void shouldTellAnInterruptedCallerOfABalanceAndOfASnapshot()
    {
        try (LedgerEngine engine = LedgerEngine.launch(
            config().dataDirectory(directory.resolve("books")).durability(Durability.OS)))
        {
            engine.ledger(USD).createAccount(1, 1, 0);
            Thread.currentThread().interrupt();
            assertInterrupted("interrupted while shard 0 adds up", engine::trialBalance);
            assertInterrupted("interrupted while a snapshot is written", engine::snapshot);
            assertTrue(Thread.interrupted(), "it is still set");
            assertEquals(1, engine.trialBalance().get(0).accountCount());
            assertEquals(1, engine.snapshot().size());
        }
    }

    @Test
    void shouldRefuseASnapshotOfWhatDoesNotLast()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertEquals(
                "there are no snapshots of what does not last: durability=MEMORY",
                assertThrows(IllegalStateException.class, engine::snapshot).getMessage());
        }
    }

    private static void assertRefused(final String message, final Executable use)
    {
        assertEquals(message, assertThrows(IllegalArgumentException.class, use).getMessage());
    }

    private static void assertInterrupted(final String message, final Executable use)
    {
        final LedgerException interrupted = assertThrows(LedgerException.class, use);
        assertEquals(LedgerException.Reason.INTERRUPTED, interrupted.reason());
        assertFalse(interrupted.isOutcomeUnknown());
        assertEquals(message, interrupted.getMessage());
    }

    private static EngineConfig config()
    {
        return new EngineConfig().durability(Durability.MEMORY).threading(Threading.INVOKER).readModel(false);
    }
}
