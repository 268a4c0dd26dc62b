package io.seriatim.engine;

import io.seriatim.journal.DirectoryInUseException;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalException;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LedgerEngineTest
{
    private static final int USD = 840;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(value = Threading.class, names = "INVOKER", mode = EnumSource.Mode.EXCLUDE)
    void shouldGoOnWhereItWasClosed(final Threading threading)
    {
        long sequence = 0;
        for (int launch = 0; launch < 4; launch++)
        {
            try (LedgerEngine engine = LedgerEngine.launch(config().threading(threading).shardCount(2)))
            {
                final Ledger ledger = engine.ledger(USD);
                if (launch == 0)
                {
                    ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
                    sequence = 2;
                }
                assertEquals(Uint128.of(launch * 10L), ledger.lookupAccount(1).one().debitsPosted());
                final TransferResult result = ledger.createTransfer(100 + launch, 1, 2, 10, 1);
                assertEquals(++sequence, result.sequence());
                final TransferResult repeated = ledger.createTransfer(100, 1, 2, 10, 1);
                assertEquals(TransferOutcome.EXISTS, repeated.outcome());
                assertEquals(3, repeated.firstSequence(), "read back from the files");
                sequence++;
                assertNull(engine.failure());
            }
        }
    }

    @Test
    void shouldRunInOneThreadOnVirtualTime()
    {
        final long[] clockNs = {TimeUnit.DAYS.toNanos(1)};
        for (int launch = 0; launch < 2; launch++)
        {
            try (LedgerEngine engine = LedgerEngine.launch(
                config().threading(Threading.INVOKER).clock(() -> clockNs[0]++).shardCount(3)))
            {
                for (int shard = 0; shard < 3; shard++)
                {
                    final int ledger = ledgerOn(engine, shard);
                    assertTrue(engine.ledger(ledger).createAccount(launch + 1, 1, 0).isCreated());
                    assertEquals(launch + 1, engine.ledger(ledger).lookupAccount(launch + 1).validAtSequence());
                }
            }
            clockNs[0] += TimeUnit.HOURS.toNanos(1);
        }
    }

    @Test
    void shouldRunTwiceInOneJvm()
    {
        try (LedgerEngine one = LedgerEngine.launch(config());
            LedgerEngine two = LedgerEngine.launch(smallConfig(directory.resolve("other"))))
        {
            assertTrue(one.ledger(USD).createAccount(1, 1, 0).isCreated());
            assertTrue(two.ledger(USD).createAccount(1, 1, 0).isCreated());
        }
    }

    @Test
    void shouldRefuseADirectoryInUse()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            final DirectoryInUseException refused =
                assertThrows(DirectoryInUseException.class, () -> LedgerEngine.launch(config()));
            assertTrue(refused.getMessage().contains(String.valueOf(ProcessHandle.current().pid())));
            assertTrue(engine.ledger(USD).createAccount(1, 1, 0).isCreated());
        }
    }

    @Test
    void shouldRefuseSettingsThatDisagreeWithTheGenesis()
    {
        LedgerEngine.launch(config().shardCount(2).place(USD, 1).logUuid(new UUID(1, 2)).origin("books.example"))
            .close();
        for (final EngineConfig other : List.of(
            config().shardCount(3),
            config().shardCount(2).journalCount(2),
            config().batchCountMax(17),
            config().shardCount(2).place(USD, 0),
            config().logUuid(new UUID(1, 3)),
            config().origin("books.other")))
        {
            final IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> LedgerEngine.launch(other));
            assertTrue(refused.getMessage().contains("created with"), refused.getMessage());
        }
        try (LedgerEngine engine = LedgerEngine.launch(
            config().shardCount(2).place(USD, 1).logUuid(new UUID(1, 2)).origin("books.example")))
        {
            assertEquals(1, engine.shardOf(USD));
        }
    }

    @Test
    void shouldTakeSettingsThatAgreeWithTheGenesis()
    {
        LedgerEngine.launch(config().shardCount(2).journalCount(2).place(USD, 1)).close();
        for (final EngineConfig same : List.of(
            config().journalCount(2), config().place(USD, 1), config().batchCountMax(8_189)))
        {
            LedgerEngine.launch(same).close();
        }
        assertThrows(IllegalArgumentException.class, () -> new EngineConfig().place(0, 0));
        assertThrows(IllegalArgumentException.class, () -> LedgerEngine.launch(
            new EngineConfig().dataDirectory(directory.resolve("other")).place(USD, 1)));
        assertThrows(
            NullPointerException.class, () -> LedgerEngine.launch(config().durability(null)));
    }

    @Test
    void shouldLeaveTheJournalSettingsAlone()
    {
        final JournalConfig shared = new JournalConfig();
        LedgerEngine.launch(config().durability(Durability.OS).journal(shared)).close();
        assertNull(shared.dataDirectory());
        assertEquals(Durability.FSYNC, shared.durability());
    }

    @Test
    void shouldTellAnInterruptedCaller()
    {
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().durability(Durability.MEMORY)))
        {
            final Ledger ledger = engine.ledger(USD);
            ledger.createAccount(1, 1, 0);
            Thread.currentThread().interrupt();
            final LedgerException told =
                assertThrows(LedgerException.class, () -> ledger.createAccount(2, 1, 0));
            assertTrue(Thread.interrupted(), "the interrupt is kept");
            assertEquals(LedgerException.Reason.INTERRUPTED, told.reason());
            assertTrue(told.isOutcomeUnknown());
            assertThrows(IllegalArgumentException.class, () -> engine.scope(0));
        }
    }

    @Test
    void shouldRefuseSettingsThatAreWrongBeforeAnythingStarts()
    {
        for (final EngineConfig wrong : List.of(
            new EngineConfig(),
            config().shardCount(-1),
            config().shardCount(2).journalCount(3),
            config().batchCountMax(EngineConfig.BATCH_COUNT_MAX_LIMIT + 1),
            config().shardCount(2).place(USD, 2),
            config().windowCapacity(100),
            config().batchCountMax(100).windowCapacity(64),
            config().ringLength(16),
            config().ringLength(1 << 24),
            config().origin("Not An Origin")))
        {
            assertThrows(IllegalArgumentException.class, () -> LedgerEngine.launch(wrong).close());
        }
    }

    @Test
    void shouldRefuseARequestThatCanNotFitTheWindow()
    {
        final EngineConfig tooLarge = new EngineConfig().dataDirectory(directory.resolve("books"))
            .journal(new JournalConfig().termLength(1024 * 1024).segmentLength(1024 * 1024))
            .batchCountMax(8_189);
        final IllegalArgumentException refused =
            assertThrows(IllegalArgumentException.class, () -> LedgerEngine.launch(tooLarge));
        assertTrue(refused.getMessage().contains("batchCountMax=8189"), refused.getMessage());
    }

    @Test
    void shouldTakeARequestThatFillsTheWholeWindow()
    {
        final int count = 64;
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig()
            .durability(Durability.MEMORY).threading(Threading.INVOKER).batchCountMax(count).windowCapacity(count)))
        {
            final LedgerSession session = engine.openSession(0);
            for (int request = 0; request < 3; request++)
            {
                assertTrue(session.claimAccounts(count) > 0);
                session.publish();
                engine.doWork();
                engine.doWork();
                assertEquals(1, session.poll(reply -> assertEquals(count, reply.count()), 1));
            }
        }
    }

    @Test
    void shouldRefuseACodeOrFlagsThatDoNotFitInsteadOfCuttingThemOff()
    {
        for (final int wrong : new int[]{-1, 65_536, 65_536 + 7})
        {
            assertThrows(IllegalArgumentException.class, () -> Account.of(1, wrong, 0));
            assertThrows(IllegalArgumentException.class, () -> Account.of(1, 1, wrong));
            assertThrows(IllegalArgumentException.class, () -> Transfer.of(1, 1, 2, 1, wrong));
            assertThrows(IllegalArgumentException.class, () -> Transfer.of(1, 1, 2, 1, 1).withFlags(wrong));
        }
        assertEquals(65_535, Account.of(1, 65_535, 65_535).code());
        assertEquals(65_535, Transfer.of(1, 1, 2, 1, 65_535).withFlags(65_535).flags());
    }

    @Test
    void shouldAnswerEverybodyWhenTheExecutorTakesNoWork()
    {
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig()
            .durability(Durability.MEMORY).threading(Threading.INVOKER)
            .executor(task ->
            {
                throw new RejectedExecutionException("planted");
            })))
        {
            final Ledger ledger = engine.ledger(USD);
            final List<CompletableFuture<List<AccountResult>>> answers = new ArrayList<>();
            for (int id = 1; id <= 3; id++)
            {
                answers.add(ledger.createAccountsAsync(List.of(Account.of(id, 1, 0))));
            }
            assertTrue(ledger.createAccount(4, 1, 0).isCreated());
            answers.forEach(answer -> assertTrue(answer.join().get(0).isCreated()));
        }
    }

    @Test
    void shouldBeSteppedByOneThreadAtATimeWhenSeveralWait() throws Exception
    {
        final int threadCount = 3;
        final int transferCount = 5_000;
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig()
            .durability(Durability.MEMORY).threading(Threading.INVOKER)))
        {
            final Ledger ledger = engine.ledger(USD);
            ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            final List<CompletableFuture<Void>> callers = new ArrayList<>();
            for (int caller = 1; caller <= threadCount; caller++)
            {
                final int firstId = caller * transferCount;
                callers.add(CompletableFuture.runAsync(
                    () ->
                    {
                        for (int i = 0; i < transferCount; i++)
                        {
                            assertTrue(ledger.createTransfer(firstId + i, 1, 2, 1, 1).isCreated());
                        }
                    },
                    task -> new Thread(task).start()));
            }
            for (final CompletableFuture<Void> caller : callers)
            {
                caller.get(30, TimeUnit.SECONDS);
            }
            assertNull(engine.failure());
            assertEquals(
                Uint128.of(threadCount * transferCount), ledger.lookupAccount(1).one().debitsPosted());
        }
    }

    @Test
    void shouldTellEverybodyWhoIsLeftWhenAClaimIsNeverPublished()
    {
        for (final Threading threading : List.of(Threading.INVOKER, Threading.COMPACT))
        {
            final LedgerEngine engine = LedgerEngine.launch(new EngineConfig().durability(Durability.MEMORY)
                .threading(threading).drainTimeoutNs(TimeUnit.MILLISECONDS.toNanos(50)));
            final LedgerSession holder = engine.openSession(0);
            final LedgerSession other = engine.openSession(0);
            assertTrue(holder.claimAccounts(1) > 0);
            assertTrue(other.claimAccounts(1) > 0);
            other.publish();
            final CompletableFuture<?> future =
                engine.ledger(USD).createAccountsAsync(List.of(Account.of(1, 1, 0)));
            final JournalException undrained = assertThrows(JournalException.class, engine::close);
            assertTrue(undrained.getMessage().contains("claimed"), undrained.getMessage());
            final LedgerException unanswered =
                assertThrows(LedgerException.class, () -> other.poll(reply -> { }, 1));
            assertTrue(unanswered.isOutcomeUnknown());
            assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
            engine.close();
        }
    }

    @Test
    void shouldTellThatARequestPublishedAfterTheCloseWasNotApplied()
    {
        final LedgerEngine engine = LedgerEngine.launch(
            new EngineConfig().durability(Durability.MEMORY).threading(Threading.INVOKER));
        final LedgerSession session = engine.openSession(0);
        engine.close();
        // Its claim came through in the moment of the close.
        engine.shards().get(0).accept(true);
        assertTrue(session.claimAccounts(1) > 0);
        session.publish();
        final LedgerException refused = assertThrows(LedgerException.class, () -> session.poll(reply -> { }, 1));
        assertEquals(LedgerException.Reason.CLOSED, refused.reason());
        assertFalse(refused.isOutcomeUnknown());
    }

    /** A launch opens its shards after it has looked at them: one that stops in between takes nothing. */
    @Test
    void shouldTakeNothingOnceStoppedThoughItIsOpened()
    {
        final LedgerEngine engine = LedgerEngine.launch(
            new EngineConfig().durability(Durability.MEMORY).threading(Threading.INVOKER));
        final LedgerSession session = engine.openSession(0);
        final Shard shard = engine.shards().get(0);
        shard.stop(new IllegalStateException("for this test"));
        shard.accept(true);
        assertFalse(shard.isAccepting());
        for (final Executable call : List.<Executable>of(
            () -> session.claimTransfers(1), engine::trialBalance, () -> engine.ledger(1).createAccount(1, 1, 0)))
        {
            final LedgerException refused = assertThrows(LedgerException.class, call);
            assertEquals(LedgerException.Reason.STOPPED, refused.reason());
            assertFalse(refused.isOutcomeUnknown());
        }
    }

    @Test
    void shouldCloseCleanlyAlsoWhenInterrupted()
    {
        final LedgerEngine engine = LedgerEngine.launch(config());
        engine.ledger(USD).createAccount(1, 1, 0);
        Thread.currentThread().interrupt();
        try
        {
            engine.close();
        }
        finally
        {
            assertTrue(Thread.interrupted(), "the interrupt is still there");
        }
        try (LedgerEngine again = LedgerEngine.launch(config()))
        {
            assertTrue(again.launchReport().get(0).contains("closed cleanly"), again.launchReport().toString());
        }
    }

    @Test
    void shouldRefuseAClockFarBehindTheNewestEntry()
    {
        final long[] aheadNs = {TimeUnit.HOURS.toNanos(3)};
        LedgerEngine.launch(config().clock(() -> now() + aheadNs[0])).close();
        try (LedgerEngine engine = LedgerEngine.launch(config().clock(() -> now() + aheadNs[0])))
        {
            engine.ledger(USD).createAccount(1, 1, 0);
        }
        final JournalException refused =
            assertThrows(JournalException.class, () -> LedgerEngine.launch(config()));
        assertTrue(refused.getMessage().contains("behind"), refused.getMessage());
        LedgerEngine.launch(config().clockJumpMaxNs(Long.MAX_VALUE)).close();
    }

    @Test
    void shouldCarryGroupsOfManyFramesAcrossTermsAndSegments()
    {
        final int count = 100;
        long id = 1_000;
        for (int launch = 0; launch < 3; launch++)
        {
            try (LedgerEngine engine = LedgerEngine.launch(smallConfig(directory.resolve("small"))))
            {
                final Ledger ledger = engine.ledger(USD);
                ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
                for (int request = 0; request < 60; request++)
                {
                    final List<Transfer> chain = new ArrayList<>();
                    for (int i = 0; i < count; i++)
                    {
                        chain.add(Transfer.of(id++, 1, 2, 1, 1).withFlags(i < count - 1 ? TransferFlags.LINKED : 0));
                    }
                    assertTrue(ledger.createTransfers(chain).stream().allMatch(TransferResult::isCreated));
                }
                assertEquals(Uint128.of(id - 1_000), ledger.lookupAccount(1).one().debitsPosted());
                assertEquals(
                    TransferOutcome.EXISTS_WITH_DIFFERENT_FLAGS,
                    ledger.createTransfer(1_000, 1, 2, 1, 1).outcome());
            }
        }
    }

    @Test
    void shouldGrowTenTimesOverItsFirstSize()
    {
        // The first segment of the account table holds 2,048 rows, the first page of an index some 800.
        final int accountCount = 25_000;
        try (LedgerEngine engine = LedgerEngine.launch(
            new EngineConfig().durability(Durability.MEMORY)))
        {
            final Ledger ledger = engine.ledger(USD);
            final List<Account> accounts = new ArrayList<>();
            for (int i = 1; i <= accountCount; i++)
            {
                accounts.add(Account.of(i * 7L, 1, 0));
                if (accounts.size() == 5_000)
                {
                    assertTrue(ledger.createAccounts(accounts).stream().allMatch(AccountResult::isCreated));
                    accounts.clear();
                }
            }
            final List<Uint128> ids = new ArrayList<>();
            for (int i = 1; i <= accountCount; i += 5)
            {
                ids.add(Uint128.of(i * 7L));
            }
            final Found<Account> found = ledger.lookupAccounts(ids);
            assertEquals(ids, found.values().stream().map(Account::id).toList());
        }
    }

    @Test
    void shouldLoseNothingWhenItIsForgotten() throws Exception
    {
        try (ForkedJvm forgetful = new ForkedJvm(
            ForgetfulMain.class, List.of(), directory.resolve("books")))
        {
            forgetful.awaitLine("ACKNOWLEDGED");
            assertEquals(0, forgetful.awaitExit(), "a forgotten engine must not keep the JVM alive");
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertEquals(1, engine.ledger(USD).lookupAccount(1).validAtSequence());
            assertEquals(1, engine.ledger(USD).lookupAccount(1).values().size());
        }
    }

    @Test
    void shouldWarnOnceWhenAStoreIsNearlyFull()
    {
        final List<String> warnings = new ArrayList<>();
        final Logger logger = Logger.getLogger(LedgerEngine.class.getName());
        final Handler handler = new Handler()
        {
            @Override
            public void publish(final LogRecord record)
            {
                warnings.add(record.getMessage());
            }

            @Override
            public void flush()
            {
            }

            @Override
            public void close()
            {
            }
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try (LedgerEngine engine = LedgerEngine.launch(
            new EngineConfig().durability(Durability.MEMORY).threading(Threading.INVOKER).accountCountMax(10)))
        {
            final Ledger ledger = engine.ledger(USD);
            for (int id = 1; id <= 7; id++)
            {
                ledger.createAccount(id, 1, 0);
            }
            step(engine);
            assertEquals(List.of(), warnings, "70 %");
            ledger.createAccount(8, 1, 0);
            step(engine);
            step(engine);
            assertEquals(1, warnings.size());
            assertTrue(warnings.get(0).contains("80 % full"), warnings.get(0));
        }
        finally
        {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
    }

    private static void step(final LedgerEngine engine)
    {
        for (int i = 0; i < 3_000; i++)
        {
            engine.doWork();
        }
    }

    @Test
    void shouldSpreadLedgersOverShardsAsTheDesignSays()
    {
        final ShardRouter router = new ShardRouter(4, java.util.Map.of(203, 3));
        // fmix32 is MurmurHash3's finaliser; values computed apart from this code.
        assertEquals((fmix32(840) >>> 1) % 4, router.shardOf(840));
        assertEquals(3, router.shardOf(203));
        int used = 0;
        for (int ledger = 1; ledger < 100; ledger++)
        {
            used |= 1 << router.shardOf(ledger);
        }
        assertEquals(0b1111, used);
    }

    /** An engine that nobody closes. */
    static final class ForgetfulMain
    {
        private ForgetfulMain()
        {
        }

        public static void main(final String[] args)
        {
            final LedgerEngine engine = LedgerEngine.launch(Path.of(args[0]));
            if (engine.ledger(USD).createAccount(1, 1, 0).isCreated())
            {
                System.out.println("ACKNOWLEDGED");
            }
        }
    }

    private static int fmix32(final int value)
    {
        int h = value;
        h = (h ^ h >>> 16) * -2048144789;
        h = (h ^ h >>> 13) * -1028477387;
        return h ^ h >>> 16;
    }

    private static long now()
    {
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    }

    private static int ledgerOn(final LedgerEngine engine, final int shard)
    {
        int ledger = 1;
        while (engine.shardOf(ledger) != shard)
        {
            ledger++;
        }
        return ledger;
    }

    private EngineConfig config()
    {
        return new EngineConfig().dataDirectory(directory.resolve("books"));
    }

    private static EngineConfig smallConfig(final Path path)
    {
        return new EngineConfig().dataDirectory(path).batchCountMax(128)
            .journal(new JournalConfig().termLength(256 * 1024).segmentLength(256 * 1024));
    }
}
